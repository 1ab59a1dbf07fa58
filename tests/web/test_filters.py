"""The filter builder writes the formula the API takes and reads it back."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dougong.fields.type import Here
from dougong.web.filters import Choice, Condition, formula, from_request, rows_of
from tests.fields.making import TYPES, a_field

HERE = Here(ZoneInfo("Asia/Shanghai"), date(2026, 2, 27))


def choice(name: str, kind: str, *operators: str) -> Choice:
    return Choice(name, name, tuple(name.split(".")), operators, (), TYPES[kind], a_field(kind, name=name))


CHOICES = {
    each.name: each
    for each in (
        choice("name", "text", "=", "<>", "contains", "startswith", "in", "is null", "is not null"),
        choice("price", "money", "=", "<", "<=", ">", ">=", "is null"),
        choice("on", "date", "=", "<", ">="),
        choice("a b", "text", "="),
        choice("words", "tags", "has"),
    )
}
PAIRS = [
    (Condition("name", "contains", ("张",)), 'contains(name, "张")'),
    (Condition("name", "=", ('a "b"',)), 'name = "a ""b"""'),
    (Condition("name", "in", ("a", "b")), 'name in ("a", "b")'),
    (Condition("name", "is null"), "isblank(name)"),
    (Condition("name", "is not null"), "not isblank(name)"),
    (Condition("price", ">=", ("1234.5",)), "price >= 1234.5"),
    (Condition("price", "<", ("-3",)), "price < -3"),
    (Condition("on", "=", ("2026-02-28",)), '`on` = "2026-02-28"'),
    (Condition("a b", "=", ("x",)), '`a b` = "x"'),
    (Condition("words", "has", ("x",)), '"x" in words'),
]


@pytest.mark.parametrize(("row", "text"), PAIRS)
def test_a_row_becomes_a_formula_and_comes_back(row: Condition, text: str) -> None:
    written, rows = formula([row], CHOICES, HERE)
    assert rows == [row]
    assert written.replace("`on`", "on") == text.replace("`on`", "on")
    again = rows_of(written, CHOICES, HERE)
    assert again is not None
    assert formula(again, CHOICES, HERE)[0] == written


def test_several_rows_are_joined_by_and() -> None:
    rows = [row for row, _ in PAIRS[:4]]
    written, _ = formula(rows, CHOICES, HERE)
    assert rows_of(written, CHOICES, HERE) == rows


@pytest.mark.parametrize(
    "text", ['name = "a" or price > 1', "price + 1 > 2", "other = 1", "name = (", "price > name", "price = null"]
)
def test_what_says_more_than_rows_stays_a_formula(text: str) -> None:
    assert rows_of(text, CHOICES, HERE) is None


def test_an_unfinished_row_says_nothing() -> None:
    assert formula([Condition("price", ">")], CHOICES, HERE)[0] == ""


def test_a_value_that_cannot_be_read_is_marked_and_left_out() -> None:
    written, rows = formula([Condition("price", ">", ("many",)), Condition("name", "=", ("a",))], CHOICES, HERE)
    assert (written, rows[0].bad) == ('name = "a"', "type")


def test_a_value_can_never_break_out_of_its_quotes() -> None:
    nasty = '" or true or "'
    written, _ = formula([Condition("name", "=", (nasty,))], CHOICES, HERE)
    assert rows_of(written, CHOICES, HERE) == [Condition("name", "=", (nasty,))]


def test_buttons_add_and_drop_rows() -> None:
    sent = {"f0": "name", "o0": "=", "f1": "price", "o1": ">", "drop": "0", "add": "1", "f7": "nothing"}
    rows = from_request(sent, lambda name: {"v1": ["3", ""]}.get(name, []), CHOICES)
    assert rows == [Condition("price", ">", ("3",)), Condition("name", "=")]
