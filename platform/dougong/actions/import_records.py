"""Takes a table of cells into a form: headers are matched with names or titles, cells are read by the field types, rows go
the one way every write goes.

One rule: it is tried as a whole first; a bad row refuses the batch unless only the good ones are wanted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ..access import require_form
from ..definition.model import Field, Form
from ..fields.nesting import path_of, place
from ..fields.type import FieldType
from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..kernel.ids import is_id
from ..kernel.problems import parts
from ..storage.transaction import Transaction
from .bulk_write import bulk_write
from .installation import Installation
from .transaction import read

#: The first row under the header, as a spreadsheet counts.
FIRST_ROW = 2
_KEYED = ("reference", "member", "department")


def import_records(
    inst: Installation, actor: Actor, form: str, content: bytes, *, dry_run: bool = False, good_only: bool = False
) -> dict[str, Any]:
    """{rows, good, bad, problems: [{row, field, code, params, message}]} of a CSV file in UTF-8; `row` is the line in the
    file, the header is 1. Nothing is kept in a dry run, nor when a row is bad and not only the good ones are wanted.
    Raises NotFound, Forbidden, Malformed (`not_text`, `unknown_field`)."""
    definition = read(inst, actor, lambda tx: _form(inst, tx, form))
    rows = _rows(definition, inst.types, content, numbers=actor.is_admin)
    lines = list(rows.values())
    tried = bulk_write(inst, actor, form, lines, partial=True, numbers=actor.is_admin, trial=True)
    keep = not dry_run and tried["good"] and (good_only or not tried["bad"])
    if keep:
        tried = bulk_write(inst, actor, form, lines, partial=good_only, numbers=actor.is_admin)
    problems = [_told(each, tuple(rows)) for each in tried["problems"]]
    return {"rows": tried["rows"], "good": tried["good"], "bad": tried["bad"], "problems": problems}


def _form(inst: Installation, tx: Transaction, form: str) -> Form:
    model = inst.catalog.live(tx)
    require_form(tx, model, form, "import")
    return model.definitions.form(form)


def _rows(form: Form, types: Mapping[str, FieldType], content: bytes, *, numbers: bool) -> dict[int, dict[str, Any]]:
    """Values by row number, blank rows left out."""
    try:
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed("not_text") from error
    head = [_column(form, name.strip(), numbers) for name in table[0]] if table else []
    for each in head:
        if head.count(each) > 1:
            raise Malformed("duplicate_key", key=each.name if each else "$number")
    numbered = enumerate(table[1:], FIRST_ROW)
    return {number: _line(form, head, row, types) for number, row in numbered if any(cell.strip() for cell in row)}


def _column(form: Form, name: str, numbers: bool) -> Field | None:
    """The field a header means by name or title; None for the record's number. Raises Malformed."""
    own = [each for each in form.fields if not each.is_subtable and not each.computed]
    found = [each for each in own if each.name == name] or [each for each in own if each.title == name]
    if len(found) == 1:
        return found[0]
    number = next((each for each in form.fields if each.type == "auto_number"), None)
    if numbers and (name == "$number" or (number is not None and name in (number.name, number.title))):
        return None
    raise Malformed("unknown_field", name=name)


def _line(
    form: Form, head: Sequence[Field | None], row: Sequence[str], types: Mapping[str, FieldType]
) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for field, cell in zip(head, row, strict=False):
        if not cell.strip():
            continue
        if field is None:
            line["$number"] = cell.strip()
        else:
            place(line, path_of(field.name, form.groups), _value(types[field.value_type], field, cell))
    if any(cell.strip() for cell in row[len(head) :]):
        line[""] = None  # a value without a header belongs to no field: the row is bad
    return line


def _value(kind: FieldType, field: Field, cell: str) -> Any:
    if field.value_type in _KEYED:
        return cell.strip() if is_id(cell.strip()) else {"$key": cell.strip()}
    return kind.read_text(cell, field)


def _told(problem: Mapping[str, Any], rows: Sequence[int]) -> dict[str, Any]:
    at = parts(problem["pointer"])
    return {**problem, "row": rows[problem["row"]], "field": ".".join(at[1:]) or None}
