"""The history of a record: newest first, in titles, without what its reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dougong.access import levels_of
from dougong.actions.transaction import transaction
from dougong.kernel.errors import NotFound
from dougong.records.history import history
from tests.records.conftest import Desk

PROJECT = {"record": {"type": "object", "properties": {"name": {"type": "string"}}}}
ORDER: dict[str, Any] = {
    "kind": "document",
    "record": {
        "type": "object",
        "properties": {
            "project": {"type": "string", "title": "项目", "x-ref": "shop.project"},
            "kind": {"oneOf": [{"const": "a", "title": "甲类"}, {"const": "b", "title": "乙类"}]},
            "secret": {"type": "string"},
            "lines": {
                "type": "array",
                "items": {"type": "object", "properties": {"what": {"type": "string"}, "price": {"type": "integer"}}},
            },
        },
    },
    "policies": [
        {
            "roles": ["clerk"],
            "actions": ["view"],
            "rows": "all",
            "fields": {"secret": "hidden", "lines.price": "hidden"},
        }
    ],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"project": PROJECT, "order": ORDER})


def told(desk: Desk, record: Any) -> list[dict[str, Any]]:
    def act(tx: Any) -> list[dict[str, Any]]:
        model = desk.inst.catalog.live(tx)
        levels = levels_of(tx, model, record.form, "view", [record.id])
        return history(tx, model, record.form, record.id, levels[record.id])

    return transaction(desk.inst, "demo", desk.actor, act, write=False)


def test_every_act_is_told_with_old_and_new(desk: Desk) -> None:
    one, two = (desk.create("shop.project", {"name": name}).id for name in ("甲地", "乙地"))
    made = desk.create("shop.order", {"project": one, "kind": "a", "lines": [{"what": "砂", "price": 1}]})
    row = made.values["lines"][0].id
    desk.update(made, {"project": two, "kind": "b", "lines": [{"$id": row, "price": 2}]})
    desk.move(made, "submit")
    found = told(desk, made)
    assert [each["event"] for each in found] == ["submit", "update", "create"]
    changes = {each["field"]: each for each in found[1]["changes"]}
    assert (changes["project"]["title"], changes["project"]["old_title"], changes["project"]["new_title"]) == (
        "项目",
        "甲地",
        "乙地",
    )
    assert (changes["kind"]["old_title"], changes["kind"]["new_title"]) == ("甲类", "乙类")
    assert (changes["lines.price"]["row"], changes["lines.price"]["old"], changes["lines.price"]["new"]) == (row, 1, 2)
    assert {"field": "$state", "old": "draft", "new": "approved"}.items() <= found[0]["changes"][0].items()


def test_what_may_not_be_seen_is_not_told(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    made = desk.create("shop.order", {"secret": "x", "lines": [{"what": "砂", "price": 1}]})
    desk.update(made, {"secret": "y"})
    found = told(desk_of("carl", "clerk"), made)
    assert found[0]["changes"] == []
    rows = [each for each in found[1]["changes"] if each["field"] == "lines"]
    assert [each["new"] for each in rows] == [{"what": "砂"}]
    assert "secret" not in str(found)


def test_who_sees_nothing_is_told_nothing(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    made = desk.create("shop.order", {})
    bob = desk_of("bob")
    with pytest.raises(NotFound):
        transaction(
            desk.inst, "demo", bob.actor,
            lambda tx: history(tx, desk.inst.catalog.live(tx), made.form, made.id, levels=None),  # type: ignore[arg-type]
            write=False,
        )  # fmt: skip


def test_it_is_cut_to_a_field_a_person_and_a_moment(desk: Desk, desk_of: Callable[..., Desk], clock: Any) -> None:
    made = desk.create("shop.order", {"kind": "a", "secret": "x", "lines": [{"what": "砂"}]})
    row = made.values["lines"][0].id
    admin = desk_of("admin")
    clock.advance(timedelta(minutes=1))
    admin.update(made, {"kind": "b"})
    admin.update(made, {"lines": [{"$id": row, "what": "石"}]})
    desk.update(made, {"secret": "y"})

    def cut(reader: Desk, **narrowed: Any) -> list[list[str]]:
        def act(tx: Any) -> list[dict[str, Any]]:
            model = reader.inst.catalog.live(tx)
            levels = levels_of(tx, model, made.form, "view", [made.id])
            return history(tx, model, made.form, made.id, levels[made.id], **narrowed)

        acts = transaction(reader.inst, "demo", reader.actor, act, write=False)
        return [sorted(one["field"] for one in each["changes"]) for each in acts]

    assert cut(desk, field="kind") == [["kind"], ["kind"]]
    assert cut(desk, field="lines") == [["lines.what"], ["lines"]]
    assert cut(desk, field="kin") == []
    assert cut(desk, field='k"%') == []
    assert len(cut(desk, field="secret")) == 2
    clerk = desk_of("bob", "clerk")
    assert cut(clerk, field="secret") == []
    assert len(cut(desk, by=admin.actor.member)) == 2
    assert cut(desk, by=admin.actor.member, field="kind") == [["kind"]]
    assert len(cut(desk, since=clock.now())) == 3
    assert len(cut(desk, limit=1)) == 1
