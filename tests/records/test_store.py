"""Records are written whole or not at all: created, changed, handed in, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Conflict, Forbidden, NotFound, Stale, Unconfirmed
from dougong.records.ops import Create, Transition, Update
from tests.records.conftest import Desk

PROJECT = {
    "kind": "master",
    "record": {
        "type": "object",
        "required": ["code", "name"],
        "properties": {
            "code": {"type": "string", "x-unique": True},
            "name": {"type": "string", "maxLength": 20},
            "budget": {"type": "number", "x-type": "money", "minimum": 0},
            "spent": {"x-rollup": {"from": "shop.order", "via": "project", "fn": "sum", "field": "total"}},
            "address": {"type": "object", "properties": {"city": {"type": "string"}, "street": {"type": "string"}}},
        },
    },
}
ORDER = {
    "kind": "document",
    "flow": {"nodes": [{"type": "approve", "id": "boss", "title": "批", "who": [{"role": "boss"}]}]},
    "record": {
        "type": "object",
        "required": ["project", "lines"],
        "properties": {
            "code": {"type": "string", "x-number": "OR-{yyyy}-{seq:3}"},
            "project": {"type": "string", "x-ref": "shop.project"},
            "day": {"type": "string", "format": "date", "x-default": "today()"},
            "rush": {"type": "boolean"},
            "reason": {"type": "string", "maxLength": 10, "x-visible": "rush", "x-required": "rush"},
            "note": {"type": "string", "x-late": True},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["what"],
                    "properties": {
                        "what": {"type": "string"},
                        "count": {"type": "integer", "x-default": "1", "minimum": 1},
                        "price": {"type": "number", "x-type": "money"},
                        "amount": {"x-type": "money", "x-formula": "count * price"},
                    },
                },
            },
            "total": {"x-type": "money", "x-formula": "sum(lines.amount)"},
        },
    },
    "checks": [
        {"id": "some", "rule": "total > 0", "message": "金额要大于零", "at": "lines"},
        {"id": "large", "rule": "total <= 1000", "message": "超过一千", "level": "warn", "on": ["submit"]},
    ],
}
LINES = [{"what": "钢筋", "count": 3, "price": Decimal("19.99")}, {"what": "水泥", "price": 10}]


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"project": PROJECT, "order": ORDER})


@pytest.fixture
def project(desk: Desk) -> Any:
    return desk.create("shop.project", {"code": "PRJ-A", "name": "高新区"})


def order(**more: Any) -> dict[str, Any]:
    return {"project": {"$key": "PRJ-A"}, "lines": LINES, **more}


def test_a_master_is_active_when_created(desk: Desk, project: Any) -> None:
    assert (project.state, project.version, project.values["name"]) == ("active", 1, "高新区")
    assert desk.read(project).values["spent"] == 0


def test_a_document_begins_as_a_draft_with_defaults_and_formulas(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order())
    assert made.state == "draft"
    assert made.number is None
    assert str(made.values["day"]) == "2026-02-27"
    assert [line.values["count"] for line in made.values["lines"]] == [3, 1]
    assert [line.values["amount"] for line in made.values["lines"]] == [Decimal("59.97"), Decimal(10)]
    assert desk.read(made).values["total"] == Decimal("69.97")
    assert made.values["project"] == project.id


def test_handed_in_it_gets_its_number_and_waits_for_approval(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order(), submit=True)
    assert (made.state, made.number) == ("in_approval", "OR-2026-001")
    assert desk.read(made).number == "OR-2026-001"
    assert desk.read(project).values["spent"] == 0


def test_only_what_is_approved_counts(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order(), submit=True)
    desk.move(made, "approve")
    assert desk.read(project).values["spent"] == Decimal("69.97")
    desk.move(made, "void")
    assert desk.read(project).values["spent"] == 0


def test_a_draft_may_lack_what_a_document_handed_in_may_not(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", {"lines": [{"price": 1}]})
    assert made.state == "draft"
    assert desk.refused(lambda: desk.move(made, "submit")) == {("/project", "required"), ("/lines/0/what", "required")}


def test_changes_merge_and_null_clears(desk: Desk, project: Any) -> None:
    there = {"address": {"city": "深圳", "street": "科苑路"}, "budget": 5}
    desk.update(project, there)
    changed = desk.update(project, {"address": {"street": None}, "budget": None})
    assert (changed.values["address.city"], changed.values["address.street"]) == ("深圳", None)
    assert changed.values["budget"] is None
    assert changed.version == 3


def test_rows_are_updated_by_id_added_and_removed(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order())
    first = made.values["lines"][0]
    changed = desk.update(made, {"lines": [{"what": "砂", "price": 1}, {"$id": first.id, "count": 5}]})
    lines = desk.read(changed).values["lines"]
    assert [(line.values["what"], line.values["count"]) for line in lines] == [("砂", 1), ("钢筋", 5)]
    assert lines[1].id == first.id
    assert desk.read(changed).values["total"] == Decimal("100.95")


def test_nothing_changed_is_no_new_version(desk: Desk, project: Any) -> None:
    assert desk.update(project, {"name": "高新区"}).version == 1


def test_what_depends_on_an_unseen_field_is_null_and_may_not_be_sent(desk: Desk, project: Any) -> None:
    assert desk.refused(lambda: desk.create("shop.order", order(reason="急"))) == {("/reason", "not_applicable")}
    made = desk.create("shop.order", order(rush=True, reason="急"))
    assert made.values["reason"] == "急"
    assert desk.update(made, {"rush": False}).values["reason"] is None
    assert desk.refused(lambda: desk.create("shop.order", order(rush=True), submit=True)) == {("/reason", "required")}


def test_a_check_refuses_and_nothing_is_left(desk: Desk, project: Any) -> None:
    free = order(lines=[{"what": "样品", "price": 0}])
    assert desk.refused(lambda: desk.create("shop.order", free, submit=True)) == {("/lines", "check")}
    assert desk.rows("SELECT count(*) FROM shop__order") == [(0,)]
    assert desk.rows("SELECT count(*) FROM dg_audit WHERE form = 'shop.order'") == [(0,)]


def test_a_warning_must_be_confirmed(desk: Desk, project: Any) -> None:
    dear = order(lines=[{"what": "吊车", "price": 2000}])
    with pytest.raises(Unconfirmed):
        desk.create("shop.order", dear, submit=True, confirm=False)
    assert desk.rows("SELECT count(*) FROM shop__order") == [(0,)]
    written = desk.write([Create("shop.order", dear, submit=True)])
    assert [each.message for each in written.warnings] == ["超过一千"]


def test_an_old_version_is_refused_with_what_differs(desk: Desk, project: Any) -> None:
    desk.update(project, {"name": "南山"}, version=1)
    with pytest.raises(Stale) as stale:
        desk.update(project, {"name": "福田"}, version=1)
    assert stale.value.params["current"] == 2
    assert stale.value.params["differs"] == [{"field": "name", "yours": "福田", "theirs": "南山"}]


def test_after_submission_only_late_fields_of_an_approved_document_change(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order(), submit=True)
    with pytest.raises(Conflict) as refusal:
        desk.update(made, {"note": "x"})
    assert refusal.value.code == "state"
    desk.move(made, "approve")
    assert desk.update(made, {"note": "改"}).values["note"] == "改"
    for changes in ({}, {"rush": True}, {"note": "y", "rush": True}):
        with pytest.raises(Conflict):
            desk.update(made, changes)


def test_save_and_submit_in_one_act(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", {"lines": LINES})
    done = desk.write(
        [Update("shop.order", made.id, {"project": project.id}, version=1), Transition("shop.order", made.id, "submit")]
    ).records
    assert [(each.state, each.version) for each in done] == [("in_approval", 2)] * 2


def test_several_records_in_one_act_may_name_each_other(desk: Desk) -> None:
    new = Create("shop.project", {"code": "PRJ-N", "name": "新"})
    made = desk.write([new, Create("shop.order", {"project": {"$key": "PRJ-N"}, "lines": LINES}, submit=True)]).records
    assert made[1].values["project"] == made[0].id


def test_a_record_in_use_is_not_deleted(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order())
    with pytest.raises(Conflict) as refusal:
        desk.move(project, "delete")
    assert (refusal.value.code, refusal.value.params["by"]) == ("referenced", "shop.order")
    desk.move(made, "delete")
    desk.move(project, "delete")
    with pytest.raises(NotFound):
        desk.read(project)
    with pytest.raises(NotFound):
        desk.update(project, {"name": "x"})
    assert desk.move(project, "restore").deleted_at is None


def test_a_restored_record_must_find_what_it_points_to(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order())
    desk.move(made, "delete")
    desk.move(project, "delete")
    assert desk.refused(lambda: desk.move(made, "restore")) == {("/project", "reference")}


def test_of_several_decisions_at_once_one_is_made(desk: Desk, project: Any) -> None:
    def decide(record: Any, event: Any) -> str | None:
        try:
            return desk.move(record, event).state
        except Conflict as refusal:
            assert refusal.code in ("state", "already_done")
            return None

    for _ in range(5):
        made = desk.create("shop.order", order(), submit=True)
        with ThreadPoolExecutor(4) as pool:
            tries = [pool.submit(decide, made, event) for event in ("approve", "withdraw", "reject", "approve")]
            won = [each.result() for each in tries if each.result()]
        assert won == [desk.read(made).state]
        assert desk.read(made).version == 2


def test_an_act_that_came_too_late_tells_who_was_first(desk: Desk, desk_of: Callable[..., Desk], project: Any) -> None:
    admin = desk_of("admin")
    made = admin.create("shop.order", order(), submit=True)
    admin.move(made, "approve")
    with pytest.raises(Conflict) as refusal:
        desk.move(made, "approve")
    told = refusal.value.params
    assert (refusal.value.code, told["by"], told["at"]) == (
        "already_done",
        admin.actor.member,
        "2026-02-27T10:00:00.000000Z",
    )
    assert told["by_name"]


def test_an_approved_document_is_not_deleted(desk: Desk, project: Any) -> None:
    made = desk.create("shop.order", order(), submit=True)
    desk.move(made, "approve")
    with pytest.raises(Conflict) as refusal:
        desk.move(made, "delete")
    assert refusal.value.code == "state"


def test_the_audit_tells_old_and_new(desk: Desk, project: Any) -> None:
    desk.update(project, {"name": "南山", "budget": Decimal("12.50")})
    found = desk.rows("SELECT event, changes FROM dg_audit WHERE form = 'shop.project' ORDER BY id")
    assert [event for event, _ in found] == ["create", "update"]
    assert '"高新区"' in found[1][1]
    assert '"南山"' in found[1][1]
    assert "12.50" in found[1][1]
    assert desk.rows("SELECT count(*) FROM dg_outbox") == [(2,)]


def test_who_may_nothing_finds_nothing(desk_of: Callable[..., Desk], project: Any) -> None:
    bob = desk_of("bob")
    with pytest.raises(NotFound):
        bob.update(project, {"name": "x"})
    with pytest.raises((Forbidden, NotFound)):
        bob.create("shop.project", {"code": "B", "name": "b"})
