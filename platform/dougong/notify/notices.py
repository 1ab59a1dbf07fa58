"""Notices of members: who is told what about which record, and who has read it. One rule: a notice keeps no words of its
record; whoever shows it asks what its reader may see of the record now.

Nobody is told of an act of his own, and of one act about one record everybody once: the first `tell` counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, delete, func, insert, select, table, update

from ..kernel.ids import is_id, new_id
from ..people import preferences
from ..people.tables import members as people
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, JsonText, Text

#: The bell counts to here.
COUNTED = 100

notices = table(
    "dg_notice",
    column("id", Id()),
    column("member", Id()),
    column("kind", Text()),
    column("form", Text()),
    column("record", Id()),
    column("params", JsonText()),
    column("sent_by", Id()),
    column("sent_by_name", Text()),
    column("created_at", Instant()),
    column("read_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is a word the screen has a sentence for; `form` and `record` are None where it is about neither; `by_name` is
    who acted."""

    id: str
    kind: str
    form: str | None
    record: str | None
    params: Mapping[str, Any]
    by_name: str
    at: datetime
    read: bool


def tell(
    tx: Transaction,
    members: Iterable[str | None],
    kind: str,
    form: str | None,
    record: str | None,
    params: Mapping[str, Any] | None = None,
) -> list[str]:
    """Leave a notice for each of these members; who was told: never the actor, nobody twice, no suspended member. `params`
    are JSON values: figures and ids, never words of the record."""
    told: set[tuple[str, str | None]] = tx.memo.setdefault(notices, set())
    wanted = [each for each in dict.fromkeys(members) if each and is_id(each) and each != tx.actor.member]
    fresh = [each for each in wanted if (each, record) not in told]
    asked = tx.conn.execute(select(people.c.id, people.c.active).where(people.c.id.in_(fresh))) if fresh else ()
    here = {each.id for each in asked if each.active}
    here -= preferences.refusing(tx.conn, kind) if fresh else set()
    rows = [_row(tx, each, kind, form, record, params or {}) for each in fresh if each in here]
    if rows:
        tx.conn.execute(insert(notices), rows)
        told |= {(str(each["member"]), record) for each in rows}
    return [str(each["member"]) for each in rows]


def unread(tx: Transaction) -> int:
    """How many the actor has not read, up to COUNTED."""
    c = notices.c
    some = select(c.id).where(c.member == tx.actor.member, c.read_at.is_(None)).limit(COUNTED).subquery()
    return int(tx.conn.scalar(select(func.count()).select_from(some)) or 0) if tx.actor.member else 0


def unread_about(tx: Transaction, record: str) -> bool:
    """Whether the actor has unread notices about this record."""
    c = notices.c
    query = select(c.id).where(c.member == tx.actor.member, c.record == record, c.read_at.is_(None)).limit(1)
    return tx.actor.member is not None and tx.conn.execute(query).first() is not None


def mine(tx: Transaction, *, only_unread: bool = False, limit: int, before: str | None = None) -> list[Notice]:
    """The actor's, newest first; `before` an id only those older."""
    c = notices.c
    query = select(notices).where(c.member == tx.actor.member).order_by(c.id.desc()).limit(limit)
    if only_unread:
        query = query.where(c.read_at.is_(None))
    if is_id(before):
        query = query.where(c.id < before)
    rows = tx.conn.execute(query).all() if tx.actor.member else []
    return [
        Notice(
            each.id, each.kind, each.form, each.record, each.params, each.sent_by_name, each.created_at,
            each.read_at is not None,
        )
        for each in rows
    ]  # fmt: skip


def mark(tx: Transaction, notice: str | None = None, *, record: str | None = None) -> int:
    """Note that the actor has read one notice, all about one record, or all there are; how many were news."""
    c = notices.c
    where = [c.member == tx.actor.member, c.read_at.is_(None)]
    where += [c.id == notice] if notice is not None else []
    where += [c.record == record] if record is not None else []
    return tx.conn.execute(update(notices).where(*where).values(read_at=tx.now)).rowcount


def forget(tx: Transaction, before: datetime) -> int:
    """Remove everybody's notices older than `before`, read or not; how many they were."""
    return tx.conn.execute(delete(notices).where(notices.c.created_at < before)).rowcount


def _row(
    tx: Transaction, member: str, kind: str, form: str | None, record: str | None, params: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": new_id(), "member": member, "kind": kind, "form": form, "record": record, "params": dict(params),
        "sent_by": tx.actor.member, "sent_by_name": tx.actor.name, "created_at": tx.now, "read_at": None,
    }  # fmt: skip
