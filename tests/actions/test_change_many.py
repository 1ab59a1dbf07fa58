"""Many records are changed or deleted in one act: told before, all or the good ones, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.change_many import change_many, choose, undo_change
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records, read_record
from dougong.actions.run_doctor import run_doctor
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Conflict, Malformed, NotFound
from dougong.records.query import Query

ITEM: dict[str, Any] = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "price": {"type": "number", "x-type": "money", "maximum": 100},
            "cost": {"type": "number", "x-type": "money"},
            "twice": {"x-type": "money", "x-formula": "price * 2"},
        },
    },
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"], "fields": {"cost": "hidden"}},
        {"roles": ["guest"], "actions": ["view"]},
    ],
}


@pytest.fixture
def ids(installation: Installation, publish: Callable[..., None]) -> list[str]:
    publish(shop={"item": ITEM})
    made = [create_record(installation, operator("demo"), "shop.item", {"name": n, "price": 1}) for n in "abc"]
    return [str(each["id"]) for each in made]


@pytest.fixture
def clerk(ids: list[str], member: Callable[..., Actor]) -> Actor:
    return member("bob", "clerk")


def prices(inst: Installation) -> list[Any]:
    listed = find_records(inst, operator("demo"), "shop.item", Query(sort=("name",)))
    return [(each["values"]["price"], each["values"]["twice"]) for each in listed.items]


def test_a_trial_tells_and_changes_nothing(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids, {"price": 7}, dry=True)
    assert (told.good, told.problems, told.change) == (3, {}, "")
    assert prices(installation) == [(1, 2)] * 3


def test_all_are_changed_and_taken_back(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids, {"price": 7})
    assert prices(installation) == [(7, 14)] * 3
    assert undo_change(installation, clerk, told.change).restored == 3
    assert prices(installation) == [(1, 2)] * 3
    with pytest.raises(Conflict):
        undo_change(installation, clerk, told.change)
    assert run_doctor(installation, operator("demo")) == []


def test_all_are_deleted_and_restored(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids[:2], None)
    assert len(prices(installation)) == 1
    assert undo_change(installation, clerk, told.change).restored == 2
    assert len(prices(installation)) == 3


def test_one_bad_record_refuses_all_unless_the_good_ones_are_asked_for(
    installation: Installation, clerk: Actor, ids: list[str]
) -> None:
    missing = "018f0000-0000-7000-8000-000000000000"
    told = change_many(installation, clerk, "shop.item", [*ids, missing], {"price": 7})
    assert (told.good, list(told.problems), told.change) == (3, [missing], "")
    assert prices(installation)[0] == (1, 2)
    assert change_many(installation, clerk, "shop.item", [*ids, missing], {"price": 7}, good_only=True).good == 3
    assert prices(installation)[0] == (7, 14)


def test_a_bad_value_is_told_of_every_record(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids, {"price": 101}, dry=True)
    assert (told.good, sorted(told.problems)) == (0, sorted(ids))


@pytest.mark.parametrize("field", ["cost", "nothing"])
def test_a_hidden_field_is_as_unknown_as_none(
    installation: Installation, clerk: Actor, ids: list[str], field: str
) -> None:
    with pytest.raises(Malformed):
        change_many(installation, clerk, "shop.item", ids[:1], {field: 5}, good_only=True)


def test_what_is_computed_is_not_written(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids[:1], {"twice": 5}, good_only=True)
    assert (told.good, told.problems[ids[0]][0].code, told.change) == (0, "read_only", "")


def test_who_may_only_look_changes_nothing(
    installation: Installation, ids: list[str], member: Callable[..., Actor]
) -> None:
    guest = member("gus", "guest")
    for values in ({"price": 7}, None):
        told = change_many(installation, guest, "shop.item", ids, values, good_only=True)
        assert (told.good, {each.code for some in told.problems.values() for each in some}) == (0, {"forbidden"})
    assert prices(installation) == [(1, 2)] * 3


def test_a_record_touched_since_stands_in_the_way(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    told = change_many(installation, clerk, "shop.item", ids, {"price": 7})
    update_record(installation, operator("demo"), "shop.item", ids[0], {"price": 8})
    undone = undo_change(installation, clerk, told.change)
    assert (undone.kept, [each["record"] for each in undone.left]) == (False, [ids[0]])
    assert undo_change(installation, clerk, told.change, leave=True).restored == 2
    assert prices(installation) == [(8, 16), (1, 2), (1, 2)]


def test_nobody_takes_back_what_another_did(
    installation: Installation, clerk: Actor, ids: list[str], member: Callable[..., Actor]
) -> None:
    told = change_many(installation, clerk, "shop.item", ids, {"price": 7})
    with pytest.raises(NotFound):
        undo_change(installation, member("eve", "clerk"), told.change)


def test_nothing_chosen_is_not_everything(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    with pytest.raises(Malformed):
        change_many(installation, clerk, "shop.item", [], {"price": 7})


def test_a_list_that_has_grown_is_not_what_was_seen(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    assert sorted(choose(installation, clerk, "shop.item", Query(filter="price = 1"), 3)) == sorted(ids)
    with pytest.raises(Conflict):
        choose(installation, clerk, "shop.item", Query(), 2)


def test_the_changed_records_say_who_did_it(installation: Installation, clerk: Actor, ids: list[str]) -> None:
    change_many(installation, clerk, "shop.item", ids, {"price": 7})
    assert read_record(installation, operator("demo"), "shop.item", ids[0]).shown["updated_by"] == clerk.member
