"""Imports as rows: the file a member brought, what is wanted of it, how far it is, what became of its rows. One rule: a
state moves by compare-and-set, so of two who press a button one goes on and the other is told.

uploaded → checking → checked → committing → done → undoing → undone; back to `uploaded` when the columns are chosen anew.
The files lie beside the database: the original, its table, the problems found, and how far the work is."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, column, delete, insert, or_, select, table, update

from ..kernel.errors import Conflict, NotFound
from ..kernel.ids import is_id, new_id
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, Int, JsonText, Text

State = Literal["uploaded", "checking", "checked", "committing", "done", "undoing", "undone"]
#: Work is going on: nobody may touch it.
BUSY: frozenset[str] = frozenset({"checking", "committing", "undoing"})
Mode = Literal["create", "update", "both"]

imports = table(
    "dg_import",
    column("id", Id()),
    column("form", Text()),
    column("member", Id()),
    column("member_name", Text()),
    column("file_name", Text()),
    column("state", Text()),
    column("table_", JsonText()),
    column("wanted", JsonText()),
    column("report", JsonText()),
    column("error", JsonText()),
    column("changed_at", Instant()),
    column("written_at", Instant()),
    column("created_at", Instant()),
)
import_rows = table(
    "dg_import_row",
    column("batch", Id()),
    column("line", Int()),
    column("record", Id()),
    column("event", Text()),  # created, updated
    column("version", Int()),
    column("old", JsonText()),
)
mappings = table(
    "dg_import_mapping",
    column("form", Text()),
    column("heads", Text()),
    column("chosen", JsonText()),
    column("updated_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to become of a table: the header's row, a target's name for each column (None = left out), whether rows make
    records, change them or both, and what tells records apart. `strict`: nobody has looked at the columns, so a value
    under no head makes its row bad."""

    header: int
    columns: tuple[str | None, ...]
    mode: Mode = "create"
    key: tuple[str, ...] = ()
    strict: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the batch's row."""
        return {"header": self.header, "columns": list(self.columns), "mode": self.mode, "key": list(self.key)}


@dataclass(frozen=True, slots=True)
class Batch:
    """One import. `table`: what was read of the file {sheets, sheet, rows, width}; `report`: {rows, good, bad, created,
    updated, unchanged, problems (how many)}; `error`: {code, params} of work that could not be done; `written_at`: the
    moment its records carry."""

    id: str
    form: str
    member: str | None
    member_name: str
    file_name: str
    state: State
    table: Mapping[str, Any]
    wanted: Wanted
    report: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    changed_at: datetime
    written_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Files:
    """Where an import's files lie."""

    folder: Path
    id: str
    ending: str = field(default="", compare=False)

    @property
    def source(self) -> Path:
        return self.folder / f"{self.id}.source"

    @property
    def table(self) -> Path:
        return self.folder / f"{self.id}.rows"

    @property
    def problems(self) -> Path:
        return self.folder / f"{self.id}.problems"

    @property
    def progress(self) -> Path:
        return self.folder / f"{self.id}.progress"

    def remove(self) -> None:
        """Forget the file; what became of its rows stays in the database."""
        for each in (self.source, self.table, self.problems, self.progress):
            each.unlink(missing_ok=True)


def add(tx: Transaction, batch: str, form: str, file_name: str, read: Mapping[str, Any], wanted: Wanted) -> None:
    """A file has been brought."""
    row = {
        "id": batch,
        "form": form,
        "member": tx.actor.member,
        "member_name": tx.actor.name,
        "file_name": file_name,
        "state": "uploaded",
        "table_": dict(read),
        "wanted": wanted.as_json(),
        "changed_at": tx.now,
        "created_at": tx.now,
    }
    tx.conn.execute(insert(imports).values(row))


def get(tx: Transaction, batch: str) -> Batch:
    """An import of the actor's own; an admin's any. Raises NotFound."""
    row = tx.conn.execute(select(imports).where(imports.c.id == batch, _mine(tx))).first() if is_id(batch) else None
    if row is None:
        raise NotFound("import", id=batch[:80])
    return _batch(row)


