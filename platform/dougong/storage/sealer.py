"""Chains committed audit rows by hash. One rule: sealing is a job of its own, one at a time, in the order of a running
number, so that the chain is never the row every writer waits for (docs/derived-values.md, Locks).

hash(n) = sha256(hash(n-1) ‖ canonical text of row n); the head (number and hash) is kept in dg_meta, so rows cut off at the
end are missed too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from . import exact_json, own
from .transaction import Transaction

HEAD = "audit_head"
BATCH = 1_000
PATIENCE = timedelta(minutes=1)
_TOLD = (
    "id", "at", "actor_kind", "actor", "actor_name", "on_behalf", "request_id", "form", "record_id", "event", "changes"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The last sealed row: its number and its hash; (0, "") before the first."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not as it was sealed; `reason`: changed, missing, end."""

    seq: int
    reason: str


def head(conn: Connection) -> Head:
    """Where the chain ends; what a backup's manifest and the admin's page show."""
    found = conn.execute(select(own.meta.c.value).where(own.meta.c.key == HEAD)).scalar_one_or_none()
    if found is None:
        return Head(0, "")
    seq, _, hashed = found.partition(":")
    return Head(int(seq), hashed)


def seal(tx: Transaction, limit: int = BATCH) -> int:
    """Number and chain rows that are committed and not sealed yet; how many. One sealer works at a time."""
    if tx.dialect == "postgresql":
        tx.conn.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('dougong sealer ' || current_schema(), 0))")
        )
    last = before = head(tx.conn)
    query = select(own.audit).where(own.audit.c.seq.is_(None)).order_by(own.audit.c.id).limit(limit)
    for row in tx.conn.execute(query).all():
        last = Head(last.seq + 1, _hash(last.hash, row))
        change = update(own.audit).where(own.audit.c.id == row.id)
        tx.conn.execute(change.values(seq=last.seq, hash=last.hash))
    if last != before:
        _keep_head(tx.conn, before, last)
    return last.seq - before.seq


def verify(conn: Connection) -> Broken | None:
    """Walk the whole chain; None when it is whole."""
    last = Head(0, "")
    for row in _sealed(conn):
        if row.seq != last.seq + 1:
            return Broken(last.seq + 1, "missing")
        expected = _hash(last.hash, row)
        if row.hash != expected:
            return Broken(row.seq, "changed")
        last = Head(row.seq, expected)
    return None if head(conn) == last else Broken(last.seq + 1, "end")


def unsealed_since(conn: Connection, now: datetime) -> int:
    """Rows that have waited longer than a minute for the sealer."""
    c = own.audit.c
    query = select(func.count()).select_from(own.audit).where(c.seq.is_(None), c.at < now - PATIENCE)
    return int(conn.execute(query).scalar_one())


def _sealed(conn: Connection) -> Iterator[Any]:
    after = 0
    while True:
        query = select(own.audit).where(own.audit.c.seq > after).order_by(own.audit.c.seq).limit(BATCH)
        found = conn.execute(query).all()
        if not found:
            return
        yield from found
        after = found[-1].seq


def _hash(before: str, row: Any) -> str:
    told = exact_json.dumps([getattr(row, name) for name in _TOLD], sort_keys=True)
    return hashlib.sha256(f"{before}\n{told}".encode()).hexdigest()


def _keep_head(conn: Connection, before: Head, last: Head) -> None:
    value = f"{last.seq}:{last.hash}"
    if before.seq == 0:
        conn.execute(insert(own.meta).values(key=HEAD, value=value))
    else:
        conn.execute(update(own.meta).where(own.meta.c.key == HEAD).values(value=value))
