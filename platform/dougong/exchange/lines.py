"""Rows of a file as records of a form. One rule: a cell is read by its field's type, exactly as if it had been typed; what
cannot be read is a problem at its row and column and never a guess.

Without columns of subtables every row is a record. With them, a row whose record columns are blank, or whose key is that of
the record above, continues that record: its cells of the subtable are one more row of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..definition.model import Field, Form
from ..fields.nesting import path_of, place
from ..fields.type import FieldType, Here, Unreadable
from ..kernel.problems import Problem
from .headers import NUMBER, VERSION, Target
from .reading import Cell, Row, text_of

#: More digits than this are lost when a spreadsheet keeps a long number as a number.
_SAFE_DIGITS = 15


@dataclass(slots=True)
class Fault:
    """A problem at a cell: the row's number in the file, the target's name (None = the row as a whole)."""

    row: int
    target: str | None
    problem: Problem


@dataclass(slots=True)
class Keyed:
    """A place in the values where a key stands for an id: `holder[at]` is {"$key": text}."""

    holder: Any
    at: Any
    field: Field
    row: int
    target: str


@dataclass(slots=True)
class Line:
    """One record of the file. `rows` are its rows' numbers, `sub_rows` those of each subtable's rows, `flat` the JSON values
    of the record's own targets by name, `values` the same nested, with the subtables' rows."""

    rows: list[int]
    values: dict[str, Any] = field(default_factory=dict)
    flat: dict[str, Any] = field(default_factory=dict)
    sub_rows: dict[str, list[int]] = field(default_factory=dict)
    keyed: list[Keyed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: The record that stands, and its version, where one is to be changed.
    found: tuple[str, int] | None = None

    def spent(self) -> None:
        """The operation is made: only where the rows stand is still asked for. There may be 100,000 of these."""
        self.values, self.flat, self.keyed = {}, {}, []


@dataclass(frozen=True, slots=True)
class Columns:
    """The file's columns with their targets; `key` are names of targets that tell records apart, `worded` the fields of a
    target whose choices have other labels in other languages, by the target's name."""

    form: Form
    types: Mapping[str, FieldType]
    places: Sequence[Target | None]
    key: tuple[str, ...]
    here: Here
    worded: Mapping[str, Sequence[Field]] = field(default_factory=dict)


def read(columns: Columns, rows: Iterable[Row], header: int) -> Iterator[Line]:
    """The records of the rows below the header, in their order."""
    nested = any(each is not None and each.sub is not None for each in columns.places)
    current: Line | None = None
    head: dict[str, str] = {}
    for row in rows:
        if row.number <= header:
            continue
        own = {
            each.name: text
            for each, cell in zip(columns.places, row.cells, strict=False)
            if each is not None and each.sub is None and (text := text_of(cell).strip())
        }
        if current is not None and nested and _continues(columns, own, head):
            current.rows.append(row.number)
            current.faults += _contradictions(row.number, own, head)
        else:
            if current is not None:
                yield current
            current, head = Line([row.number]), own
            _record(columns, current, row)
        _lines(columns, current, row)
    if current is not None:
        yield current


def _continues(columns: Columns, own: Mapping[str, str], head: Mapping[str, str]) -> bool:
    if not own:
        return True
    key = columns.key or tuple(head)
    return any(name in own for name in key) and all(own.get(name, head.get(name)) == head.get(name) for name in key)


def _contradictions(row: int, own: Mapping[str, str], head: Mapping[str, str]) -> Iterator[Fault]:
    """A record says one thing: its own columns are blank or the same in all its rows."""
    for name, text in own.items():
        if head.get(name) != text:
            yield Fault(row, name, Problem("check", params={"reason": "contradiction", "value": text[:100]}))


def _record(columns: Columns, line: Line, row: Row) -> None:
    for index, cell in enumerate(row.cells):
        target = columns.places[index] if index < len(columns.places) else None
        if cell is None or target is None or target.sub is not None:
            continue
        if target.field is None:
            line.flat[target.name] = text_of(cell).strip()
            continue
        value = _value(columns, line, row.number, target, cell)
        if value is not None:
            line.flat[target.name] = value
            path = path_of(target.field.name, columns.form.groups)
            place(line.values, path, value)
            _note(line, _holder(line.values, path), path[-1], target, row.number)


