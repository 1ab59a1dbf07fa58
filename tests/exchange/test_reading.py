"""Files of strangers: what is in them is read exactly, and what is wrong with them is said, quickly and in little memory."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from dougong.exchange import reading
from dougong.kernel.errors import DougongError, Malformed
from tests.exchange.books import book, csv

Read = Callable[..., tuple[reading.Extract, list[tuple[int, list[Any]]]]]
LIMIT = 50 * 1024 * 1024
MOMENT = datetime(2025, 8, 4, 8, 30)  # noqa: DTZ001 - a spreadsheet's times have no zone


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def act(content: bytes, name: str, **asked: Any) -> tuple[reading.Extract, list[tuple[int, list[Any]]]]:
        source, target = tmp_path / "source", tmp_path / "rows"
        source.write_bytes(content)
        found = reading.extract(source, target, name, limit=asked.pop("limit", LIMIT), **asked)
        return found, [(row.number, [_short(cell) for cell in row.cells]) for row in reading.rows(target)]

    return act


def _short(cell: Any) -> Any:
    return tuple(cell) if isinstance(cell, list) else cell


def refusal(read: Read, content: bytes, name: str, **asked: Any) -> DougongError:
    with pytest.raises(DougongError) as refused:
        read(content, name, **asked)
    return refused.value


# ------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_texts_in_the_encodings_of_the_country(read: Read, encoding: str) -> None:
    found, rows = read("名称,金额\n城东小学,１\n".encode(encoding), "表.csv")
    assert rows == [(1, ["名称", "金额"]), (2, ["城东小学", "１"])]
    assert found.width == 2


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_mark_between_columns_is_found(read: Read, mark: str) -> None:
    found, rows = read(csv(mark.join("abc"), mark.join(["1,5" if mark != "," else "1", "x y", '"z"'])), "t.csv")
    assert found.delimiter == mark
    assert rows[1][1][1:] == ["x y", "z"]


def test_rows_keep_the_numbers_they_have_in_the_file(read: Read) -> None:
    _, rows = read(csv("a,b", "", '"two\nlines",2', " , ", "3,"), "t.csv")
    assert [number for number, _ in rows] == [1, 3, 5]


def test_an_apostrophe_that_an_export_has_set_is_taken_off(read: Read) -> None:
    _, rows = read(csv("a,b", "'=1+1,'tis"), "t.csv")
    assert rows[1][1] == ["=1+1", "'tis"]


# ------------------------------------------------------------------------------------------------ workbooks


def test_cells_keep_their_kind_and_numbers_are_exact(read: Read) -> None:
    cells = [0.1 + 0.2, 99999, 1e-7, -2.5, date(2025, 8, 4), MOMENT, time(8, 30), True, " x "]
    _, rows = read(book(("一", [["h"] * 9, cells])), "t.xlsx")
    assert rows[1][1] == [
        ("n", "0.3"), ("n", "99999"), ("n", "0.0000001"), ("n", "-2.5"), ("d", "2025-08-04"),
        ("i", "2025-08-04 08:30:00"), ("t", "08:30:00"), ("b", "true"), " x ",
    ]  # fmt: skip


def test_a_formula_is_read_as_its_value(read: Read) -> None:
    def formulas(made: Any, sheet: Any) -> None:
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=HYPERLINK("http://example.test")', None, "hier")

    _, rows = read(book(("一", [["a", "b"]]), change=formulas), "t.xlsx")
    assert rows[1][1] == [("n", "2"), "hier"]


def test_sheets_can_be_chosen_and_empty_ones_are_passed_over(read: Read) -> None:
    content = book(("空", []), ("甲", [["a"], [1]]), ("乙", [["b"], [2]]))
    found, _ = read(content, "t.xlsx")
    assert (found.sheets, found.sheet) == (("空", "甲", "乙"), "甲")
    assert read(content, "t.xlsx", sheet="乙")[1][0] == (1, ["b"])
    assert refusal(read, content, "t.xlsx", sheet="丙").code == "no_sheet"
    assert refusal(read, book(("空", [])), "t.xlsx").code == "no_rows"


def test_cells_merged_downwards_are_repeated_and_nothing_else(read: Read) -> None:
    def merge(made: Any, sheet: Any) -> None:
        sheet.merge_range(1, 0, 2, 1, "工地")

    _, rows = read(
        book(("一", [["a", "b", "c"], [None, None, 1], [None, None, 2], [None, None, 3]]), change=merge), "t.xlsx"
    )
    assert [cells[:2] for _, cells in rows[1:]] == [["工地", None], ["工地", None], [None, None]]


def test_two_hundred_columns(read: Read) -> None:
    found, rows = read(book(("一", [[f"c{n}" for n in range(200)], list(range(200))])), "t.xlsx")
    assert found.width == 200
    assert rows[1][1][199] == ("n", "199")
    assert refusal(read, book(("一", [list(range(600))])), "t.xlsx").code == "too_wide"


# ------------------------------------------------------------------------------------------------ hostile files


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The same workbook with some parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, changes.pop(each, None) or old.read(each))
        for name, data in changes.items():
            new.writestr(name, data)
    return out.getvalue()


PLAIN = book(("一", [["a", "b"], ["x", 1]]))
SHEET = "xl/worksheets/sheet1.xml"


def _cfb() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty_file"),
        (b"", "a.csv", "empty_file"),
        (PLAIN[:400], "a.xlsx", "bad_workbook"),
        (b"PK\x03\x04", "a.xlsx", "bad_workbook"),
        (b"<!DOCTYPE html><table><tr><td>1", "a.xlsx", "file_content"),
        (b"<html><table><tr><td>1</table>", "a.csv", "file_content"),
        (b"name,amount\nx,1\n", "a.xlsx", "file_content"),
        (b"%PDF-1.7 x", "a.csv", "file_content"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "a.csv", "file_content"),
        (b"\x00" * 400, "a.csv", "file_content"),
        (b"a,b\n1,2\n", "a.exe", "table_type"),
        (b"a,b\n1,2\n", "nothing", "table_type"),
        (_cfb() + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted_workbook"),
        (_cfb(), "a.xls", "old_workbook"),
        (b"a,b\n\xff\xff\xff\xfe\xff,1\n", "a.csv", "bad_encoding"),
        (b'a,b\n"open,1\n', "a.csv", "bad_csv"),
        (b"\n\n , \n", "a.csv", "no_rows"),
        (PLAIN.replace(b"xl/workbook.xml", b"xl/workbonk.xml"), "a.xlsx", "file_content"),
        (repacked(PLAIN, {SHEET: b"<worksheet><sheetData><row"}), "a.xlsx", "bad_workbook"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(read: Read, content: bytes, name: str, code: str) -> None:
    assert refusal(read, content, name).code == code


def test_a_file_beyond_the_limit_is_not_even_opened(read: Read) -> None:
    assert refusal(read, csv("a", "x" * 2000), "a.csv", limit=1000).code == "file_too_large"


def test_a_zip_bomb_is_told_by_its_directory(read: Read) -> None:
    bomb = repacked(PLAIN, {SHEET: b" " * (101 * 1024 * 1024)})
    assert len(bomb) < 2 * 1024 * 1024
    assert refusal(read, bomb, "a.xlsx").code == "workbook_too_large"
    many = repacked(PLAIN, {f"x/{n}": b"" for n in range(1_001)})
    assert refusal(read, many, "a.xlsx").code == "workbook_too_large"


def test_a_directory_that_lies_about_sizes_does_no_harm(read: Read) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 200_000))
    honest = repacked(PLAIN, {SHEET: b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"})
    at = honest.rindex(SHEET.encode()) - 46
    lying = honest[: at + 24] + struct.pack("<I", 100) + honest[at + 28 :]
    assert isinstance(refusal(read, lying, "a.xlsx"), DougongError)


def test_entities_are_not_expanded(read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    evil = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&e;&b;</t></is></c><c r="B1"><v>1</v></c></row></sheetData></worksheet>'
    )
    try:
        _, rows = read(repacked(PLAIN, {SHEET: evil.encode()}), "a.xlsx")
    except Malformed:
        return
    assert "geheim" not in json.dumps(rows)
    assert "aaaaaaaaaa" not in json.dumps(rows)


def test_a_huge_dimension_costs_nothing(read: Read) -> None:
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    )
    small = head + '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    assert read(repacked(PLAIN, {SHEET: small.encode()}), "a.xlsx")[1] == [(1, [("n", "1")])]
    wide = head + (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert refusal(read, repacked(PLAIN, {SHEET: wide.encode()}), "a.xlsx").code == "table_too_heavy"


def test_a_million_empty_rows_are_none(read: Read) -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row>' + b"".join(
        b'<row r="%d" ht="15"></row>' % n for n in range(2, 1_000_000, 7)
    )
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    assert read(repacked(PLAIN, {SHEET: head + rows + b"</sheetData></worksheet>"}), "a.xlsx")[0].rows == 1


def test_too_many_rows_are_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    error = refusal(read, csv(*map(str, range(100))), "a.csv")
    assert (error.code, error.params["limit"]) == ("too_many_rows", 10)
