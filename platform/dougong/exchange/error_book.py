"""The workbook that marks what is wrong: the file's own rows with the bad cells coloured and one more column that says why.
One rule: nothing in it is live; whatever the file said is written as a number, a day or a plain text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from . import reading
from .reading import Cell, Row, text_of

#: Above so many rows only the bad ones are written.
WHOLE = 20_000
#: A cell of a workbook holds no more.
LONGEST = 32_767
_BAD, _SAID = "#FDE2E0", "#FFF4D6"


@dataclass(slots=True)
class Marked:
    """What is wrong with one row: the indexes of bad columns, and the sentences."""

    columns: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


def error_book(table: Path, header: int, marked: Mapping[int, Marked], *, title: str, whole: bool) -> bytes:
    """The workbook; `title` heads the column of sentences, `whole` keeps the good rows too."""
    out = io.BytesIO()
    book = Workbook(
        out,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet()
    _Writer(book, sheet, header, marked).write(_wanted(table, header, marked, whole), _width(table), title)
    book.close()
    return out.getvalue()


def _wanted(table: Path, header: int, marked: Mapping[int, Marked], whole: bool) -> Iterable[Row]:
    return (row for row in reading.rows(table) if whole or row.number <= header or row.number in marked)


def _width(table: Path) -> int:
    return max((len(row.cells) for row in reading.rows(table)), default=0)


class _Writer:
    def __init__(self, book: Any, sheet: Any, header: int, marked: Mapping[int, Marked]) -> None:
        self.sheet, self.header, self.marked = sheet, header, marked
        self.plain = {"d": book.add_format({"num_format": "yyyy-mm-dd"}), "": None}
        self.bad = {
            "d": book.add_format({"num_format": "yyyy-mm-dd", "bg_color": _BAD}),
            "": book.add_format({"bg_color": _BAD}),
        }
        self.head = book.add_format({"bold": True})
        self.said = book.add_format({"bg_color": _SAID, "text_wrap": True})

    def write(self, rows: Iterable[Row], width: int, title: str) -> None:
        self.sheet.set_column(width, width, 60)
        last = head = 0
        for index, row in enumerate(rows):
            last = index
            wrong = self.marked.get(row.number)
            for column in range(width):
                cell = row.cells[column] if column < len(row.cells) else None
                self.cell(index, column, cell, wrong is not None and column in wrong.columns, row.number == self.header)
            if row.number == self.header:
                self.sheet.write_string(index, width, title, self.head)
                self.sheet.freeze_panes(index + 1, 0)
                head = index
            elif wrong is not None:
                self.sheet.write_string(index, width, "；".join(wrong.said)[:LONGEST], self.said)
        if last:
            self.sheet.autofilter(head, 0, last, width)

    def cell(self, row: int, column: int, cell: Cell, bad: bool, head: bool) -> None:
        formats = self.bad if bad else self.plain
        if cell is None:
            if bad:
                self.sheet.write_blank(row, column, None, formats[""])
            return
        if isinstance(cell, list) and cell[0] == "d" and cell[1] >= "1900-03-01":
            self.sheet.write_datetime(row, column, datetime.combine(_day(cell[1]), datetime.min.time()), formats["d"])
        elif isinstance(cell, list) and cell[0] == "n" and len(cell[1]) <= 15:
            self.sheet.write_number(row, column, float(cell[1]), formats[""])
        else:
            self.sheet.write_string(row, column, text_of(cell)[:LONGEST], self.head if head else formats[""])


def _day(text: str) -> date:
    return date.fromisoformat(text)
