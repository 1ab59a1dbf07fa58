"""What stands in a form without anybody typing it: values from the address, those of a record that is copied, rows of the
record a reference names. One rule: it is as if the person had typed it; nothing of it is saved, and what does not fit
stands there with its problem."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..definition.model import Field, Form
from ..fields.type import Here
from ..forms.posted import read_posted
from ..forms.sheet import MOST_ROWS, Sheet, SheetRow, fold
from ..kernel.ids import is_id, new_id
from ..records import files, query, rights
from ..records.coerce import refers
from ..records.pushing import handed_on, source_of
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .sheet_state import FormState

#: `lines.0.worker`: row numbers in an address count from 0.
_IN_ROW = re.compile(r"^(?P<sub>.+?)\.(?P<row>\d{1,4})\.(?P<field>.+)$")


def prefill(
    inst: Installation, tx: Transaction, form: Form, sheet: Sheet, given: Mapping[str, Sequence[str]]
) -> list[str]:
    """Fill in the values of an address, `field=value` and `lines.0.field=value`; a reference may be a record's number. Gives
    the names that are no input of this form."""
    rows: dict[tuple[str, int], str] = {}
    posted: dict[str, Sequence[str]] = {}
    keys: list[tuple[Field, str, str, str]] = []
    lost: list[str] = []
    for name, texts in given.items():
        found = _place(form, name)
        if found is None or found[0].computed or found[0].is_subtable:
            lost.append(name)
            continue
        field, sub, number = found
        row = rows.setdefault((sub, number), new_id()) if sub else ""
        if refers(field) and len(texts) == 1 and texts[0] and not is_id(texts[0]):
            keys.append((field, sub, row, texts[0]))
        else:
            posted[f"{sub}.{row}.{field.name}" if sub else field.name] = texts
    for (sub, _), row in sorted(rows.items(), key=lambda each: each[0][1]):
        sheet.rows.setdefault(sub, []).append(SheetRow(row))
    here = Here(tx.zone, tx.now.astimezone(tx.zone).date())
    fold(sheet, form, read_posted(form, inst.types, posted, here))
    for field, sub, row, text in keys:
        values = next(each.values for each in sheet.rows[sub] if each.id == row) if sub else sheet.values
        key: Any = {"$key": text}
        values[field.name] = [key] if field.value_type == "multi_reference" else key
    return lost


def _place(form: Form, name: str) -> tuple[Field, str, int] | None:
    own = form.find(name)
    if own is not None:
        return own, "", 0
    found = _IN_ROW.match(name)
    sub = form.subtable(found["sub"]) if found else None
    column = next((each for each in sub.fields if each.name == found["field"]), None) if sub and found else None
    if sub is None or column is None or found is None or int(found["row"]) >= MOST_ROWS:
        return None
    return column, sub.name, int(found["row"])


def copy_record(inst: Installation, tx: Transaction, model: Model, form: Form, sheet: Sheet, record: str) -> None:
    """Fill in what a record holds, as far as the actor may see it and may fill it: no numbers, nothing computed or copied
    along a reference, nothing that only one record may hold, no files. Raises NotFound."""
    found, levels = query.get(tx, model, form.full_name, record)
    allowed = rights.EVERYTHING if tx.actor.is_admin else rights.levels_new(tx, model, form.full_name)

    def taken(fields: Sequence[Field], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        return {
            each.name: inst.types[each.value_type].write(values[each.name], each)
            for each in fields
            if values.get(each.name) is not None and _copied(each)
            and levels.level(prefix + each.name) in ("read", "edit") and allowed.editable(prefix + each.name)
        }  # fmt: skip

    sheet.values |= taken(form.fields, found.values, "")
    for sub in form.subtables:
        if levels.level(sub.name) in ("read", "edit"):
            lines = found.values.get(sub.name) or ()
            sheet.rows[sub.name] = [
                SheetRow(new_id(), taken(sub.fields, each.values, f"{sub.name}.")) for each in lines
            ]


def hand_on(inst: Installation, tx: Transaction, sheet: Sheet, now: FormState, before: FormState | None) -> bool:
    """Take over the rows of the record that a reference names since `before` (None: the sheet is new); whether anything
    was. Rows somebody has put in or changed stay."""
    moved = False
    for sub in now.form.subtables:
        reference = source_of(now.model, now.form, sub)
        if reference is None or now.evaluation.levels.get(sub.name, "edit") != "edit":
            continue
        then = before.evaluation.values if before is not None else {}
        if then.get(reference.name) == now.evaluation.values.get(reference.name):
            continue
        standing = [row.values for row in sheet.rows.get(sub.name, ())] or bool(now.rows.get(sub.name))
        rows = _handed_on(inst, tx, now, sub, now.evaluation.values)
        if rows is None or (standing and standing != _handed_on(inst, tx, now, sub, then)):
            continue
        sheet.rows[sub.name] = [SheetRow(new_id(), each) for each in rows]
        moved = True
    return moved


def _handed_on(
    inst: Installation, tx: Transaction, now: FormState, sub: Field, values: Mapping[str, Any]
) -> list[dict[str, Any]] | None:
    """The rows JSON-level, as a sheet holds them, without what the actor may not fill."""
    found = handed_on(tx, now.model, now.form, sub, values)
    inputs = {
        each.name: each for each in sub.fields if now.evaluation.levels.get(f"{sub.name}.{each.name}", "edit") == "edit"
    }
    return None if found is None else [
        {name: inst.types[inputs[name].value_type].write(value, inputs[name]) for name, value in row.items()
         if name in inputs and value is not None}
        for row in found
    ]  # fmt: skip


def _copied(each: Field) -> bool:
    plain = not (each.computed or each.is_subtable or each.unique or each.lookup is not None)
    return plain and each.value_type not in (*files.KINDS, "auto_number", "secret")
