"""Numbers are allotted when a document is handed in, never twice, whoever writes at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.records.conftest import Desk

PROJECT = {
    "record": {
        "type": "object",
        "properties": {"code": {"type": "string", "x-number": "PRJ-{seq:2}"}, "name": {"type": "string"}},
    }
}
TICKET = {
    "kind": "document",
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-number": "T-{project}-{yyyymm}-{seq:3}"},
            "project": {"type": "string", "x-ref": "shop.project"},
            "day": {"type": "string", "format": "date", "x-date": True},
            "label": {"x-formula": "'No. ' & code"},
        },
    },
}
VISIT = {
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-number": {"pattern": "V{seq:2}", "scope": ["project"]}},
            "project": {"type": "string", "x-ref": "shop.project"},
        },
    }
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"project": PROJECT, "ticket": TICKET, "visit": VISIT})


def numbers(desk: Desk, table: str) -> list[str]:
    return [row[0] for row in desk.rows(f"SELECT number FROM {table} ORDER BY id")]


def test_a_master_is_numbered_when_created(desk: Desk) -> None:
    made = [desk.create("shop.project", {"name": name}) for name in "ab"]
    assert [each.number for each in made] == ["PRJ-01", "PRJ-02"]
    assert made[0].values["code"] == "PRJ-01"


def test_a_document_is_numbered_when_handed_in_by_its_own_date_and_project(desk: Desk) -> None:
    project = desk.create("shop.project", {})
    draft = desk.create("shop.ticket", {"project": project.id, "day": "2025-08-04"})
    assert draft.number is None
    assert desk.move(draft, "submit").number == "T-PRJ-01-202508-001"
    assert (
        desk.create("shop.ticket", {"project": project.id, "day": "2025-08-30"}, submit=True).number
        == "T-PRJ-01-202508-002"
    )
    assert desk.create("shop.ticket", {"project": project.id}, submit=True).number == "T-PRJ-01-202602-001"


def test_what_is_computed_from_a_number_follows_it(desk: Desk) -> None:
    made = desk.create("shop.ticket", {}, submit=True)
    assert desk.read(made).values["label"] == f"No. {made.number}"


def test_a_scope_counts_for_itself(desk: Desk) -> None:
    one, two = (desk.create("shop.project", {}).id for _ in range(2))
    made = [desk.create("shop.visit", {"project": each}).number for each in (one, two, one)]
    assert made == ["V01", "V01", "V02"]


def test_a_seed_may_give_a_number_and_the_counter_goes_on_after_it(desk: Desk) -> None:
    assert desk.create("shop.project", {}, number="PRJ-07").number == "PRJ-07"
    assert desk.create("shop.project", {}, number="ALT").number == "ALT"
    assert desk.create("shop.project", {}).number == "PRJ-08"
    assert desk.refused(lambda: desk.create("shop.project", {}, number="PRJ-07")) == {("/code", "unique")}


def test_nobody_else_may_give_one(desk_of: Callable[..., Desk], publish: Callable[..., None]) -> None:
    clerk = desk_of("bob", "clerk")
    policy = {"roles": ["clerk"], "actions": ["view", "create"], "rows": "all"}
    publish(more={"item": {"record": PROJECT["record"], "policies": [policy]}})
    assert clerk.refused(lambda: clerk.create("more.item", {"code": "X"})) == {("/code", "read_only")}
    assert clerk.refused(lambda: clerk.create("more.item", {}, number="X")) == {("/code", "read_only")}


def test_many_at_once_never_share_a_number(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: desk.create("shop.project", {"name": str(n)}), range(40)))
    found = numbers(desk, "shop__project")
    assert len(set(found)) == 40
    assert sorted(found) == [f"PRJ-{n:02d}" for n in range(1, 41)]


def test_one_act_numbers_its_records_in_their_order(desk: Desk) -> None:
    from dougong.records.ops import Create

    made: list[Any] = desk.write([Create("shop.project", {"name": str(n)}) for n in range(5)]).records
    assert [each.number for each in made] == [f"PRJ-{n:02d}" for n in range(1, 6)]
