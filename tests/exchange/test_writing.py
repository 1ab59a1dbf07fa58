"""Files for spreadsheets: nothing in a cell is live, and what is read back is what was written."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dougong.exchange.reading_child import _written
from dougong.exchange.writing import Cell, Head, inert, write_csv, write_xlsx

HOSTILE = ["=1+1", "+86 139", "-cmd", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_made_a_text(text: str) -> None:
    assert inert(text).startswith("'")
    assert _written(inert(text)) == text


@pytest.mark.parametrize("text", ["-5", "-0.25", "7", "张伟", "'ok", "a=b", ""])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@a1.＝ 张"), min_size=1))
def test_an_export_is_read_back_as_it_was(text: str) -> None:
    assert (_written(inert(text)) or "").strip() == text.strip()


def test_a_csv_file_quotes_what_has_to_be() -> None:
    out = io.StringIO()
    assert write_csv(out, [Head("名称"), Head("=头")], [["a,b", 'say "x"'], ["第一行\n第二行", "=2"]]) == 2
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [
        ["名称", "'=头"], ["a,b", 'say "x"'], ["第一行\n第二行", "'=2"],
    ]  # fmt: skip


def test_a_workbook_has_numbers_days_and_texts() -> None:
    heads = [
        Head("金额", "number", 2),
        Head("日期", "day"),
        Head("时间", "moment"),
        Head("文字"),
        Head("长数", "number"),
    ]
    local = datetime(2026, 2, 28, 8, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
    row: list[Cell] = [Decimal("1234.50"), date(2026, 2, 28), local, "=1+1", Decimal("123456789012345678")]
    out = io.BytesIO()
    assert write_xlsx(out, "点工单[1]:*", heads, [row, [None] * 5]) == 2
    out.seek(0)
    book = CalamineWorkbook.from_filelike(out)
    [head, read, *_] = book.get_sheet_by_index(0).to_python()
    assert head == ["金额", "日期", "时间", "文字", "长数"]
    assert read == [1234.5, date(2026, 2, 28), local, "=1+1", "123456789012345678"]
