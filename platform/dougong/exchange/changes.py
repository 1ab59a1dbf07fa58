"""Changes of many records at once, as rows; the records of each stand beside those of imports (batches.py). One rule: who
made a change may take it back, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, insert, select, table, update

from ..kernel.errors import Conflict, NotFound
from ..kernel.ids import is_id
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, Int, Text

changes = table(
    "dg_change",
    column("id", Id()),
    column("form", Text()),
    column("member", Id()),
    column("act", Text()),  # update, delete
    column("count", Int()),
    column("undone_at", Instant()),
    column("created_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class Change:
    """`act`: update or delete; `count`: how many records."""

    id: str
    form: str
    member: str | None
    act: str
    count: int
    undone_at: datetime | None
    created_at: datetime


def add(tx: Transaction, change: str, form: str, act: str, count: int) -> None:
    """The actor has changed so many records."""
    row = {"id": change, "form": form, "member": tx.actor.member, "act": act, "count": count, "created_at": tx.now}
    tx.conn.execute(insert(changes).values(row))


def get(tx: Transaction, change: str) -> Change:
    """A change of the actor's own. Raises NotFound."""
    query = select(changes).where(changes.c.id == change, changes.c.member.is_not_distinct_from(tx.actor.member))
    row = tx.conn.execute(query).first() if is_id(change) else None
    if row is None:
        raise NotFound("change", id=change[:80])
    return Change(**row._mapping)


def latest(tx: Transaction, form: str, limit: int = 20) -> list[Change]:
    """The actor's own changes of records of the form, the newest first."""
    mine = changes.c.member.is_not_distinct_from(tx.actor.member)
    query = select(changes).where(changes.c.form == form, mine).order_by(changes.c.created_at.desc()).limit(limit)
    return [Change(**row._mapping) for row in tx.conn.execute(query)]


def undone(tx: Transaction, change: str) -> None:
    """It has been taken back. Raises Conflict `already_done` when it had been before."""
    c = changes.c
    done = tx.conn.execute(update(changes).where(c.id == change, c.undone_at.is_(None)).values(undone_at=tx.now))
    if done.rowcount != 1:
        raise Conflict("already_done", act="undo")