def latest(tx: Transaction, form: str | None = None, limit: int = 50) -> list[Batch]:
    """The actor's imports, an admin's all, the newest first."""
    query = select(imports).where(_mine(tx)).order_by(imports.c.created_at.desc(), imports.c.id.desc()).limit(limit)
    if form is not None:
        query = query.where(imports.c.form == form)
    return [_batch(row) for row in tx.conn.execute(query)]


def move(tx: Transaction, batch: str, before: Iterable[State], after: State, **values: Any) -> None:
    """Go on to another state. Raises Conflict `import_state` when somebody else has moved it."""
    c = imports.c
    changed = {"state": after, "changed_at": tx.now, **values}
    done = tx.conn.execute(update(imports).where(c.id == batch, c.state.in_(list(before))).values(changed))
    if done.rowcount != 1:
        raise Conflict("import_state")


def drop(tx: Transaction, batch: str) -> None:
    """Forget an import that wrote nothing. Raises Conflict `import_state`."""
    c = imports.c
    gone = tx.conn.execute(delete(imports).where(c.id == batch, c.state.in_(["uploaded", "checked"])))
    if gone.rowcount != 1:
        raise Conflict("import_state")


def keep_rows(tx: Transaction, batch: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Note which records the batch wrote: {line, record, event, version, old}."""
    every = [{"batch": batch, **row} for row in rows]
    if every:
        tx.conn.execute(insert(import_rows), every)


def rows_of(tx: Transaction, batch: str) -> list[Any]:
    """What it wrote, in the file's order."""
    query = select(import_rows).where(import_rows.c.batch == batch).order_by(import_rows.c.line)
    return list(tx.conn.execute(query))


def remember(tx: Transaction, form: str, heads: str, chosen: Mapping[str, Any]) -> None:
    """The columns that were chosen for files with these heads."""
    c = mappings.c
    tx.conn.execute(delete(mappings).where(c.form == form, c.heads == heads))
    tx.conn.execute(insert(mappings).values(form=form, heads=heads, chosen=dict(chosen), updated_at=tx.now))


def remembered(tx: Transaction, form: str, heads: str) -> Mapping[str, Any] | None:
    """What was chosen the last time."""
    c = mappings.c
    found = tx.conn.execute(select(c.chosen).where(c.form == form, c.heads == heads)).first()
    return None if found is None else found.chosen


def forget_before(tx: Transaction, unused: datetime, used: datetime) -> list[str]:
    """Imports that were never carried out and are older than `unused` go; of those older than `used` the files may go. The
    ids whose files are to be removed."""
    c = imports.c
    idle = c.state.in_(["uploaded", "checked"])
    old = or_(idle & (c.changed_at < unused), c.state.in_(["done", "undone"]) & (c.changed_at < used))
    found = list(tx.conn.scalars(select(c.id).where(old)))
    tx.conn.execute(delete(imports).where(idle, c.changed_at < unused))
    return found


# ------------------------------------------------------------------------------------------------ files


def write_json(path: Path, content: Any) -> None:
    """Write a small file in one step: a reader sees the old one or the new one."""
    new = path.with_name(f"{path.name}.{new_id()}")
    new.write_text(json.dumps(content, default=str), encoding="utf-8")
    new.replace(path)


def read_json(path: Path) -> Any:
    """What stands in it; None when there is none."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_text(encoding="utf-8"))
    return None


def _mine(tx: Transaction) -> ColumnElement[bool]:
    c = imports.c
    return c.id.is_not(None) if tx.actor.is_admin else c.member == tx.actor.member


def _batch(row: Any) -> Batch:
    wanted = row.wanted
    return Batch(
        row.id, row.form, row.member, row.member_name, row.file_name, row.state, row.table_,
        Wanted(wanted["header"], tuple(wanted["columns"]), wanted["mode"], tuple(wanted["key"])),
        row.report, row.error, row.changed_at, row.written_at, row.created_at,
    )  # fmt: skip
