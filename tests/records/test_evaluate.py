"""An open form shows what saving it would make of it, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.kernel.errors import NotFound
from dougong.kernel.ids import new_id
from dougong.records.evaluate import Evaluation, evaluate
from tests.records.conftest import Desk

WORKER = {
    "record": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "rate": {"x-type": "money", "type": "number"}},
    }
}
TICKET: dict[str, Any] = {
    "kind": "document",
    "record": {
        "type": "object",
        "required": ["lines"],
        "properties": {
            "day": {"type": "string", "format": "date", "x-default": "today()"},
            "extra": {"type": "boolean"},
            "why": {"type": "string", "x-visible": "extra", "x-required": "extra"},
            "done": {"type": "boolean", "x-readonly": "not nz(extra, false)"},
            "secret": {"type": "string"},
            "memo": {"type": "string", "x-late": True},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "worker": {"type": "string", "x-ref": "shop.worker"},
                        "hours": {"type": "number", "x-scale": 2, "x-default": "8"},
                        "rate": {"x-lookup": {"via": "worker", "field": "rate"}},
                        "wage": {"x-type": "money", "x-formula": "hours * worker.rate"},
                    },
                },
            },
            "total": {"x-type": "money", "x-formula": "sum(lines.wage)"},
        },
    },
    "totals": [
        {"name": "per_worker", "each": "lines", "key": {"worker": "worker"}, "values": {"hours": "sum(hours)"},
         "where": "parent.$state = 'approved'"},
    ],
    "checks": [{
        "id": "day", "each": "lines", "message": "超过 24 小时", "at": "hours",
        "rule": "total('shop.ticket.per_worker', worker).hours <= 24",
    }],
    "layout": [{"section": "甲", "fields": ["day", "extra"]}, {"section": "乙", "fields": ["why"], "when": "extra"}],
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "all", "fields": {"secret": "hidden"}}],
}  # fmt: skip


STRICT: dict[str, Any] = {
    "kind": "document",
    "record": {
        "type": "object",
        "properties": {
            "what": {"type": "string"},
            "why": {"type": "string"},
            "most": {"type": "integer", "maximum": 100},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["worker"],
                    "properties": {
                        "worker": {"type": "string", "x-ref": "shop.worker"},
                        "hours": {"type": "number", "x-scale": 2, "x-default": "8", "maximum": 24},
                        "wage": {"x-type": "money", "x-formula": "hours * worker.rate"},
                        "left": {"x-type": "money", "x-formula": "nz(parent.most, 0) - 1"},
                    },
                },
            },
            "total": {"x-type": "money", "x-formula": "sum(lines.wage)"},
        },
    },
    "checks": [
        {"id": "eight", "each": "lines", "message": "超过 8 小时", "at": "hours", "rule": "hours <= 8"},
        {"id": "rated", "each": "lines", "message": "没有工价", "at": "worker", "rule": "not isblank(worker.rate)"},
        {"id": "sum", "message": "太多", "at": "lines", "rule": "sum(lines.hours) < 30"},
        {"id": "why", "message": "写明原因", "at": "why", "rule": "not isblank(why)"},
    ],
    "unique": [{"id": "once", "fields": ["lines.worker", "what"]}],
}


BOX = {"record": {"type": "object", "properties": {
    "total": {"x-rollup": {"from": "shop.fill", "via": "box", "fn": "sum", "field": "amount"}}}}}  # fmt: skip
FILL: dict[str, Any] = {"kind": "document", "record": {"type": "object", "properties": {
    "box": {"type": "string", "x-ref": "shop.box"}, "amount": {"type": "number"}}}}  # fmt: skip


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"worker": WORKER, "ticket": TICKET, "strict": STRICT, "box": BOX, "fill": FILL})


@pytest.fixture
def worker(desk: Desk) -> str:
    return desk.create("shop.worker", {"name": "张伟", "rate": 45}).id


def evaluated(desk: Desk, values: Any, *, form: str = "shop.ticket", **more: Any) -> Evaluation:
    inst = desk.inst

    def act(tx: Any) -> Evaluation:
        return evaluate(tx, inst.catalog.live(tx), form, values, inst.types, **more)

    return transaction(inst, desk.actor.tenant, desk.actor, act, write=False)


def test_defaults_formulas_and_lookups_are_shown(desk: Desk, worker: str) -> None:
    row = new_id()
    found = evaluated(desk, {"lines": [{"$id": row, "worker": worker}, {"worker": worker, "hours": Decimal("1.5")}]})
    assert str(found.values["day"]) == "2026-02-27"
    assert found.rows["lines"][0].id == row
    assert [line.values["rate"] for line in found.rows["lines"]] == [45, 45]
    assert [line.values["wage"] for line in found.rows["lines"]] == [360, Decimal("67.50")]
    assert found.values["total"] == Decimal("427.50")
    assert found.problems == []
    assert desk.rows("SELECT count(*) FROM shop__ticket") == [(0,)]


def test_conditions_say_what_is_seen_required_and_locked(desk: Desk) -> None:
    found = evaluated(desk, {})
    assert ("", "why") in found.invisible
    assert ("", "done") in found.readonly
    assert len(found.closed) == 1
    found = evaluated(desk, {"extra": True})
    assert found.invisible == set()
    assert ("", "why") in found.required
    assert found.closed == set()


def test_handing_in_is_tried_out(desk: Desk, worker: str) -> None:
    sent = {"extra": True, "lines": [{"worker": worker, "hours": 25}]}
    assert {(each.pointer, each.code) for each in evaluated(desk, sent).problems} == set()
    found = evaluated(desk, {**sent, "why": "赶工"}, submit=True)
    assert {(each.pointer, each.code) for each in found.problems} == {("/lines/0/hours", "check")}
    found = evaluated(desk, {"extra": True}, submit=True)
    assert {(each.pointer, each.code) for each in found.problems} == {("/lines", "required"), ("/why", "required")}


def test_what_cannot_be_read_is_told_and_the_rest_still_computed(desk: Desk, worker: str) -> None:
    found = evaluated(desk, {"day": "2026-02-30", "lines": [{"worker": worker}]})
    assert {(each.pointer, each.code) for each in found.problems} == {("/day", "format")}
    assert found.values["total"] == 360


def test_an_existing_record_is_shown_with_its_changes(desk: Desk, worker: str) -> None:
    made = desk.create("shop.ticket", {"lines": [{"worker": worker}]})
    row = made.values["lines"][0].id
    found = evaluated(desk, {"lines": [{"$id": row, "hours": 2}]}, record=made.id)
    assert found.values["total"] == 90
    assert desk.read(made).values["total"] == 360


def test_after_approval_only_late_fields_are_open(desk: Desk, worker: str) -> None:
    made = desk.create("shop.ticket", {"lines": [{"worker": worker}]}, submit=True)
    row = made.values["lines"][0].id
    found = evaluated(desk, {}, record=made.id)
    assert ("", "memo") not in found.readonly
    assert {("", "day"), ("", "lines"), (row, "hours")} <= found.readonly
    assert evaluated(desk, {"memo": "x"}, record=made.id).values["memo"] == "x"


def test_nobody_sees_more_than_may_be_seen(desk: Desk, desk_of: Callable[..., Desk], worker: str) -> None:
    made = desk.create("shop.ticket", {"secret": "x", "lines": [{"worker": worker}]})
    clerk = desk_of("bob", "clerk")
    found = evaluated(clerk, {}, record=made.id)
    assert "secret" not in found.values
    assert (found.levels["secret"], found.levels["day"]) == ("hidden", "edit")
    assert {(each.pointer, each.code) for each in evaluated(clerk, {"secret": "y"}).problems} == {
        ("/secret", "unknown_field")
    }
    with pytest.raises(NotFound):
        evaluated(desk_of("eve"), {}, record=made.id)


def test_what_was_read_may_be_sent_back_as_it_is(desk: Desk, worker: str) -> None:
    from dougong.records.present import present

    made = desk.create("shop.ticket", {"extra": True, "why": "赶工", "lines": [{"worker": worker}, {"hours": 3}]})

    def shown(tx: Any) -> Any:
        return present(tx, desk.inst.catalog.live(tx), desk.inst.types, [desk.read(made)])[0]["values"]

    values = transaction(desk.inst, "demo", desk.actor, shown, write=False)
    assert values["lines"][0]["rate"] == 45
    assert desk.update(made, values).version == 1
    again = {**values, "lines": [{key: value for key, value in row.items() if key != "$id"} for row in values["lines"]]}
    assert desk.read(desk.create("shop.ticket", again)).values["total"] == 360
    values["lines"][0]["rate"] = 46
    assert desk.refused(lambda: desk.update(made, values)) == {("/lines/0/rate", "read_only")}


def told(found: Evaluation) -> set[tuple[str, str]]:
    return {(each.pointer, each.params.get("check", each.code)) for each in found.problems}


def ahead(found: Evaluation) -> set[tuple[str, str]]:
    return {(each.pointer, each.params.get("check", each.code)) for each in found.ahead}


def test_nothing_shown_is_computed_from_a_refused_value(desk: Desk, worker: str) -> None:
    bad, good = new_id(), new_id()
    sent = {"lines": [{"$id": bad, "worker": worker, "hours": 30}, {"$id": good, "worker": worker, "hours": 2}]}
    found = evaluated(desk, sent, form="shop.strict")
    assert ahead(found) >= {("/lines/0/hours", "range")}  # a draft may hold it, but it will not stand
    assert found.refused == {(bad, "hours")}
    assert found.stale == {(bad, "wage"): (bad, "hours"), ("", "total"): (bad, "hours")}
    assert evaluated(desk, {"lines": [{"worker": worker, "hours": 24}]}, form="shop.strict").stale == {}


def test_a_row_hangs_on_what_its_record_was_refused(desk: Desk, worker: str) -> None:
    row = new_id()
    found = evaluated(desk, {"why": "x", "most": 500, "lines": [{"$id": row, "worker": worker}]}, form="shop.strict")
    assert found.stale == {(row, "left"): ("", "most")}


def test_a_worker_nobody_has_hides_no_other_problem(desk: Desk, worker: str) -> None:
    sent = {"what": "x", "lines": [{"worker": {"$key": "无此人"}, "hours": 25}, {"worker": worker, "hours": 9}]}
    found = evaluated(desk, sent, form="shop.strict", submit=True)
    assert told(found) == {
        ("/lines/0/worker", "reference"), ("/lines/0/hours", "range"), ("/lines/1/hours", "eight"), ("/why", "why"),
    }  # fmt: skip


def test_what_rests_on_a_refused_value_is_not_judged(desk: Desk, worker: str) -> None:
    sent = {"why": "x", "lines": [{"worker": worker, "hours": 25}, {"worker": worker, "hours": 8}]}
    found = evaluated(desk, sent, form="shop.strict", submit=True)
    assert told(found) == {("/lines/0/hours", "range")}  # neither eight hours of a row of 25, nor the sum


def test_what_handing_in_would_refuse_is_told_ahead(desk: Desk, worker: str) -> None:
    sent = {"lines": [{"worker": worker, "hours": 9}, {"hours": 9}]}
    found = evaluated(desk, sent, form="shop.strict")
    assert told(found) == set()
    assert ahead(found) == {("/lines/0/hours", "eight"), ("/lines/1/hours", "eight"), ("/why", "why")}
    assert evaluated(desk, sent, form="shop.strict", submit=True).ahead == []
    assert ahead(evaluated(desk, {"lines": [{"worker": worker, "hours": 25}]})) == {("/lines/0/hours", "day")}


def test_a_key_that_is_taken_is_told_ahead_for_a_draft_may_hold_it(desk: Desk, worker: str) -> None:
    sent = {"what": "甲", "why": "x", "lines": [{"worker": worker}]}
    made = desk.create("shop.strict", sent, submit=True)
    found = evaluated(desk, sent, form="shop.strict")
    assert (told(found), ahead(found)) == (set(), {("/lines/0/worker", "unique")})
    assert found.ahead[0].params["holder"] == made.id
    assert told(evaluated(desk, sent, form="shop.strict", submit=True)) == {("/lines/0/worker", "unique")}
    twice = {**sent, "what": "乙", "lines": [{"worker": worker}, {"worker": worker}]}
    assert ahead(evaluated(desk, twice, form="shop.strict")) == {("/lines/1/worker", "unique")}


def test_what_is_still_missing_is_no_reason_for_another_problem(desk: Desk) -> None:
    found = evaluated(desk, {"why": "x", "lines": [{"hours": 8}]}, form="shop.strict")
    assert ahead(found) == set()  # not: a worker without a rate


def test_a_sum_that_only_handing_in_would_burst_is_told_ahead(desk: Desk) -> None:
    box = desk.create("shop.box", {}).id
    desk.create("shop.fill", {"box": box, "amount": Decimal("999999999999.999999")}, submit=True)
    found = evaluated(desk, {"box": box, "amount": 1}, form="shop.fill")
    assert (told(found), [each.code for each in found.ahead]) == (set(), ["out_of_range"])


def test_a_record_that_was_handed_in_is_told_nothing_ahead(desk: Desk, worker: str) -> None:
    made = desk.create("shop.strict", {"why": "x", "lines": [{"worker": worker}]}, submit=True)
    assert evaluated(desk, {}, form="shop.strict", record=made.id).ahead == []
