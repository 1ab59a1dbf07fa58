"""Publishing while others write: writers wait or work with the version that stands, never with yesterday's."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import insert

from dougong.kernel.errors import Conflict
from dougong.kernel.ids import new_id
from dougong.storage import guard
from dougong.storage.database import Database, TenantStore
from tests.storage.bench import INTEGER, MONEY, NOW, TEXT, Bench, definitions, form


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    return Bench(tenant_store)


def test_a_model_of_yesterday_is_refused(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    with bench.act() as tx:
        old = bench.live(tx)
        guard.require(tx, old)
    bench.publish(definitions(form("ask", {"name": TEXT, "amount": MONEY})))
    with pytest.raises(Conflict), bench.act() as tx:
        guard.require(tx, old)


def test_publishes_among_writers_lose_no_row_and_no_value(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    stop = threading.Event()
    written: list[str] = []
    failures: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                written.append(one(bench))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        extra = {f"extra{each}": TEXT for each in range(number)}
        bench.publish(definitions(form("ask", {"name": TEXT, **extra})))
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(bench.values("m.ask", "name")) == sorted(written)
    assert len(written) >= 3


def one(bench: Bench) -> str:
    """One row, each field of the version that stands filled in."""
    name = new_id()
    with bench.act() as tx:
        guard.share(tx)
        model = bench.live(tx)
        tables = model.table("m.ask")
        values = {column.name: name for column in tables.stored().values()}
        system = {"id": name, "state": "active", "created_at": NOW, "updated_at": NOW, "version": 1}
        tx.conn.execute(insert(tables.main).values({**system, **values}))
        guard.require(tx, model)
    return name


def test_tenants_with_tables_alike_in_name_and_not_in_type_share_connections(database: Database) -> None:
    """A prepared statement of one tenant would carry its result types over to the other."""
    one_, two = Bench(database.create_tenant("one")), Bench(database.create_tenant("two"))
    one_.publish(definitions(form("ask", {"size": INTEGER})))
    two.publish(definitions(form("ask", {"size": MONEY})))
    one_.add("m.ask", {"size": 1})
    two.add("m.ask", {"size": Decimal("2.50")})
    for _ in range(8):
        assert one_.values("m.ask", "size") == [1]
        assert two.values("m.ask", "size") == [Decimal("2.50")]
