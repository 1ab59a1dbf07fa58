"""A block copied from a spreadsheet → rows. One rule: cells land by the names in the block's first line where it has some,
else from the field that was pasted into, in the order in which its neighbours are shown; computed fields and what is beyond
the last column are passed over, and what does not fit its field stands there as it was copied, to be mended."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..definition.model import Field
from ..fields.json import Unparsed
from ..fields.type import FieldType
from .sheet import MOST_ROWS, Sheet, SheetRow, Standing, _insert, take

MOST_CHARACTERS = 1_000_000


@dataclass(slots=True)
class Pasted:
    """`rows` lines were pasted, `left` did not find room; `unknown` are names of columns in the block that the subtable does
    not have, `named`: its first line was names. `touched` are the ids of the rows that were filled."""

    rows: int = 0
    left: int = 0
    named: bool = False
    unknown: tuple[str, ...] = ()
    touched: list[str] = field(default_factory=list)


def paste(
    sheet: Sheet, sub: Field, types: Mapping[str, FieldType], text: str, *, row: str = "", column: str = "",
    standing: Standing | None = None,
) -> Pasted:  # fmt: skip
    """Paste tab-separated lines over the rows from `row` on (at the end without one), new rows as they run out."""
    rows = take(sheet, sub.name, standing or {})
    at = next((index for index, each in enumerate(rows) if each.id == row), len(rows))
    lines = _lines(text)
    columns, found = _by_header(sub, lines[0]) if lines else ([], Pasted())
    lines = lines[1:] if found.named else lines
    columns = columns if found.named else _columns(sub, column)
    fitting = lines[: MOST_ROWS - at]
    found.rows, found.left = len(fitting), len(lines) - len(fitting)
    for offset, cells in enumerate(fitting):
        if at + offset == len(rows):
            _insert(rows, len(rows), {})
        found.touched.append(rows[at + offset].id)
        _fill(sheet, sub, rows[at + offset], columns, cells, types)
    return found


def _lines(text: str) -> list[list[str]]:
    """Excel quotes a cell that holds a tab, a quote or a line break, as CSV does."""
    reader = csv.reader(io.StringIO(text[:MOST_CHARACTERS], newline=""), dialect="excel-tab")
    try:
        return [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error:
        return [line.split("\t") for line in text[:MOST_CHARACTERS].splitlines() if line.strip()]


def _by_header(sub: Field, line: Sequence[str]) -> tuple[list[Field | None], Pasted]:
    """The columns the first line names, by title or name; it is a head when most of its cells are such names."""
    known = {_plain(name): each for each in sub.fields for name in (each.name, each.title)}
    cells = [_plain(cell) for cell in line]
    named = [known.get(cell) for cell in cells]
    hits = sum(each is not None for each in named)
    if not hits or hits * 2 < len([cell for cell in cells if cell]):
        return [], Pasted()
    lost = tuple(text.strip() for text, each in zip(line, named, strict=True) if text.strip() and each is None)
    return [None if each is None or each.computed else each for each in named], Pasted(named=True, unknown=lost)


def _plain(name: str) -> str:
    """A name of a column as people copy it: no mark of a required field, no unit in brackets, no blanks."""
    bare = name.strip().strip("*＊").partition("（")[0].partition("(")[0]
    return "".join(bare.split()).lower()


def _columns(sub: Field, first: str) -> list[Field | None]:
    inputs = [each for each in sub.fields if not each.computed and each.drawn]
    at = next((index for index, each in enumerate(inputs) if each.name == first), 0)
    return list(inputs[at:])


def _fill(
    sheet: Sheet, sub: Field, row: SheetRow, columns: Sequence[Field | None], cells: Sequence[str],
    types: Mapping[str, FieldType],
) -> None:  # fmt: skip
    for each, cell in zip(columns, cells, strict=False):
        if each is None:
            continue
        value: Any = types[each.value_type].read_text(cell, each)
        if value is None and row.new and each.name not in row.values:
            continue  # an empty cell leaves a new row its default
        row.values[each.name] = value.text if isinstance(value, Unparsed) else value
        sheet.typed.pop(f"{sub.name}.{row.id}.{each.name}", None)
