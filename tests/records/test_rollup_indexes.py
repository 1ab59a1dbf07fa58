"""What a roll-up asks anew is found by an index of the rows that count, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, inspect

from dougong.actions.transaction import transaction
from dougong.records import aggregates
from dougong.records.plan import plan_of
from dougong.records.write_set import WriteSet
from tests.records.conftest import Desk


def form(kind: str, **properties: Any) -> dict[str, Any]:
    return {"kind": kind, "record": {"type": "object", "properties": properties}}


def gathered(source: str, fn: str, **more: Any) -> dict[str, Any]:
    return {"x-rollup": {"from": f"i.{source}", "via": "shop", "fn": fn, "field": "amount", **more}}


ROW = {
    "shop": {"type": "string", "x-ref": "i.shop"},
    "amount": {"type": "number", "x-type": "money"},
    "day": {"type": "string", "format": "date"},
}
FORMS = {
    "shop": form(
        "master",
        most=gathered("bill", "max"),
        least=gathered("sale", "min"),
        open=gathered("offer", "max", where="$state = 'in_approval'"),
        lowest=gathered("sale", "lowest_running", by="day"),
    ),
    "bill": form("document", **ROW),
    "offer": form("document", **ROW),
    "sale": form("master", **ROW),
}


@pytest.fixture
def desk(publish: Callable[..., None], desk: Desk) -> Desk:
    publish(i=FORMS)
    return desk


def indexes(tx: Any, table: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """Columns and condition of each index."""
    found = {}
    for each in inspect(tx.conn).get_indexes(table):
        options = each.get("dialect_options", {})
        where = options.get("postgresql_where", options.get("sqlite_where", ""))
        found[each["name"]] = tuple(each["column_names"]), str(where)
    return found


def read(desk: Desk, work: Callable[[Any], Any]) -> Any:
    return transaction(desk.inst, desk.actor.tenant, desk.actor, work, write=False)


def test_there_is_one_for_the_rows_that_count(desk: Desk) -> None:
    for table, wanted in (
        ("bill", {("f_shop", "f_amount"): True}),
        ("offer", {("f_shop", "f_amount"): False}),
        ("sale", {("f_shop", "f_amount"): False, ("f_shop", "f_day"): False}),
    ):
        found = read(desk, lambda tx, name=table: indexes(tx, f"i__{name}")).values()
        assert {columns: "approved" in where for columns, where in found if "deleted_at" in where} == wanted
        assert ("f_shop", "id") in {columns for columns, _ in found}


@pytest.mark.parametrize(
    ("source", "name"), [("bill", "most"), ("sale", "least"), ("sale", "lowest"), ("offer", "open")]
)
def test_the_database_takes_it(desk: Desk, source: str, name: str) -> None:
    shop = desk.create("i.shop", {}).id

    def explained(tx: Any) -> tuple[str, dict[str, tuple[tuple[str, ...], str]]]:
        ws = WriteSet(tx, desk.inst.catalog.live(tx))
        feed = next(each for each in plan_of(ws.model).feeds[f"i.{source}", None] if each.slot.name == name)
        asked: list[tuple[str, Any]] = []
        note = lambda conn, cursor, statement, parameters, context, many: asked.append((statement, parameters))  # noqa: E731
        event.listen(tx.conn, "before_cursor_execute", note)
        if feed.by is not None:
            tx.conn.execute(aggregates.by_day(tx, ws.model, feed, [shop])).all()
        else:
            aggregates.extreme(ws, feed, shop, ())
        event.remove(tx.conn, "before_cursor_execute", note)
        if tx.conn.dialect.name == "postgresql":
            tx.conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        how = "EXPLAIN" if tx.conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = tx.conn.exec_driver_sql(f"{how} {asked[-1][0]}", asked[-1][1]).all()
        return str(plan), indexes(tx, f"i__{source}")

    plan, known = read(desk, explained)
    taken = [each for index, each in known.items() if index in plan]
    assert len(taken) == 1
    assert taken[0][0] == ("f_shop", "f_day" if name == "lowest" else "f_amount")
    assert ("approved" in taken[0][1]) == (name == "most")
    assert "deleted_at" in taken[0][1]
