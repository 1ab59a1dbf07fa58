"""Seed files as operations: which rows there are, in which order forms must be loaded, and what each row asks of the store.

A row is `{field: JSON value}`; references, members and departments may stand as `{"$key": …}` or as the plain key, the
form's number under the number field's own name, `$state` "approved" for a document that is submitted and approved."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..definition.definitions import Definitions
from ..definition.model import Field, Form
from ..definition.read import read_json
from ..fields.type import FieldType
from ..kernel.errors import Malformed
from ..kernel.ids import is_id
from ..records.ops import Create

#: A seed file is data, not a definition: it may be larger.
LIMIT = 16 * 1024 * 1024
_REFERRING = ("reference", "multi_reference", "member", "department")


@dataclass(frozen=True, slots=True)
class SeedRow:
    """`key` is the row's number or unique value, None when it has none; `approved`: it is to be approved as well; `needs`
    are keys of the same form it points at."""

    create: Create
    key: str | None
    approved: bool
    needs: frozenset[str]


def entries(files: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a JSON list among a module's files; empty when there is no such file."""
    content = files.get(name)
    rows = _json(content) if isinstance(content, bytes | str) else content
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Malformed("bad_seed", file=name)
    return rows


def tables(
    files: Mapping[str, Any], seed: str, definitions: Definitions, types: Mapping[str, FieldType]
) -> dict[str, list[Any]]:
    """The rows of every form the seed set of one module has a file for, by full form name, as JSON values."""
    found: dict[str, list[Any]] = {}
    for name in sorted(files):
        folder, _, last = name.rpartition("/")
        form, _, suffix = last.rpartition(".")
        if folder != f"seed/{seed}" or form not in definitions.forms:
            continue
        found[form] = _csv(files[name], definitions.form(form), types) if suffix == "csv" else entries(files, name)
    return found


def in_order(rows: Mapping[str, Sequence[Any]], definitions: Definitions) -> list[str]:
    """The forms, each after those its rows point at where that is possible; otherwise as given."""
    targets = {form: _targets(definitions.form(form), some) - {form} for form, some in rows.items()}
    waiting = list(rows)
    ordered: list[str] = []
    while waiting:
        free = next((each for each in waiting if not targets[each].intersection(waiting)), waiting[0])
        waiting.remove(free)
        ordered.append(free)
    return ordered


def seed_row(form: Form, row: Mapping[str, Any]) -> SeedRow:
    """One row as an operation."""
    number = next((each for each in form.fields if each.type == "auto_number"), None)
    given = {
        name: value for name, value in row.items() if not name.startswith("$") and (not number or name != number.name)
    }
    given_number = row.get("$number") or (row.get(number.name) if number else None)
    state = row.get("$state")
    needs: set[str] = set()
    values = _keyed(form, form.fields, given, needs)
    create = Create(
        form.full_name, values, number=given_number, submit=form.is_document and state not in (None, "draft")
    )
    return SeedRow(create, given_number or _unique(form, row), state == "approved", frozenset(needs))


def _targets(form: Form, rows: Iterable[Any]) -> set[str]:
    """The forms that references filled in these rows point at."""
    found = set()
    for row in rows:
        for field in form.fields:
            value = row.get(field.name) if isinstance(row, Mapping) else None
            if field.ref and value:
                found.add(field.ref)
            lines = value if field.is_subtable and isinstance(value, list) else ()
            found.update(
                each.ref
                for line in lines
                for each in field.fields
                if each.ref and isinstance(line, Mapping) and line.get(each.name)
            )
    return found


def _keyed(form: Form, fields: Iterable[Field], row: Mapping[str, Any], needs: set[str]) -> dict[str, Any]:
    """The row with plain keys of references made explicit; keys into the same form are noted in `needs`."""
    known = {each.name: each for each in fields}
    values: dict[str, Any] = {}
    for name, value in row.items():
        field = known.get(name)
        if field is not None and field.is_subtable and isinstance(value, list):
            values[name] = [
                _keyed(form, field.fields, line, needs) if isinstance(line, Mapping) else line for line in value
            ]
        elif field is not None and field.value_type in _REFERRING:
            values[name] = [_key(each) for each in value] if isinstance(value, list) else _key(value)
            if field.ref == form.full_name:
                needs.update(_names(values[name]))
        else:
            values[name] = value
    return values


def _key(value: Any) -> Any:
    return {"$key": value} if isinstance(value, str) and value and not is_id(value) else value


def _names(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [each["$key"] for each in found if isinstance(each, Mapping) and isinstance(each.get("$key"), str)]


def _unique(form: Form, row: Mapping[str, Any]) -> str | None:
    """The value of the first single-field unique the row fills with text."""
    names = [each.name for each in form.fields if each.unique]
    names += [each.fields[0] for each in form.unique if len(each.fields) == 1 and each.where is None]
    return next((row[name] for name in names if isinstance(row.get(name), str)), None)


def _json(content: bytes | str) -> Any:
    return read_json(content, limit=LIMIT)


def _csv(content: Any, form: Form, types: Mapping[str, FieldType]) -> list[dict[str, Any]]:
    """Rows of a CSV whose header names fields; an empty cell is absent, a reference's cell is a key."""
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else str(content)
    known = {each.name: each for each in form.fields}
    rows = []
    for line in csv.DictReader(io.StringIO(text)):
        cells = {name: cell for name, cell in line.items() if name and isinstance(cell, str) and cell.strip()}
        rows.append({name: _cell(known.get(name), cell, types) for name, cell in cells.items()})
    return rows


def _cell(field: Field | None, cell: str, types: Mapping[str, FieldType]) -> Any:
    if field is None or field.value_type in _REFERRING or field.type == "auto_number":
        return cell
    return types[field.value_type].read_text(cell, field)
