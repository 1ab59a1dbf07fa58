"""A publish that is killed at any statement leaves the old version whole or the new one whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event

from dougong.definition.definitions import Definitions
from dougong.kernel.errors import Conflict
from dougong.storage import building
from dougong.storage.database import TenantStore
from dougong.storage.doctor import doctor_storage
from tests.storage.bench import INTEGER, MONEY, TEXT, Bench, definitions, form


class Killed(Exception):
    """The statement never reached the database."""


@contextmanager
def killed_at(engine: Engine, number: int) -> Iterator[None]:
    """The process dies before the statement of this number after the transaction began."""
    seen = 0

    def count(conn: object, cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        if statement.startswith(("BEGIN", "PRAGMA", "SELECT")):
            return
        seen += 1
        if seen == number:
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def before_and_after() -> tuple[Definitions, Definitions]:
    lines = {"type": "array", "items": {"type": "object", "properties": {"what": TEXT}}}
    old = form("ask", {"name": TEXT, "size": TEXT, "gone": TEXT})
    new = form(
        "ask",
        {"title": {**TEXT, "x-id": "name", "x-index": True}, "size": INTEGER, "price": MONEY, "lines": lines},
        unique=[{"id": "one", "fields": ["title"]}],
    )
    return definitions(old), definitions(new, form("bid", {"name": TEXT}))


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    return Bench(tenant_store)


def test_a_publish_killed_at_any_statement_is_whole_or_absent(bench: Bench) -> None:
    old, new = before_and_after()
    bench.publish(old)
    bench.add("m.ask", {"name": "a", "size": "12", "gone": "x"}, {"name": "b", "size": "?"})
    wanted = bench.steps(new)
    engine = bench.store.store.engine  # type: ignore[attr-defined]
    number = 0
    while True:
        number += 1
        try:
            with killed_at(engine, number):
                bench.publish(new, allow_loss=True)
            break
        except Killed:
            assert bench.steps(new) == wanted
            assert bench.values("m.ask", "size") == ["12", "?"]
            with bench.act(write=False) as tx:
                assert doctor_storage(tx, bench.live(tx)) == []
    assert number > 20
    assert bench.values("m.ask", "size") == [12, None]
    assert bench.values("m.ask", "title") == ["a", "b"]


def test_the_doctor_names_what_is_missing(bench: Bench) -> None:
    old, _ = before_and_after()
    bench.publish(old)
    with bench.act() as tx:
        tx.conn.exec_driver_sql("DROP VIEW v_m__ask")
        tx.conn.exec_driver_sql("ALTER TABLE m__ask DROP COLUMN f_size")
    with bench.act(write=False) as tx:
        found = {each.code for each in doctor_storage(tx, bench.live(tx))}
    assert found == {"view_missing", "column_missing"}


def test_a_building_column_is_marked_and_left_empty(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"price": MONEY})))
    bench.add("m.ask", {"price": Decimal("1.00")}, {"price": Decimal("2.00")})
    new = definitions(form("ask", {"price": MONEY, "twice": {**MONEY, "x-formula": "price * 2"}}))
    bench.publish(new, build_rows=1)
    with bench.act(write=False) as tx:
        model = bench.live(tx)
        assert model.is_building("m.ask", "twice")
        assert doctor_storage(tx, model) == []
    assert bench.values("m.ask", "twice") == [None, None]


def test_a_type_change_of_many_rows_goes_on_in_the_background(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"size": TEXT})))
    bench.add("m.ask", *({"size": str(number)} for number in range(5)))
    bench.publish(definitions(form("ask", {"size": INTEGER})), build_rows=1)
    assert bench.values("m.ask", "size") == [None] * 5
    with bench.act() as tx:
        tables = bench.live(tx).table("m.ask")
        first = tx.conn.execute(tables.main.select().order_by(tables.main.c.id)).first()
        assert first is not None
        tx.conn.execute(
            tables.main.update().where(tables.main.c.id == first.id).values({tables.column("size").name: 99})
        )
    for _ in range(3):
        with bench.act() as tx:
            [mark] = building.marks(tx)
            assert not building.convert_batch(tx, bench.live(tx), mark, size=2)
    with bench.act() as tx:
        [mark] = building.marks(tx)
        assert (mark.rows_done, mark.rows_all) == (5, 5)
        assert building.convert_batch(tx, bench.live(tx), mark, size=2)
        assert building.unfinished(tx) == 0
    assert bench.values("m.ask", "size") == [99, 1, 2, 3, 4]


def test_two_workers_on_one_building_column_advance_it_once(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"size": TEXT})))
    bench.add("m.ask", {"size": "1"}, {"size": "2"})
    bench.publish(definitions(form("ask", {"size": INTEGER})), build_rows=1)
    with bench.act(write=False) as tx:
        [mark] = building.marks(tx)
    with bench.act() as tx:
        building.convert_batch(tx, bench.live(tx), mark, size=1)
    with pytest.raises(Conflict), bench.act() as tx:
        building.convert_batch(tx, bench.live(tx), mark, size=1)


def test_a_column_being_built_is_neither_converted_nor_retired(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"size": TEXT}), form("bid", {"name": TEXT})))
    bench.add("m.ask", {"size": "1"}, {"size": "2"})
    bench.publish(definitions(form("ask", {"size": INTEGER}), form("bid", {"name": TEXT})), build_rows=1)
    for properties in ({"size": MONEY}, {}):
        found = bench.plan(definitions(form("ask", properties), form("bid", {"name": TEXT}))).errors
        assert [each.code for each in found] == ["still_building"]


def test_a_form_out_of_sight_goes_on_being_built_when_it_is_back(bench: Bench) -> None:
    other = form("bid", {"name": TEXT})
    both = definitions(form("ask", {"size": INTEGER}), other)
    bench.publish(definitions(form("ask", {"size": TEXT}), other))
    bench.add("m.ask", {"size": "1"}, {"size": "2"})
    bench.publish(both, build_rows=1)
    bench.publish(definitions(other), allow_loss=True)
    with bench.act() as tx:
        assert building.marks(tx) == []
    bench.publish(both)
    with bench.act() as tx:
        [mark] = building.marks(tx)
        model = bench.live(tx)
        assert model.is_building("m.ask", "size")
        assert not building.convert_batch(tx, model, mark)
    assert bench.values("m.ask", "size") == [1, 2]