def _lines(columns: Columns, line: Line, row: Row) -> None:
    """The row's cells of subtables, one row of each that has any."""
    made: dict[str, dict[str, Any]] = {}
    for index, cell in enumerate(row.cells):
        target = columns.places[index] if index < len(columns.places) else None
        if cell is None or target is None or target.sub is None or target.field is None:
            continue
        value = _value(columns, line, row.number, target, cell)
        if value is not None:
            inner = made.setdefault(target.sub.name, {})
            path = path_of(target.field.name, columns.form.groups)
            place(inner, path, value)
            _note(line, _holder(inner, path), path[-1], target, row.number)
    for name, inner in made.items():
        path = path_of(name, columns.form.groups)
        holder = _holder(line.values, path)
        holder.setdefault(path[-1], []).append(inner)
        line.sub_rows.setdefault(name, []).append(row.number)


def _holder(values: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    for part in path[:-1]:
        values = values.setdefault(part, {})
    return values


def _note(line: Line, holder: dict[str, Any], at: str, target: Target, row: int) -> None:
    """Remember where keys of other records stand."""
    value = holder[at]
    if target.field is None:
        return
    if _is_key(value):
        line.keyed.append(Keyed(holder, at, target.field, row, target.name))
    elif isinstance(value, list):
        line.keyed += [Keyed(value, n, target.field, row, target.name) for n, one in enumerate(value) if _is_key(one)]


def _is_key(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"$key"}


def _value(columns: Columns, line: Line, row: int, target: Target, cell: Cell) -> Any:
    """A cell as the JSON value of its field; what cannot be read is noted as a fault and left out."""
    assert target.field is not None
    kind = columns.types[target.field.value_type]
    try:
        return _in_words(kind, (target.field, *columns.worded.get(target.name, ())), cell, columns.here)
    except Unreadable as error:
        line.faults.append(Fault(row, target.name, Problem(error.code, params=error.params)))
        return None


def _in_words(kind: FieldType, fields: Sequence[Field], cell: Cell, here: Here) -> Any:
    """The cell read in the words of the first language that has them; of none, as the author's words have it."""
    found = [cell_value(kind, each, cell, here) for each in fields]
    for value in found if len(found) > 1 else ():
        with suppress(Unreadable):
            kind.read(value, fields[0])
            return value
    return found[0]


def cell_value(kind: FieldType, field: Field, cell: Cell, here: Here) -> Any:
    """A cell as a JSON value of a field's type. Raises Unreadable."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return _typed(kind, field, cell, here)
    letter, text = cell
    if letter == "n":
        return _number(kind, field, text, here)
    if letter == "b" and kind.json_type == "boolean":
        return text == "true"
    if letter == "d" and kind.name == "month":
        return text[:7]
    return _typed(kind, field, text + " 00:00" if letter == "d" and _instant(kind, field) else text, here)


def _typed(kind: FieldType, field: Field, text: str, here: Here) -> Any:
    if _instant(kind, field):
        return kind.read_local([text], field, here)
    return kind.read_text(text, field)


def _number(kind: FieldType, field: Field, text: str, here: Here) -> Any:
    """A number cell is the number itself (a percent's is the fraction); elsewhere it is read as its digits."""
    if kind.json_type in ("number", "integer"):
        return Decimal(text)
    if len(text.lstrip("-").replace(".", "").strip("0")) > _SAFE_DIGITS or len(text) > _SAFE_DIGITS + 1:
        raise Unreadable("format", reason="long_number", value=text[:40])
    return _typed(kind, field, text, here)


def _instant(kind: FieldType, field: Field) -> bool:
    spec = kind.column(field)
    return spec is not None and spec.kind == "instant"


def version_of(line: Line) -> int | None:
    """The version a row says it has seen; None when it says none. Raises Unreadable."""
    text = line.flat.get(VERSION)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unreadable("type", expected="integer")
    return int(text)


def number_of(line: Line) -> str | None:
    """The number a row gives its record."""
    found: str | None = line.flat.get(NUMBER)
    return found
