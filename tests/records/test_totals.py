"""Totals by key: null is a key like any other, a move changes two rows, what counts nothing is swept away."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.records import doctor, keyed, totals
from dougong.records.write_set import WriteSet
from tests.records.conftest import Desk

ENTRY = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "kind": {"type": "string"},
            "day": {"type": "string", "format": "date"},
            "size": {"type": "number", "x-type": "decimal", "x-scale": 3},
            "urgent": {"type": "boolean"},
        },
    },
    "totals": [
        {
            "name": "by_kind",
            "key": {"kind": "kind", "month": "ym(day)"},
            "values": {"size": "sum(size)", "mean": "avg(size)", "sized": "count(size)", "rows": "count()"},
        },
        {"name": "by_size", "key": {"size": "round(size, 1)", "urgent": "urgent"}, "values": {"size": "sum(size)"}},
    ],
}


@pytest.fixture(autouse=True)
def book(publish: Callable[..., None]) -> None:
    publish(book={"entry": ENTRY})


def within(desk: Desk, act: Callable[[Any, Any], Any], *, write: bool = False) -> Any:
    return transaction(
        desk.inst, desk.actor.tenant, desk.actor, lambda tx: act(tx, desk.inst.catalog.live(tx)), write=write
    )


def total(desk: Desk, *keys: Any, name: str = "by_kind") -> dict[str, Any]:
    names = ("size", "mean", "sized", "rows", "n") if name == "by_kind" else ("size", "n")

    def act(tx: Any, model: Any) -> dict[str, Any]:
        ws = WriteSet(tx, model)
        return {each: totals.value(ws, f"book.entry.{name}", keys, each) for each in names}

    return within(desk, act)  # type: ignore[no-any-return]


def test_a_total_follows_its_rows(desk: Desk) -> None:
    one = desk.create("book.entry", {"kind": "a", "day": "2025-08-01", "size": Decimal("1.5")})
    desk.create("book.entry", {"kind": "a", "day": "2025-08-31"})
    desk.create("book.entry", {"kind": "a", "day": "2025-08-02", "size": 2})
    found = total(desk, "a", "2025-08")
    assert found == {"size": Decimal("3.5"), "mean": Decimal("1.75"), "sized": 2, "rows": 3, "n": 3}
    desk.update(one, {"day": "2025-09-01", "size": 4})
    assert total(desk, "a", "2025-08") == {"size": 2, "mean": 2, "sized": 1, "rows": 2, "n": 2}
    assert total(desk, "a", "2025-09")["size"] == 4
    desk.move(one, "delete")
    assert total(desk, "a", "2025-09") == {"size": 0, "mean": None, "sized": 0, "rows": 0, "n": 0}
    assert within(desk, doctor.check) == []


def test_null_is_a_key(desk: Desk) -> None:
    desk.create("book.entry", {"size": 1})
    desk.create("book.entry", {"size": 2, "urgent": True})
    assert total(desk, None, None)["size"] == 3
    assert total(desk, Decimal("1.0"), None, name="by_size") == {"size": 1, "n": 1}
    assert total(desk, Decimal(2), True, name="by_size")["n"] == 1
    assert within(desk, doctor.check) == []


def test_rows_that_count_nothing_are_swept(desk: Desk) -> None:
    one = desk.create("book.entry", {"kind": "a", "size": 1})
    desk.create("book.entry", {"kind": "b", "size": 1})
    desk.move(one, "delete")
    assert within(desk, keyed.sweep, write=True) == 1
    assert total(desk, "b", None)["n"] == 1
    desk.move(one, "restore")
    assert total(desk, "a", None)["n"] == 1
    assert within(desk, doctor.check) == []


def test_a_total_that_comes_later_counts_what_is_there(desk: Desk, publish: Callable[..., None]) -> None:
    desk.create("book.entry", {"kind": "a", "size": 1})
    more = {"name": "all", "key": {"kind": "kind"}, "values": {"size": "sum(size * 2)"}}
    publish(book={"entry": {**ENTRY, "totals": [*ENTRY["totals"], more]}})
    ws_value = within(desk, lambda tx, model: totals.value(WriteSet(tx, model), "book.entry.all", ("a",), "size"))
    assert ws_value == 2
    assert within(desk, doctor.check) == []
