"""Sheets in the tenant's store (`dg_sheet`, migration 0030). One rule: a sheet is its member's alone; to anybody else it
does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, column, delete, insert, select, table, update

from ..kernel.errors import NotFound
from ..kernel.ids import new_token
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, Int, JsonText, Text
from .sheet import Sheet, SheetRow

sheets = table(
    "dg_sheet",
    column("token", Text()),
    column("member", Id()),
    column("form", Text()),
    column("record", Id()),
    column("version", Int()),
    column("digest", Text()),
    column("content", JsonText()),
    column("created_at", Instant()),
    column("updated_at", Instant()),
)


def open_sheet(
    tx: Transaction, form: str, digest: str, *, record: str | None = None, version: int | None = None
) -> Sheet:
    """A fresh sheet for the acting member."""
    sheet = Sheet(new_token(), tx.actor.member, form, record, version, digest, created_at=tx.now, updated_at=tx.now)
    tx.conn.execute(insert(sheets).values(_row(sheet)))
    return sheet


def load_sheet(tx: Transaction, token: str, *, form: str | None = None) -> Sheet:
    """The acting member's sheet; locked against a second refresh while this transaction writes. Raises NotFound."""
    if "\x00" in token:  # which no database would even look for
        raise NotFound("sheet")
    query = select(sheets).where(_mine(tx), sheets.c.token == token)
    row = tx.conn.execute(query.with_for_update() if tx.writing else query).mappings().first()
    if row is None or (form is not None and row["form"] != form):
        raise NotFound("sheet")
    return _sheet(dict(row))


def save_sheet(tx: Transaction, sheet: Sheet) -> None:
    """Keep what was folded in. Raises NotFound when the sheet was saved or discarded meanwhile."""
    sheet.updated_at, sheet.revision = tx.now, sheet.revision + 1
    done = tx.conn.execute(update(sheets).where(_mine(tx), sheets.c.token == sheet.token).values(_row(sheet)))
    if not done.rowcount:
        raise NotFound("sheet")


def discard_sheet(tx: Transaction, token: str) -> None:
    """Throw a sheet away: it was saved, or given up."""
    tx.conn.execute(delete(sheets).where(_mine(tx), sheets.c.token == token))


def my_sheets(tx: Transaction, form: str | None = None, record: str | None = None, limit: int = 20) -> list[Sheet]:
    """The acting member's open sheets that hold something, latest first."""
    wanted = [_mine(tx)]
    if form is not None:
        wanted.append(sheets.c.form == form)
    if record is not None:
        wanted.append(sheets.c.record == record)
    query = select(sheets).where(and_(*wanted)).order_by(sheets.c.updated_at.desc()).limit(limit)
    return [sheet for row in tx.conn.execute(query).mappings() if (sheet := _sheet(dict(row))).touched]


def sweep_sheets(tx: Transaction, before: datetime) -> int:
    """Delete sheets nobody has touched since; how many."""
    return int(tx.conn.execute(delete(sheets).where(sheets.c.updated_at < before)).rowcount)


def _mine(tx: Transaction) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = sheets.c.member.is_not_distinct_from(tx.actor.member)
    return mine


def _row(sheet: Sheet) -> dict[str, Any]:
    rows = {sub: [[each.id, each.values, each.new] for each in rows] for sub, rows in sheet.rows.items()}
    return {
        "token": sheet.token,
        "member": sheet.member,
        "form": sheet.form,
        "record": sheet.record,
        "version": sheet.version,
        "digest": sheet.digest,
        "content": {
            "values": sheet.values,
            "rows": rows,
            "typed": sheet.typed,
            "revision": sheet.revision,
            "back": sheet.back,
        },
        "created_at": sheet.created_at,
        "updated_at": sheet.updated_at,
    }


def _sheet(row: Mapping[str, Any]) -> Sheet:
    content = row["content"]
    rows = {sub: [SheetRow(*each) for each in kept] for sub, kept in content["rows"].items()}
    return Sheet(
        token=row["token"],
        member=row["member"],
        form=row["form"],
        record=row["record"],
        version=row["version"],
        digest=row["digest"],
        values=dict(content["values"]),
        rows=rows,
        typed=dict(content["typed"]),
        revision=content.get("revision", 0),
        back=tuple(content["back"]) if content.get("back") else None,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
