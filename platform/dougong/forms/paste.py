"""A block copied from a spreadsheet → rows. One rule: cells land from the field that was pasted into, in the order in which
its neighbours are shown; computed fields and what is beyond the last column are passed over."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ..definition.model import Field
from ..fields.json import Unparsed
from ..fields.type import FieldType
from .sheet import MOST_ROWS, Sheet, SheetRow, Standing, _insert, take

MOST_CHARACTERS = 1_000_000


def paste(
    sheet: Sheet, sub: Field, types: Mapping[str, FieldType], text: str, *, row: str = "", column: str = "",
    standing: Standing | None = None,
) -> int:  # fmt: skip
    """Paste tab-separated lines over the rows from `row` on (at the end without one), new rows as they run out; the number
    of lines pasted."""
    rows = take(sheet, sub.name, standing or {})
    at = next((index for index, each in enumerate(rows) if each.id == row), len(rows))
    columns = _columns(sub, column)
    lines = _lines(text)[: MOST_ROWS - at]
    for offset, cells in enumerate(lines):
        if at + offset == len(rows):
            _insert(rows, len(rows), {})
        _fill(rows[at + offset], columns, cells, types)
    return len(lines)


def _lines(text: str) -> list[list[str]]:
    """Excel quotes a cell that holds a tab, a quote or a line break, as CSV does."""
    reader = csv.reader(io.StringIO(text[:MOST_CHARACTERS], newline=""), dialect="excel-tab")
    try:
        return [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error:
        return [line.split("\t") for line in text[:MOST_CHARACTERS].splitlines() if line.strip()]


def _columns(sub: Field, first: str) -> list[Field]:
    inputs = [each for each in sub.fields if not each.computed]
    at = next((index for index, each in enumerate(inputs) if each.name == first), 0)
    return inputs[at:]


def _fill(row: SheetRow, columns: Sequence[Field], cells: Sequence[str], types: Mapping[str, FieldType]) -> None:
    for each, cell in zip(columns, cells, strict=False):
        value: Any = types[each.value_type].read_text(cell, each)
        row.values[each.name] = value.text if isinstance(value, Unparsed) else value
