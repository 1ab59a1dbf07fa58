"""Tables as files for other programs: CSV and XLSX. One rule: nothing in a cell is ever live; a text that a spreadsheet
would take for a formula stays the text it is (CWE-1236), and what is read back is what was written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Literal, TextIO

from xlsxwriter import Workbook

Cell = str | int | Decimal | date | datetime | None
Kind = Literal["text", "number", "percent", "day", "moment"]

#: What a spreadsheet would take for the beginning of a formula, full-width twins included.
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Digits a spreadsheet keeps of a number; longer ones are written as texts.
DIGITS = 15
#: Letters of a cell in XLSX.
LONGEST = 32767
_FORMATS: dict[Kind, str] = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "percent": "0.00%"}
_WIDTHS: dict[Kind, int] = {"text": 18, "number": 14, "percent": 10, "day": 12, "moment": 17}


@dataclass(frozen=True, slots=True)
class Head:
    """One column: what stands in the first row, what its cells are, and the places of its numbers (None = as they are)."""

    title: str
    kind: Kind = "text"
    scale: int | None = None


def write_csv(out: TextIO, heads: Sequence[Head], rows: Iterable[Sequence[str]]) -> int:
    """Texts, comma separated; how many rows. For spreadsheets open `out` as utf-8-sig."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([inert(head.title) for head in heads])
    count = 0
    for row in rows:
        writer.writerow([inert(each) for each in row])
        count += 1
    return count


def write_xlsx(out: IO[bytes], title: str, heads: Sequence[Head], rows: Iterable[Sequence[Cell]]) -> int:
    """One sheet whose head stays in sight; how many rows. Memory stays small however many they are."""
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = [_format(book, head) for head in heads]
    for place, head in enumerate(heads):
        sheet.set_column(place, place, max(_WIDTHS[head.kind], min(2 * len(head.title) + 2, 40)))
        sheet.write_string(0, place, head.title, bold)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write(sheet, count, place, cell, formats[place])
    book.close()
    return count


def inert(text: str) -> str:
    """Never live in a spreadsheet: a leading apostrophe before what it would take for a formula, plain numbers excepted.
    What has apostrophes there already gets one more, so that reading can always take one away."""
    risky = text.lstrip("'").startswith(LIVE) and not _is_number(text)
    return "'" + text if risky else text


def _is_number(text: str) -> bool:
    return text.isascii() and text.lstrip("-").replace(".", "", 1).isdecimal()


def _format(book: Workbook, head: Head) -> Any:
    if head.kind == "number":
        places = "General" if head.scale is None else "#,##0" + ("." + "0" * head.scale if head.scale else "")
        return book.add_format({"num_format": places})
    return book.add_format({"num_format": _FORMATS[head.kind]}) if head.kind in _FORMATS else None


def _write(sheet: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime | date):
        sheet.write_datetime(row, place, cell, form)
    elif isinstance(cell, int | Decimal) and len(Decimal(cell).as_tuple().digits) <= DIGITS:
        sheet.write_number(row, place, cell, form)
    else:
        sheet.write_string(row, place, str(cell)[:LONGEST])


def _sheet_name(title: str) -> str:
    """A name that spreadsheets accept: no `[]:*?/\\`, no apostrophe at its ends, 31 letters."""
    kept = "".join(" " if each in "[]:*?/\\" or ord(each) < 32 else each for each in title)
    return kept.strip(" '")[:31].strip(" '") or "Sheet1"
