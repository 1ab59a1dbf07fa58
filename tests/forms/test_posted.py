"""What a browser posts becomes JSON-level values, whatever fields and rows are called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dougong.forms.names import input_name
from dougong.forms.posted import Posted, RowAct, read_posted
from tests.fields.making import TYPES, a_field, a_form
from tests.forms.making import HERE, OTHER, ROW, ticket


def posted(texts: dict[str, list[str]]) -> Posted:
    return read_posted(ticket(), TYPES, texts, HERE)


def test_only_what_was_posted_is_touched() -> None:
    found = posted({"content": ["三层\r\n模板"], f"lines.{ROW}.hours": ["８.5"]})
    assert found.values == {"content": "三层\n模板"}
    assert found.rows == {"lines": {ROW: {"hours": Decimal("8.5")}}}


def test_each_row_keeps_its_own_values() -> None:
    found = posted({f"lines.{OTHER}.hours": ["1"], f"lines.{ROW}.hours": ["2"]})
    assert [(row, values["hours"]) for row, values in found.rows["lines"].items()] == [(OTHER, 1), (ROW, 2)]


def test_words_for_days_know_today() -> None:
    assert posted({"work_date": ["昨天"]}).values == {"work_date": "2025-08-19"}


def test_a_blank_input_clears() -> None:
    assert posted({"content": ["  "], "shift": [""]}).values == {"content": None, "shift": None}


def test_nonsense_travels_on_as_typed() -> None:
    assert posted({f"lines.{ROW}.hours": ["八"]}).rows["lines"][ROW] == {"hours": "八"}
    assert posted({"extra": ['{"a":']}).typed == {"extra": '{"a":'}


def test_unknown_and_computed_names_are_passed_over() -> None:
    found = posted({"nobody": ["1"], "lines.x.y.z": ["1"], f"lines.{ROW}.amount": ["9"], "lines": ["[]"], "$q": ["张"]})
    assert found == Posted(rows={"lines": {ROW: {}}}) or found == Posted()


def test_a_null_byte_is_left_out_and_the_rest_kept() -> None:
    assert posted({"content": ["a\x00b"]}).values == {"content": "ab"}


@pytest.mark.parametrize(
    "name",
    [
        "validate",
        "data",
        "errors",
        "select",
        "rowid",
        "version",
        "a.b",
        "A",
        "名 字",
        "$x",
        "process",
        "act",
        "=",
        "=act",
    ],
)
def test_any_field_name_can_be_posted(name: str) -> None:
    form = a_form(a_field("text", {"type": "string"}, name))
    sent = {"act": ["save"], "version": ["1"], input_name(name): ["x"]}  # the page's own words are no inputs
    assert read_posted(form, TYPES, sent, HERE).values == {name: "x"}


def test_row_buttons() -> None:
    texts = {"$row": ["add:lines", f"remove:lines:{ROW}", "burn:lines:x", "add:nowhere", ""]}
    assert posted(texts).acts == [RowAct("add", "lines"), RowAct("remove", "lines", ROW)]
