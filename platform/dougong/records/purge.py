"""Empties the recycle bin: what has lain there for thirty days, or what an admin names. One rule: only records that are
deleted already can go, so nothing counted, unique or referred to by a live record is ever lost here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from ..kernel.errors import Conflict, Forbidden
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import search_index
from .comments import comments
from .rows import chunks
from .tables import file_holders

DAYS = 30


def overdue(tx: Transaction, model: Model, form: str, *, days: int = DAYS, limit: int | None = None) -> list[str]:
    """Ids of the form's records that were deleted at least `days` days ago, oldest first, `limit` of them at most."""
    main = model.table(form).main
    old = main.c.deleted_at <= tx.now - timedelta(days=days)
    return list(tx.conn.scalars(select(main.c.id).where(old).order_by(main.c.deleted_at, main.c.id).limit(limit)))


def purge(tx: Transaction, model: Model, form: str, ids: Iterable[str]) -> int:
    """Remove these deleted records for good, with their rows; how many went. Raises Forbidden for anybody but an admin or
    the house itself, Conflict `state` when one of them is not in the recycle bin."""
    if not tx.actor.is_admin:
        raise Forbidden("forbidden", form=form, action="purge")
    main, gone = model.table(form).main, 0
    for some in chunks(sorted(set(ids))):
        mine = main.c.id.in_(some)
        if tx.conn.execute(select(main.c.id).where(mine, main.c.deleted_at.is_(None)).limit(1)).first() is not None:
            raise Conflict("state", form=form, act="purge")
        removed = tx.conn.scalars(delete(main).where(mine).returning(main.c.id)).all()
        tx.conn.execute(delete(file_holders).where(file_holders.c.record.in_(some)))
        tx.conn.execute(delete(comments).where(comments.c.record.in_(some)))
        search_index.forget(tx, removed)
        for each in removed:
            tx.audit(form, each, "purge")
        gone += len(removed)
    return gone
