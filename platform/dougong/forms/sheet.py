"""A form while it is being filled in: what the person has changed, JSON-level, kept on the server.

One rule: a sheet holds changes only. Fields nobody touched stay with the record; a subtable is taken over whole at its first
change, since a record's rows are written whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..definition.model import Field, Form
from ..kernel.ids import is_id, new_id
from .names import input_name
from .posted import Posted, RowAct

MOST_ROWS = 5_000


@dataclass(slots=True)
class SheetRow:
    """One row: `new` ones are not in the record yet; their id serves the screen alone."""

    id: str
    values: dict[str, Any] = field(default_factory=dict)
    new: bool = True


@dataclass(slots=True)
class Sheet:
    """`record` and `version` are those of the record that was opened (None = a new record), `digest` that of the
    definitions then. `values` and `rows` are JSON-level, by field name; `typed` are texts that are no JSON value at all,
    by input name. `revision` counts the changes, so that a screen knows whether it has seen the latest.
    `back`: (form, token, input) of the sheet that waits for the record made here."""

    token: str
    member: str | None
    form: str
    record: str | None = None
    version: int | None = None
    digest: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[SheetRow]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    revision: int = 0
    back: tuple[str, str, str] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def touched(self) -> bool:
        """Whether anything was changed at all."""
        return bool(self.values or self.rows or self.typed)


#: The rows that stand in the record, for a subtable's first change: (row id, JSON-level values of its inputs).
Standing = Mapping[str, Iterable[tuple[str, Mapping[str, Any]]]]


def fold(sheet: Sheet, form: Form, posted: Posted, standing: Standing | None = None) -> None:
    """Fold what a browser posted into the sheet, then press its row buttons. A row id the sheet does not know is a row the
    browser made."""
    standing = standing or {}
    sheet.values.update(posted.values)
    _settle_typed(sheet, posted)
    for sub, changes in posted.rows.items():
        rows = take(sheet, sub, standing)
        known = {row.id: row for row in rows}
        for row_id, values in changes.items():
            if row_id not in known and is_id(row_id) and len(rows) < MOST_ROWS:
                known[row_id] = SheetRow(row_id)
                rows.append(known[row_id])
            if row_id in known:
                known[row_id].values.update(values)
    _let_go(sheet, form, posted)
    for act in posted.acts:
        press(sheet, form, act, standing)


def _let_go(sheet: Sheet, form: Form, posted: Posted) -> None:
    """What was filled from a picked record and changed by hand goes when another record is picked: it is filled anew. What
    comes together with the reference stays."""
    for name in _filled(form.fields, posted.values):
        sheet.values.pop(name, None)
        sheet.typed.pop(input_name(name), None)
    for sub in form.subtables:
        rows = {row.id: row for row in sheet.rows.get(sub.name, ())}
        for row_id, values in posted.rows.get(sub.name, {}).items():
            for name in _filled(sub.fields, values) if row_id in rows else ():
                rows[row_id].values.pop(name, None)
                sheet.typed.pop(input_name(name, sub.name, row_id), None)


def _filled(fields: Iterable[Field], sent: Mapping[str, Any]) -> list[str]:
    """Names of the values copied along a reference that was sent, without those that were sent too."""
    return [
        each.name for each in fields
        if each.lookup is not None and each.lookup.freeze is not None and each.lookup.via is not None
        and each.lookup.via.split(".")[0] in sent and each.name not in sent
    ]  # fmt: skip


def _settle_typed(sheet: Sheet, posted: Posted) -> None:
    read = {input_name(name) for name in posted.values}
    for sub, rows in posted.rows.items():
        read |= {input_name(name, sub, row) for row, values in rows.items() for name in values}
    sheet.typed = {name: text for name, text in sheet.typed.items() if name not in read} | posted.typed


def take(sheet: Sheet, sub: str, standing: Standing) -> list[SheetRow]:
    """The sheet's rows of a subtable, taken over from the record when nobody has touched them yet."""
    if sub not in sheet.rows:
        sheet.rows[sub] = [SheetRow(row, dict(values), new=False) for row, values in standing.get(sub, ())]
    return sheet.rows[sub]


def press(sheet: Sheet, form: Form, act: RowAct, standing: Standing) -> str | None:
    """Add, copy, remove or move a row; the id of the row that the person should now be in."""
    rows = take(sheet, act.sub, standing)
    at = next((index for index, row in enumerate(rows) if row.id == act.row), None)
    if act.act == "add":
        return _insert(rows, len(rows) if at is None else at + 1, {})
    if at is None:
        return None
    if act.act == "copy":
        return _insert(rows, at + 1, rows[at].values)
    if act.act == "remove":
        gone = rows.pop(at)
        sheet.typed = {name: text for name, text in sheet.typed.items() if f".{gone.id}." not in name}
        return rows[min(at, len(rows) - 1)].id if rows else None
    other = at - 1 if act.act == "up" else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    return act.row


def _insert(rows: list[SheetRow], at: int, values: Mapping[str, Any]) -> str | None:
    if len(rows) >= MOST_ROWS:
        return None
    row = SheetRow(new_id(), dict(values))
    rows.insert(at, row)
    return row.id
