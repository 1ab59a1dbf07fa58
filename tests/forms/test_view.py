"""The view: what is drawn where, and what a refresh must swap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dougong.definition.model import Cell, Section
from dougong.forms.cells import Words
from dougong.forms.difference import compare
from dougong.forms.reading import RowValues
from dougong.forms.view import Input, Subtable
from dougong.kernel.problems import Problem
from tests.forms.making import OTHER, ROW, ticket, view_of

LINES = {"lines": [RowValues(ROW, {"hours": Decimal("8.0"), "amount": Decimal("360.00")}), RowValues(OTHER, {})]}


def an_input(view: object, name: str) -> Input:
    cell = view.cells()[name]  # type: ignore[attr-defined]
    assert isinstance(cell, Input)
    return cell


def test_sections_follow_the_properties_when_nobody_laid_them_out() -> None:
    sections = view_of().sections
    assert [section.title for section in sections] == ["", "地址", "", "lines"]
    assert isinstance(sections[-1].table, Subtable)


def test_the_authors_layout_comes_first_and_forgotten_inputs_last() -> None:
    layout = (Section("one", "用工", "section", 3, (Cell("work_date"), Cell("content", 3), Cell("gone"))),)
    view = view_of(replace(ticket(), layout=layout))
    assert [cell.name for cell in view.sections[0].cells] == ["work_date", "content"]
    assert {"project", "lines"} <= set(view.cells())


def test_a_closed_section_is_not_drawn() -> None:
    form = replace(ticket(), layout=(Section("one", "用工", "section", 3, (Cell("work_date"),)),))
    assert "work_date" not in view_of(form, closed={"one"}).cells()


def test_inputs_show_values_as_they_are_typed() -> None:
    view = view_of(values={"work_date": date(2025, 8, 4), "shift": "夜班"}, rows=LINES)
    assert an_input(view, "work_date").text == "2025-08-04"
    assert [option.chosen for option in an_input(view, "shift").options] == [False, True]
    assert an_input(view, f"lines.{ROW}.hours").text == "8"


def test_a_text_that_could_not_be_read_stands_again_in_its_input() -> None:
    view = view_of(typed={"work_date": "2025-02-30"}, problems=[Problem("format", "/work_date")])
    assert (an_input(view, "work_date").text, an_input(view, "work_date").notes) == ("2025-02-30", ("format",))


def test_problems_find_their_row_whatever_its_id() -> None:
    problems = [
        Problem("range", "/lines/1/hours"),
        Problem("check", "/lines/1"),
        Problem("check", "/lines"),
        Problem("check"),
    ]
    view = view_of(rows=LINES, problems=problems)
    assert an_input(view, f"lines.{OTHER}.hours").notes == ("range",)
    table = view.cells()["lines"]
    assert isinstance(table, Subtable)
    assert (table.rows[1].notes, table.notes, view.notes, view.count) == (("check",), ("check",), ("check",), 4)


def test_a_problem_where_nobody_looks_is_told_where_somebody_does() -> None:
    problems = [Problem("required", "/content"), Problem("required", "/lines/0/hours")]
    view = view_of(rows=LINES, problems=problems, levels={"content": "hidden"}, invisible={(ROW, "hours")})
    table = view.cells()["lines"]
    assert isinstance(table, Subtable)
    assert view.notes == ("required",)
    assert table.rows[0].notes == ("required",)


def test_flags_and_levels() -> None:
    view = view_of(
        rows=LINES, required={("", "shift")}, readonly={(ROW, "hours")}, invisible={("", "urgent")},
        levels={"project": "read", "content": "hidden", "lines.ot_type": "read"},
    )  # fmt: skip
    assert an_input(view, "shift").required
    assert an_input(view, f"lines.{ROW}.hours").widget == "output"
    assert an_input(view, f"lines.{OTHER}.hours").widget == "number"
    assert not an_input(view, "urgent").visible
    assert an_input(view, "project").readonly
    assert not an_input(view, "project").required
    assert an_input(view, f"lines.{ROW}.ot_type").widget == "output"
    assert "content" not in view.cells()


def test_computed_cells_are_outputs_and_columns_are_summed() -> None:
    view = view_of(rows=LINES)
    assert an_input(view, f"lines.{ROW}.amount").widget == "output"
    table = view.cells()["lines"]
    assert isinstance(table, Subtable)
    assert [column.total for column in table.columns] == [None, Decimal("8.0"), None, Decimal("360.00")]


def test_titles_and_labels_come_from_outside() -> None:
    words = Words(say=lambda problem: problem.code, title=lambda field, value: f"{field.ref} {value}", label=str.upper)
    view = view_of(words=words, values={"project": "p"})
    assert an_input(view, "project").shown == "base.project p"
    assert an_input(view, "work_date").label == "WORK_DATE"


def test_a_refresh_swaps_only_what_looks_different() -> None:
    before = view_of(rows=LINES)
    changed = {"lines": [LINES["lines"][0], RowValues(OTHER, {"ot_type": "平日"})]}
    assert [cell.name for cell in compare(before, view_of(rows=changed)).cells] == [f"lines.{OTHER}.ot_type"]
    fewer = compare(before, view_of(rows={"lines": LINES["lines"][:1]}))
    assert [(len(each.removed), each.inserted, each.drawn) for each in fewer.rows] == [(1, (), ())]
    assert (fewer.cells, fewer.subtables) == ((), ())
    assert compare(before, view_of(rows=LINES, invisible={("", "urgent")})).everything
    assert compare(before, before) == compare(before, view_of(rows=LINES))


def test_sections_behind_a_tab_lie_in_it_and_a_tab_says_what_is_wrong() -> None:
    layout = (
        Section("top", "用工", "section", 3, (Cell("work_date"),)),
        Section("one", "人员", "tab", 2, (Cell("project"),)),
        Section("rows", "明细", "section", 1, (Cell("lines"),)),
        Section("two", "其他", "tab", 2, (Cell("content"),)),
    )
    form = replace(ticket(), layout=layout)
    view = view_of(form, rows=LINES, problems=[Problem("range", "/lines/1/hours")])
    assert [section.title for section in view.before] == ["用工"]
    assert [(each.title, [one.id for one in each.sections], each.bad) for each in view.tabs] == [
        ("人员", ["one", "rows"], True), ("其他", ["two"], False)
    ]  # fmt: skip
    assert {cell.name for section in view.after for cell in section.cells} >= {"shift", "urgent"}
    assert [each.title for each in view_of(form, closed={"one"}).tabs] == ["其他"]


def test_what_another_record_refuses_is_shown_at_the_figure_to_change() -> None:
    view = view_of(problems=[Problem("check", "/project", mend="/content", message="超过余额")])
    assert (an_input(view, "content").notes, an_input(view, "project").notes) == (("超过余额",), ())
