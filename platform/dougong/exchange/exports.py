"""Exports as rows: who asked for which file, and where it lies once it is written. One rule: only who asked may fetch it,
and after some days it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import column, delete, insert, select, table, update

from ..kernel.errors import NotFound
from ..kernel.ids import is_id, new_id
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, Int, JsonText, Text

exports = table(
    "dg_export",
    column("id", Id()),
    column("member", Id()),
    column("form", Text()),
    column("name", Text()),
    column("asked", JsonText()),
    column("job", Id()),
    column("rows", Int()),
    column("finished_at", Instant()),
    column("created_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class Export:
    """`name`: the file's name for people. `asked`: what an export job needs. `rows`: how many it has, None = not ready."""

    id: str
    member: str | None
    form: str
    name: str
    asked: Mapping[str, Any]
    job: str | None
    rows: int | None
    finished_at: datetime | None
    created_at: datetime

    def path(self, folder: Path) -> Path:
        """Where its file lies in the folder of the tenant's exports."""
        return folder / f"{self.id}.{self.asked['format']}"


def add(tx: Transaction, form: str, name: str, asked: Mapping[str, Any]) -> Export:
    """A member asks for a file."""
    made = Export(new_id(), tx.actor.member, form, name, dict(asked), None, None, None, tx.now)
    row = {each: getattr(made, each) for each in Export.__slots__}
    tx.conn.execute(insert(exports).values(row))
    return made


def get(tx: Transaction, export: str) -> Export:
    """An export of the actor's own, or any for the house itself. Raises NotFound."""
    query = select(exports).where(exports.c.id == export)
    if tx.actor.kind == "member":
        query = query.where(exports.c.member == tx.actor.member)
    row = tx.conn.execute(query).first() if is_id(export) else None
    if row is None:
        raise NotFound("export", id=export[:80])
    return Export(**row._mapping)


def set_job(tx: Transaction, export: str, job: str) -> None:
    """A job writes it."""
    tx.conn.execute(update(exports).where(exports.c.id == export).values(job=job))


def finish(tx: Transaction, export: str, rows: int) -> None:
    """The file is there."""
    tx.conn.execute(update(exports).where(exports.c.id == export).values(rows=rows, finished_at=tx.now))


def forget(tx: Transaction, before: datetime) -> list[Export]:
    """Remove what was asked for before; the exports whose files are to go."""
    old = exports.c.created_at < before
    found = [Export(**row._mapping) for row in tx.conn.execute(select(exports).where(old))]
    tx.conn.execute(delete(exports).where(old))
    return found
