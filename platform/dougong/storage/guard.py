"""The lock on a tenant's definition: writers share it, a publish holds it alone. One rule: a writer takes it first, before
it reads the version, so it never works with yesterday's plan
(docs/derived-values.md, Locks). On SQLite the writer's lock is the whole
protocol."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from ..kernel.errors import Conflict
from . import own
from .model import Model
from .transaction import Transaction

_KEY = "hashtextextended('dougong definition ' || current_schema(), 0)"
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
_EXCLUSIVE = text(f"SELECT pg_advisory_xact_lock({_KEY})")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || :what, 0))")
_PATIENT = text("SET LOCAL statement_timeout = 0")
_HELD = "definition guard"


def take_share(tx: Transaction) -> None:
    """Hold the definition still until commit. Readers need no lock: they see one snapshot."""
    if tx.writing and tx.dialect == "postgresql" and tx.memo.get(_HELD) is None:
        tx.conn.execute(_SHARED)
        tx.memo[_HELD] = "shared"


def share(tx: Transaction) -> int:
    """Hold the definition still until commit; the live version."""
    take_share(tx)
    return live_version(tx.conn)


def hold(tx: Transaction) -> int:
    """Keep everybody else from writing until commit; the live version. Waits for the writers that are under way; from then
    on no statement is timed out: an index of many rows takes its time."""
    if tx.dialect == "postgresql" and tx.memo.get(_HELD) != "exclusive":
        tx.conn.execute(_EXCLUSIVE)
        tx.conn.execute(_PATIENT)
        tx.memo[_HELD] = "exclusive"
    return live_version(tx.conn)


def live_version(conn: Connection) -> int:
    """The number of the live version; 0 = nothing published."""
    return int(conn.execute(select(own.live.c.version)).scalar_one())


def require(tx: Transaction, model: Model) -> None:
    """Raises Conflict `definition_changed` when `model` is no longer what is live."""
    if share(tx) != model.version:
        raise Conflict("definition_changed", version=model.version)


def alone(tx: Transaction, what: str) -> None:
    """Keep everybody else from doing the thing of that name until commit (SQLite has one writer anyway)."""
    if tx.writing and tx.dialect == "postgresql":
        tx.conn.execute(_ALONE, {"what": what})
