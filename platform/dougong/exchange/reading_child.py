"""Reads one table in a process of its own that may not use much memory or time, and writes it as lines of JSON.

`python -m dougong.exchange.reading_child SOURCE TARGET KIND SHEET ROWS COLUMNS` prints one JSON object: what it read, or
why it cannot. A line of the target is `[row number, cells]`; a cell is null, a text, or a pair of a letter and a text:
`n` an exact number, `d` a day, `i` a local date and time, `t` a time of day, `b` yes or no.

One rule: this process trusts nothing it reads; whatever kills it is only a refused file for its parent."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

MEMORY = 1024 * 1024 * 1024
SECONDS = 60
OUTPUT = 600 * 1024 * 1024
LONGEST_CELL = 1_000_000
DELIMITERS = ",\t;|"
#: What a CSV export puts an apostrophe before, so that no spreadsheet takes it for a formula.
_LIVE = "=+-@\t\r＝＋－＠"
Cell: TypeAlias = "str | list[Any] | None"


class Refusal(Exception):
    """Why the file cannot be used: a code and its figures."""

    def __init__(self, code: str, **params: Any) -> None:
        self.told = {"error": code, **params}
        super().__init__(code)


def main(arguments: Sequence[str]) -> int:
    """Read, write, tell."""
    source, target, kind, sheet, rows, columns = arguments
    _limit()
    try:
        told = _read(Path(source), Path(target), kind, sheet, int(rows), int(columns))
    except Refusal as refusal:
        told = refusal.told
    except MemoryError:
        told = {"error": "table_too_heavy"}
    sys.stdout.write(json.dumps(told, ensure_ascii=True))
    return 0


def _limit() -> None:
    """Bound memory, time and output, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, OUTPUT)):
        resource.setrlimit(what, (most, most))


def _read(source: Path, target: Path, kind: str, sheet: str, most: int, widest: int) -> dict[str, Any]:
    if kind == "text":
        told, rows = _text(source)
    else:
        told, rows = _workbook(source, sheet)
    count = width = 0
    with target.open("w", encoding="utf-8") as out:
        for number, cells in rows:
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            count, width = count + 1, max(width, len(cells))
            if count > most:
                raise Refusal("too_many_rows", limit=most - 50)
            if width > widest:
                raise Refusal("too_wide", limit=widest)
            out.write(json.dumps([number, cells], ensure_ascii=True) + "\n")
    return {**told, "rows": count, "width": width}


# ------------------------------------------------------------------------------------------------ text


def _text(source: Path) -> tuple[dict[str, Any], Iterator[tuple[int, list[Cell]]]]:
    text, encoding = _decoded(source.read_bytes())
    delimiter = "\t" if source.suffix.lower() == ".tsv" else _delimiter(text)
    told = {"sheets": [], "sheet": "", "encoding": encoding, "delimiter": delimiter}
    return told, _lines(text, delimiter)


def _decoded(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        names: tuple[str, ...] = ("utf-16",)
    else:
        names = ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return content.decode(name), name.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Refusal("bad_encoding")


def _delimiter(text: str) -> str:
    """The mark that parts the first lines most evenly into most columns."""
    sample = "\n".join(text[:65_536].splitlines()[:40])

    def evenness(mark: str) -> int:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if row]
        except csv.Error:
            return 0
        usual = max(set(widths), key=widths.count, default=1)
        return widths.count(usual) * (usual - 1)

    return max(DELIMITERS, key=evenness)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            yield number, [_written(each) for each in row]
    except csv.Error:
        raise Refusal("bad_csv", line=number + 1) from None


def _written(text: str) -> Cell:
    if text[:1] == "'" and text.lstrip("'").startswith(tuple(_LIVE)):
        text = text[1:]
    return text if text.strip() else None


# ------------------------------------------------------------------------------------------------ workbooks


def _workbook(source: Path, sheet: str) -> tuple[dict[str, Any], Iterator[tuple[int, list[Cell]]]]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(source))
        names = _names(book, calamine)
        chosen = sheet or _first(book, names)
        if chosen not in names:
            raise Refusal("no_sheet", sheet=sheet[:100])
        table = book.get_sheet_by_name(chosen)
    except calamine.PasswordError:
        raise Refusal("encrypted_workbook") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise Refusal("bad_workbook") from None
    return {"sheets": names, "sheet": chosen, "encoding": "", "delimiter": ""}, _cells(table)


def _names(book: Any, calamine: Any) -> list[str]:
    """Worksheets a person sees; all worksheets when every one is hidden."""
    sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
    seen = [each.name for each in sheets if each.visible == calamine.SheetVisibleEnum.Visible]
    names = seen or [each.name for each in sheets]
    if not names:
        raise Refusal("no_rows")
    return names


def _first(book: Any, names: Sequence[str]) -> str:
    """The first sheet that holds anything."""
    return next((each for each in names[:20] if book.get_sheet_by_name(each).height), names[0])


def _cells(table: Any) -> Iterator[tuple[int, list[Cell]]]:
    if table.start is None:
        return
    top, left = table.start
    starts = _merged(table.merged_cell_ranges or ())
    open_now: dict[int, tuple[int, Cell]] = {}
    for number, row in enumerate(table.to_python(skip_empty_area=True), top):
        cells: list[Cell] = [*([None] * left), *(_cell(each) for each in row)]
        open_now = {column: (last, cell) for column, (last, cell) in open_now.items() if number <= last}
        for column, (_, cell) in open_now.items():
            cells[column] = cells[column] if cells[column] is not None else cell
        open_now |= {column: (last, cells[column]) for column, last in starts.get(number, ()) if column < len(cells)}
        yield number + 1, cells


def _merged(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> dict[int, list[tuple[int, int]]]:
    """Where cells merged downwards begin: row → (column, last row). Only the first column of a merged block is repeated,
    into the rows below: beside it lies nothing that somebody wrote."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in ranges:
        if bottom > top:
            found.setdefault(top, []).append((left, bottom))
    return found


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return ["b", "true" if value else "false"]
    if isinstance(value, int | float):
        return ["n", _number(value)]
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return ["d", value.date().isoformat()] if midnight else ["i", value.isoformat(" ", "seconds")]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, dt.time):
        return ["t", value.isoformat("seconds")]
    if isinstance(value, dt.timedelta):
        return ["t", _clock(value)]
    return None


def _number(value: float) -> str:
    """The number as the spreadsheet shows it: of a binary number 15 digits are meant, the rest is noise."""
    if isinstance(value, int):
        return str(value)
    return f"{Decimal(format(value, '.15g')):f}"


def _clock(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
