"""A sheet keeps what was changed, and only that."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dougong.fields.json import Unparsed
from dougong.forms.paste import paste
from dougong.forms.posted import Posted, RowAct, read_posted
from dougong.forms.reading import RowValues, holds_any, read_sheet, sendable, standing_rows
from dougong.forms.sheet import Sheet, fold
from tests.fields.making import TYPES
from tests.forms.making import HERE, OTHER, ROW, ticket

FORM = ticket()
STANDING = standing_rows(FORM, TYPES, {"lines": [RowValues(ROW, {"hours": Decimal("8.0"), "amount": Decimal(360)})]})


def a_sheet() -> Sheet:
    return Sheet("t", None, "m.f")


def type_in(sheet: Sheet, texts: dict[str, list[str]], standing: Any = None) -> None:
    fold(sheet, FORM, read_posted(FORM, TYPES, texts, HERE), standing)


def rows(sheet: Sheet) -> list[str]:
    return [row.id for row in sheet.rows["lines"]]


def test_untouched_fields_are_not_sent() -> None:
    sheet = a_sheet()
    type_in(sheet, {"content": ["x"], "address.city": ["广州"]})
    assert sendable(sheet, FORM) == {"content": "x", "address": {"city": "广州"}}


def test_the_first_change_of_a_row_takes_all_rows_over() -> None:
    sheet = a_sheet()
    type_in(sheet, {f"lines.{ROW}.ot_type": ["平日"]}, STANDING)
    assert sendable(sheet, FORM) == {
        "lines": [{"$id": ROW, "worker": None, "hours": Decimal("8"), "ot_type": "平日"}],
    }


def test_a_row_the_browser_made_is_new_and_has_no_id_when_sent() -> None:
    sheet = a_sheet()
    type_in(sheet, {f"lines.{OTHER}.hours": ["1"]}, STANDING)
    assert [row.get("$id") for row in sendable(sheet, FORM)["lines"]] == [ROW, None]
    assert [row.get("$id") for row in sendable(sheet, FORM, keep_ids=True)["lines"]] == [ROW, OTHER]


def test_a_row_id_that_is_none_makes_no_row() -> None:
    sheet = a_sheet()
    type_in(sheet, {"lines.x.hours": ["1"]})
    assert sheet.rows == {"lines": []}


def test_add_copy_move_remove() -> None:
    sheet = a_sheet()
    fold(sheet, FORM, Posted(acts=[RowAct("add", "lines"), RowAct("add", "lines")]))
    first, second = rows(sheet)
    type_in(sheet, {f"lines.{first}.hours": ["8"]})
    fold(sheet, FORM, Posted(acts=[RowAct("copy", "lines", first), RowAct("down", "lines", first)]))
    copy = rows(sheet)[0]
    assert rows(sheet) == [copy, first, second]
    assert sheet.rows["lines"][0].values == {"hours": 8}
    fold(sheet, FORM, Posted(acts=[RowAct("remove", "lines", first), RowAct("up", "lines", copy)]))
    assert rows(sheet) == [copy, second]


def test_what_cannot_be_read_keeps_its_text_and_says_why() -> None:
    sheet = a_sheet()
    type_in(
        sheet, {f"lines.{ROW}.hours": ["八"], "extra": ["{"], "work_date": ["2025-02-30"], "content": ["好"]}, STANDING
    )
    found = read_sheet(sheet, FORM, TYPES)
    assert found.values == {"content": "好"}
    assert found.typed == {"extra": "{", "work_date": "2025-02-30", f"lines.{ROW}.hours": "八"}
    told = {(each.pointer, each.code) for each in found.problems}
    assert told == {("/work_date", "format"), ("/lines/0/hours", "type"), ("/extra", "format")}


def test_what_was_typed_wrong_is_sent_for_the_store_to_refuse() -> None:
    sheet = a_sheet()
    type_in(sheet, {"extra": ["{"], "work_date": ["2025-02-30"]})
    sent = sendable(sheet, FORM)
    assert isinstance(sent["extra"], Unparsed)  # not the text, which would be good JSON
    assert (sent["extra"].text, sent["work_date"]) == ("{", "2025-02-30")


def test_mending_a_text_forgets_it() -> None:
    sheet = a_sheet()
    type_in(sheet, {"extra": ["{"]})
    type_in(sheet, {"extra": ["{}"]})
    assert sheet.typed == {}
    assert sheet.values["extra"] == {}


def test_a_block_from_a_spreadsheet_fills_rows_and_makes_more() -> None:
    sheet = a_sheet()
    sub = FORM.subtable("lines")
    assert sub is not None
    count = paste(sheet, sub, TYPES, "W001\t8\t平日\nW002\t7.5\t\n\n", standing=STANDING, row=ROW)
    assert count.rows == 2
    lines = sendable(sheet, FORM)["lines"]
    assert lines[0] == {"$id": ROW, "worker": {"$key": "W001"}, "hours": Decimal(8), "ot_type": "平日"}
    assert lines[1] == {"worker": {"$key": "W002"}, "hours": Decimal("7.5")}  # an empty cell leaves the default


def test_a_block_pasted_into_a_column_begins_there() -> None:
    sheet, sub = a_sheet(), FORM.subtable("lines")
    assert sub is not None
    paste(sheet, sub, TYPES, "8\t平日\textra", column="hours")
    assert sheet.rows["lines"][0].values == {"hours": Decimal(8), "ot_type": "平日"}


def test_what_does_not_apply_stays_in_the_sheet_but_is_not_sent() -> None:
    sheet = a_sheet()
    type_in(sheet, {f"lines.{ROW}.ot_type": ["平日"], "content": ["x"]}, STANDING)
    hidden = {(ROW, "ot_type"), ("", "content")}
    assert holds_any(sheet, hidden)
    assert not holds_any(sheet, {("", "shift"), ("", "lines")})
    assert sendable(sheet, FORM, without=hidden) == {"lines": [{"$id": ROW, "worker": None, "hours": Decimal(8)}]}
    assert sendable(sheet, FORM)["content"] == "x"


def test_what_one_may_not_edit_is_never_taken_over() -> None:
    rows = standing_rows(FORM, TYPES, {"lines": [RowValues(ROW, {"hours": "***"})]}, {"lines.hours": "masked"})
    assert rows == {"lines": [(ROW, {"worker": None, "ot_type": None})]}


def test_a_block_with_names_on_top_lands_by_its_names() -> None:
    sheet = a_sheet()
    sub = FORM.subtable("lines")
    assert sub is not None
    found = paste(sheet, sub, TYPES, "ot_type\t备注\thours *\n平日\t早\t8\n休息日\t晚\t7.5\n")
    assert (found.rows, found.named, found.unknown) == (2, True, ("备注",))
    assert [row.values for row in sheet.rows["lines"]][-1] == {"ot_type": "休息日", "hours": Decimal("7.5")}


def test_a_cell_that_does_not_fit_stands_as_it_was_copied() -> None:
    sheet = a_sheet()
    sub = FORM.subtable("lines")
    assert sub is not None
    paste(sheet, sub, TYPES, "八小时", column="hours")
    assert sheet.rows["lines"][-1].values == {"hours": "八小时"}
