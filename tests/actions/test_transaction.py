"""An act is one transaction: all of it or nothing, and again when the database could not put two in order."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from dougong.actions.installation import Installation
from dougong.actions.transaction import Once, read, transaction
from dougong.kernel.actor import operator
from dougong.kernel.errors import Conflict, NotFound
from dougong.storage.own import audit, meta
from dougong.storage.transaction import Transaction

FIRM = operator("demo")


def test_what_is_raised_leaves_nothing(installation: Installation, tenant: str) -> None:
    def act(tx: Transaction) -> None:
        tx.conn.execute(insert(meta).values(key="k", value="v"))
        tx.audit(None, None, "tried")
        tx.flush()
        raise Conflict("conflict")

    with pytest.raises(Conflict):
        transaction(installation, tenant, FIRM, act)
    with installation.database.tenant(tenant).read() as conn:
        assert conn.scalar(select(meta.c.value).where(meta.c.key == "k")) is None
        assert conn.scalar(select(audit.c.event).where(audit.c.event == "tried")) is None


def test_what_is_noted_is_written_with_the_act(installation: Installation, tenant: str) -> None:
    transaction(installation, tenant, FIRM, lambda tx: tx.audit("m.f", None, "done"), request_id="r-1")
    query = select(audit.c.actor_kind, audit.c.request_id).where(audit.c.event == "done")
    with installation.database.tenant(tenant).read() as conn:
        assert conn.execute(query).one() == ("operator", "r-1")


def test_a_read_cannot_write(installation: Installation, tenant: str) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        read(installation, FIRM, lambda tx: tx.conn.execute(insert(meta).values(key="k", value="v")))


def test_an_unknown_tenant_is_not_found(installation: Installation) -> None:
    with pytest.raises(NotFound):
        transaction(installation, "nowhere", operator("nowhere"), lambda tx: None)


def test_a_key_replays_the_first_answer(installation: Installation, tenant: str) -> None:
    calls: list[int] = []

    def act(tx: Transaction) -> dict[str, Any]:
        calls.append(1)
        return {"n": len(calls)}

    answers = [transaction(installation, tenant, FIRM, act, once=Once("k", "b")) for _ in range(3)]
    assert answers == [{"n": 1}] * 3


def test_a_deadlock_ends_in_both_acts_done(installation: Installation, tenant: str) -> None:
    """Two acts take two rows in opposite order. On SQLite the second waits from the start; PostgreSQL kills one of them,
    which is repeated."""
    with installation.database.tenant(tenant).write() as conn:
        conn.execute(insert(meta), [{"key": key, "value": "0"} for key in ("a", "b")])
    met = threading.Barrier(2)
    tries: list[str] = []

    def act(first: str, second: str) -> None:
        def add(tx: Transaction) -> None:
            tries.append(first)
            _add(tx, first)
            if len(tries) <= 2 and tx.dialect == "postgresql":
                met.wait(timeout=10)
            _add(tx, second)

        transaction(installation, tenant, FIRM, add)

    threads = [threading.Thread(target=act, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with installation.database.tenant(tenant).read() as conn:
        assert set(conn.scalars(select(meta.c.value).where(meta.c.key.in_(["a", "b"])))) == {"2"}
    assert len(tries) == (3 if installation.database.dialect == "postgresql" else 2)


def _add(tx: Transaction, key: str) -> None:
    value = int(tx.conn.scalar(select(meta.c.value).where(meta.c.key == key).with_for_update()) or 0)
    tx.conn.execute(update(meta).where(meta.c.key == key).values(value=str(value + 1)))
