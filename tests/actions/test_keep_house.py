"""Every night the house is tidied: what is deleted long enough goes, what counts or is in use stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import read_record
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.actions.transaction import transaction
from dougong.actions.transition_record import transition_record
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock

ITEM: dict[str, Any] = {
    "kind": "master",
    "record": {"type": "object", "properties": {"kind": {"type": "string"}, "price": {"type": "integer"}}},
    "totals": [{"name": "per_kind", "key": {"kind": "kind"}, "values": {"price": "sum(price)"}}],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM})


def rows(inst: Installation, query: str) -> list[Any]:
    return transaction(inst, "demo", operator("demo"), lambda tx: [tuple(row) for row in tx.conn.execute(text(query))])


def _total(inst: Installation, tx: Any) -> int:
    table = inst.catalog.live(tx).table("shop.item").totals["per_kind"]
    return int(tx.conn.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_night_empties_the_bin_and_forgets_empty_totals(installation: Installation, clock: FixedClock) -> None:
    gone, kept = (
        create_record(installation, operator("demo"), "shop.item", {"kind": kind, "price": 3})["id"] for kind in "ab"
    )
    transition_record(installation, operator("demo"), "shop.item", gone, "delete")
    assert run_jobs(installation, "demo") == 0
    clock.advance(timedelta(days=1))
    assert run_jobs(installation, "demo") == 1
    assert len(rows(installation, "SELECT id FROM shop__item")) == 2
    total = transaction(installation, "demo", operator("demo"), lambda tx: _total(installation, tx))
    assert total == 1
    clock.advance(timedelta(days=30))
    assert run_jobs(installation, "demo") >= 1
    assert rows(installation, "SELECT kind FROM v_shop__item") == [("b",)]
    assert read_record(installation, operator("demo"), "shop.item", kept).shown["values"]["price"] == 3
    assert run_doctor(installation, operator("demo")) == []


def test_a_night_is_done_once(installation: Installation, clock: FixedClock) -> None:
    run_jobs(installation, "demo")
    clock.advance(timedelta(days=3))
    assert run_jobs(installation, "demo") == 1
    assert run_jobs(installation, "demo") == 0
    assert len(rows(installation, "SELECT id FROM dg_job WHERE state = 'ready'")) == 1
