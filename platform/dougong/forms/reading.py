"""A sheet's JSON-level values → canonical ones, as far as they can be read. One rule: what cannot be read is kept as the
text that was typed, with its problem, and everything else goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..definition.model import Field, FieldLevel, Form
from ..fields.json import Unparsed
from ..fields.nesting import path_of, place
from ..fields.type import FieldType, Unreadable
from ..kernel.problems import Problem, pointer
from .names import input_name
from .sheet import Sheet, SheetRow


@dataclass(frozen=True, slots=True)
class RowValues:
    """One row as the screen knows it: canonical values by field name."""

    id: str
    values: Mapping[str, Any]
    new: bool = False


@dataclass(slots=True)
class Reading:
    """`values` and `rows` hold only what the sheet has changed; `typed` texts that could not be read, by input name, and
    `problems` why, with pointers into `sendable`."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[RowValues]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_sheet(sheet: Sheet, form: Form, types: Mapping[str, FieldType]) -> Reading:
    """Read what a sheet holds. Fields the form no longer has are passed over."""
    found = Reading(typed=dict(sheet.typed))
    fields = {each.name: each for each in form.fields if not each.is_subtable}
    found.values = _read(sheet.values, fields, types, form, found, "", "", "")
    for sub in form.subtables:
        if sub.name not in sheet.rows:
            continue
        columns = {each.name: each for each in sub.fields}
        found.rows[sub.name] = []
        for index, row in enumerate(sheet.rows[sub.name]):
            at = pointer(*path_of(sub.name, form.groups), index)
            values = _read(row.values, columns, types, form, found, at, sub.name, row.id)
            found.rows[sub.name].append(RowValues(row.id, values, row.new))
    found.problems += _unparsed(sheet, form, found)
    return found


def _read(
    sent: Mapping[str, Any], fields: Mapping[str, Field], types: Mapping[str, FieldType], form: Form, found: Reading,
    at: str, sub: str, row: str,
) -> dict[str, Any]:  # fmt: skip
    values = {}
    for name, value in sent.items():
        each = fields.get(name)
        if each is None or each.computed:
            continue
        try:
            values[name] = value if _is_key(value) else types[each.value_type].read(value, each)
        except Unreadable as error:
            where = at + pointer(*path_of(name, form.groups)) + error.inside
            found.problems.append(Problem(error.code, where, error.params))
            found.typed.setdefault(input_name(name, sub, row), _text(value, types[each.value_type], each))
    return values


def _is_key(value: Any) -> bool:
    """A reference by number or key, from a pasted block: the record store resolves it."""
    return isinstance(value, Mapping) and set(value) == {"$key"}


def _text(value: Any, kind: FieldType, each: Field) -> str:
    """The text that was typed, or one that is read as the same value: a share that does not fit is per cent again."""
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain if kind.read_form([plain], each) == value else kind.write_form(value, each)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _unparsed(sheet: Sheet, form: Form, found: Reading) -> list[Problem]:
    problems = []
    for each in form.fields:
        if input_name(each.name) in sheet.typed:
            problems.append(Problem("format", pointer(*path_of(each.name, form.groups)), {"format": "json"}))
    for sub, rows in found.rows.items():
        for index, row in enumerate(rows):
            prefix = f"{sub}.{row.id}."
            columns = [name[len(prefix) :] for name in sheet.typed if name.startswith(prefix)]
            at: tuple[str | int, ...] = (*path_of(sub, form.groups), index)
            problems += [
                Problem("format", pointer(*at, *path_of(each, form.groups)), {"format": "json"}) for each in columns
            ]
    return problems


def sendable(
    sheet: Sheet, form: Form, *, keep_ids: bool = False, without: Collection[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The sheet as the values of a create, or the changes of an update: nested, JSON-level, everything as it was typed so
    that the record store judges it. A new row has its id only with `keep_ids` (to evaluate without writing). `without`:
    places (row id or "", field) that do not apply now; what was typed there stays in the sheet, in case they do again."""
    sent: dict[str, Any] = {}
    for each in form.fields:
        path = path_of(each.name, form.groups)
        if ("", each.name) in without:
            continue
        if each.is_subtable and each.name in sheet.rows:
            place(sent, path, [_row(row, each, sheet, form, keep_ids, without) for row in sheet.rows[each.name]])
        elif each.name in sheet.values and not each.computed:
            place(sent, path, sheet.values[each.name])
    for each in form.fields:
        typed = sheet.typed.get(input_name(each.name))
        if typed is not None and not each.is_subtable and ("", each.name) not in without:
            place(sent, path_of(each.name, form.groups), Unparsed(typed))
    return sent


def _row(
    row: SheetRow, sub: Field, sheet: Sheet, form: Form, keep_ids: bool, without: Collection[tuple[str, str]]
) -> dict[str, Any]:
    made: dict[str, Any] = {"$id": row.id} if keep_ids or not row.new else {}
    for each in sub.fields:
        typed = sheet.typed.get(input_name(each.name, sub.name, row.id))
        if each.computed or (row.id, each.name) in without:
            continue
        if typed is not None:
            place(made, path_of(each.name, form.groups), Unparsed(typed))
        elif each.name in row.values:
            place(made, path_of(each.name, form.groups), row.values[each.name])
    return made


def holds_any(sheet: Sheet, places: Collection[tuple[str, str]]) -> bool:
    """Whether the sheet holds a value for any of these places."""
    rows = {row.id: row for rows in sheet.rows.values() for row in rows}
    return any(
        (rows[row].values.get(name) if row in rows else sheet.values.get(name)) is not None for row, name in places
    )


def standing_rows(
    form: Form,
    types: Mapping[str, FieldType],
    rows: Mapping[str, list[RowValues]],
    levels: Mapping[str, FieldLevel] | None = None,
) -> dict[str, Any]:
    """A record's rows as a sheet takes them over at a subtable's first change: (row id, JSON-level inputs). What the actor
    may not edit (`levels`, by "lines.price") stays out, so that a masked value is never sent back."""
    made, levels = {}, levels or {}
    for sub in form.subtables:
        inputs = [
            each
            for each in sub.fields
            if not (each.computed or types[each.value_type].write_only)
            and levels.get(f"{sub.name}.{each.name}", "edit") == "edit"
        ]
        made[sub.name] = [
            (row.id, {each.name: types[each.value_type].write(row.values.get(each.name), each) for each in inputs})
            for row in rows.get(sub.name, ())
        ]
    return made
