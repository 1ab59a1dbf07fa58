"""Workbooks and texts as people send them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from xlsxwriter import Workbook


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    """An .xlsx with these sheets; `change` may do more to the last one: (workbook, worksheet)."""
    out = io.BytesIO()
    made = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day, moment, clock = (
        made.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm")
    )
    sheet = None
    for name, rows in sheets:
        sheet = made.add_worksheet(name)
        for n, row in enumerate(rows):
            for m, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(n, m, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(n, m, datetime.combine(value, time()), day)
                elif isinstance(value, time):
                    sheet.write_datetime(n, m, value, clock)
                elif value is not None:
                    sheet.write(n, m, value)
    if change is not None:
        change(made, sheet)
    made.close()
    return out.getvalue()


def csv(*rows: str, encoding: str = "utf-8") -> bytes:
    """Lines of text."""
    return ("\n".join(rows) + "\n").encode(encoding)
