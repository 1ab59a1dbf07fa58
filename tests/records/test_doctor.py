"""The doctor finds what was changed behind the program's back, and mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.records import doctor
from tests.records.conftest import Desk

ITEM = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-number": "I{seq:3}"},
            "name": {"type": "string", "x-unique": True},
            "size": {"type": "integer"},
            "double": {"type": "integer", "x-formula": "size * 2"},
        },
    },
    "totals": [{"name": "all", "key": {"size": "size"}, "values": {"rows": "count()"}}],
}


@pytest.fixture(autouse=True)
def items(publish: Callable[..., None], desk: Desk) -> None:
    publish(depot={"item": ITEM})
    for number in range(3):
        desk.create("depot.item", {"name": f"n{number}", "size": number})


def within(desk: Desk, act: Callable[[Any, Any], Any], *, write: bool = True) -> Any:
    return transaction(
        desk.inst, desk.actor.tenant, desk.actor, lambda tx: act(tx, desk.inst.catalog.live(tx)), write=write
    )


def spoiled(tx: Any, model: Any, what: str) -> None:
    tables = model.table("depot.item")
    if what == "formula":
        tx.conn.execute(tables.main.update().values({tables.column("double").name: 7}))
    elif what == "total":
        tx.conn.execute(tables.totals["all"].update().values(n=9))
    elif what == "unique":
        tx.conn.execute(tables.keys["x-unique:name"].delete())
    else:
        tx.conn.exec_driver_sql("UPDATE dg_counter SET value = 1")


@pytest.mark.parametrize("what", ["formula", "total", "unique", "counter"])
def test_what_was_spoiled_is_named_and_mended(desk: Desk, what: str) -> None:
    assert within(desk, doctor.check, write=False) == []
    within(desk, lambda tx, model: spoiled(tx, model, what))
    found = within(desk, doctor.check, write=False)
    assert {(each.what, each.form) for each in found} == {(what, "depot.item")}
    assert {each.what for each in within(desk, doctor.repair)} == {what}
    assert within(desk, doctor.check, write=False) == []
    desk.create("depot.item", {"name": "new", "size": 1})
    assert desk.refused(lambda: desk.create("depot.item", {"name": "new"})) == {("/name", "unique")}
    assert within(desk, doctor.check, write=False) == []
