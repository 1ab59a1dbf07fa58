"""Looked-up values: live ones follow their source, frozen ones stay; by reference and by query; computed at read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Invalid
from tests.records.conftest import Desk

APPROVE = {"nodes": [{"type": "approve", "id": "boss", "title": "批", "who": [{"role": "boss"}]}]}
MONEY = {"type": "number", "x-type": "money"}
RATE_WHERE = "`from` <= parent.day and (isblank(trade) or trade = record.worker.trade)"
MODULE: dict[str, Any] = {
    "worker": {
        "kind": "master",
        "record": {"type": "object", "properties": {"name": {"type": "string"}, "trade": {"type": "string"}}},
    },
    "rate": {
        "kind": "master",
        "record": {
            "type": "object",
            "properties": {
                "from": {"type": "string", "format": "date"},
                "trade": {"type": "string"},
                "rate": MONEY,
            },
        },
    },
    "ticket": {
        "kind": "document",
        "flow": APPROVE,
        "record": {
            "type": "object",
            "properties": {
                "day": {"type": "string", "format": "date"},
                "lead": {"type": "string", "x-ref": "job.worker"},
                "lead_trade": {"x-lookup": {"via": "lead", "field": "trade"}},
                "lead_then": {"x-lookup": {"via": "lead", "field": "trade", "freeze": "create"}},
                "late": {"type": "boolean", "x-formula": "day < addays(today(), -3)"},
                "lines": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "worker": {"type": "string", "x-ref": "job.worker"},
                            "hours": {"type": "integer"},
                            "rate": {
                                "x-lookup": {
                                    "from": "job.rate",
                                    "where": RATE_WHERE,
                                    "sort": ["-from"],
                                    "field": "rate",
                                    "freeze": "submit",
                                }
                            },
                            "pay": {**MONEY, "x-formula": "hours * rate"},
                        },
                    },
                },
                "pay": {**MONEY, "x-formula": "sum(lines.pay)"},
            },
        },
    },
}


@pytest.fixture(autouse=True)
def job(publish: Callable[..., None]) -> None:
    publish(job=MODULE)


@pytest.fixture
def worker(desk: Desk) -> Any:
    return desk.create("job.worker", {"name": "张伟", "trade": "木工"})


def ticket(desk: Desk, worker: Any, **more: Any) -> Any:
    values = {"day": "2025-08-04", "lead": worker.id, "lines": [{"worker": worker.id, "hours": 3}]}
    return desk.create("job.ticket", values, **more)


def test_a_live_lookup_follows_and_a_frozen_one_stays(desk: Desk, worker: Any) -> None:
    made = ticket(desk, worker)
    desk.update(worker, {"trade": "瓦工"})
    found = desk.read(made).values
    assert (found["lead_trade"], found["lead_then"]) == ("瓦工", "木工")


def test_a_frozen_copy_is_taken_anew_with_the_reference(desk: Desk, worker: Any) -> None:
    made = ticket(desk, worker)
    other = desk.create("job.worker", {"trade": "焊工"})
    changed = desk.update(made, {"lead": other.id})
    assert desk.read(changed).values["lead_then"] == "焊工"
    again = desk.update(changed, {"lead": worker.id, "lead_then": "自填"})
    assert desk.read(again).values["lead_then"] == "自填"


def test_the_first_fitting_row_gives_the_rate_until_the_ticket_is_handed_in(desk: Desk, worker: Any) -> None:
    desk.create("job.rate", {"from": "2025-01-01", "rate": 100})
    desk.create("job.rate", {"from": "2025-07-01", "rate": 150, "trade": "木工"})
    desk.create("job.rate", {"from": "2025-08-01", "rate": 999, "trade": "瓦工"})
    made = ticket(desk, worker)
    assert desk.read(made).values["pay"] == 450
    desk.create("job.rate", {"from": "2025-08-02", "rate": 200})
    assert desk.read(made).values["pay"] == 450
    desk.move(made, "submit")
    assert desk.read(made).values["pay"] == 600
    desk.create("job.rate", {"from": "2025-08-03", "rate": 300})
    desk.move(made, "approve")
    assert desk.read(made).values["pay"] == 600
    assert desk.read(made).values["lines"][0].values["rate"] == Decimal(200)


def test_without_a_fitting_row_there_is_no_rate(desk: Desk, worker: Any) -> None:
    made = ticket(desk, worker, submit=True)
    assert desk.read(made).values["lines"][0].values["rate"] is None
    assert desk.read(made).values["pay"] == 0


def test_what_changes_by_itself_is_computed_at_read(desk: Desk, worker: Any) -> None:
    today = desk.inst.clock.now().astimezone(desk.inst.settings.zone).date()
    made = ticket(desk, worker)
    assert desk.read(made).values["late"] is ((today - date(2025, 8, 4)).days > 3)


def test_a_value_beyond_its_column_is_refused_at_its_place(desk: Desk, worker: Any) -> None:
    desk.create("job.rate", {"from": "2025-01-01", "rate": Decimal("99999999999999.99")})
    with pytest.raises(Invalid) as refused:
        values = {"day": "2025-08-04", "lines": [{"worker": worker.id, "hours": 900000}]}
        desk.create("job.ticket", values, submit=True)
    assert {each.code for each in refused.value.problems} == {"out_of_range"}
    assert {each.pointer for each in refused.value.problems} <= {"/lines/0/pay", "/pay"}


def test_a_stored_lookup_is_written_down_and_follows_its_source(desk: Desk, publish: Callable[..., None]) -> None:
    item = {"kind": "master", "record": {"type": "object", "properties": {"price": MONEY}}}
    lookup = {"x-lookup": {"via": "item", "field": "price", "stored": True}}
    line = {"type": "object", "properties": {"item": {"type": "string", "x-ref": "kept.item"}, "price": lookup}}
    basket = {
        "kind": "master",
        "record": {
            "type": "object",
            "properties": {
                "lines": {"type": "array", "items": line},
                "sum": {**MONEY, "x-formula": "sum(lines.price)"},
            },
        },
    }
    publish(kept={"item": item, "basket": basket})
    made = desk.create("kept.item", {"price": 3})
    baskets = [desk.create("kept.basket", {"lines": [{"item": made.id}, {"item": made.id}]}) for _ in range(2)]
    assert desk.read(baskets[0]).values["sum"] == 6
    desk.update(made, {"price": 5})
    assert [desk.read(each).values["sum"] for each in baskets] == [10, 10]
    assert desk.read(baskets[1]).values["lines"][0].values["price"] == 5
    assert desk.read(baskets[1]).version == baskets[1].version
