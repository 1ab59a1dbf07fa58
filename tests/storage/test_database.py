"""Tenants as files or schemas: isolation, transactional DDL, and what a reader and a writer may do."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, inspect, select, text
from sqlalchemy.exc import DBAPIError

from dougong.kernel.errors import Conflict, Invalid, NotFound, Refused
from dougong.storage import ddl, own, sqlite
from dougong.storage.database import Database, TenantStore
from dougong.storage.types import Int


def test_ddl_that_fails_half_way_leaves_nothing(tenant_store: TenantStore) -> None:
    with pytest.raises(ZeroDivisionError), tenant_store.write() as conn:
        ddl.create_table(conn, "half", Column("id", Int(), primary_key=True))
        conn.execute(text("INSERT INTO half VALUES (1)"))
        raise ZeroDivisionError
    with tenant_store.read() as conn:
        assert not inspect(conn).has_table("half")


def test_a_reader_cannot_write(tenant_store: TenantStore) -> None:
    with pytest.raises(DBAPIError), tenant_store.read() as conn:
        conn.execute(own.counter.insert().values(key="a", value=1))


def test_a_connection_that_read_may_write_in_its_next_transaction(tenant_store: TenantStore) -> None:
    for number in range(3):
        with tenant_store.read() as conn:
            assert conn.execute(select(own.counter)).all() == [(str(n), n) for n in range(number)]
        with tenant_store.write() as conn:
            conn.execute(own.counter.insert().values(key=str(number), value=number))


def test_a_reader_keeps_its_snapshot_while_others_write(tenant_store: TenantStore) -> None:
    with tenant_store.read() as reader:
        assert reader.execute(select(own.counter)).all() == []
        with tenant_store.write() as conn:
            conn.execute(own.counter.insert().values(key="a", value=1))
        assert reader.execute(select(own.counter)).all() == []


def test_tenants_do_not_see_each_other(database: Database) -> None:
    one, two = database.create_tenant("one"), database.create_tenant("two")
    with one.write() as conn:
        conn.execute(own.counter.insert().values(key="a", value=1))
    with two.read() as conn:
        assert conn.execute(select(own.counter)).all() == []
    assert database.tenants() == ["one", "two"]


def test_unknown_tenants_are_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        database.tenant("nobody")


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "a" * 31, "a__b", "../x", "a;drop", "租户"])
def test_names_that_are_not_plain_words_are_refused(database: Database, name: str) -> None:
    with pytest.raises(Invalid):
        database.create_tenant(name)


def test_a_taken_name_is_refused(database: Database) -> None:
    database.create_tenant("one")
    with pytest.raises(Conflict):
        database.create_tenant("one")


def test_a_dropped_tenant_leaves_its_name_free(database: Database) -> None:
    with database.create_tenant("one").write() as conn:
        conn.execute(own.counter.insert().values(key="a", value=1))
    database.drop_tenant("one")
    assert database.tenants() == []
    with database.create_tenant("one").read() as conn:
        assert conn.execute(select(own.counter)).all() == []


def test_an_unsafe_sqlite_is_refused() -> None:
    with pytest.raises(Refused):
        sqlite.assert_safe((3, 51, 2))
