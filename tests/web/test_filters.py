"""The filter builder writes the formula the API takes and reads it back."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.fields.type import Here
from dougong.web.lists.days import DAYS
from dougong.web.lists.filters import Choice, Group, Row, builder, formula, from_request
from tests.fields.making import TYPES, a_field

HERE = Here(ZoneInfo("Asia/Shanghai"), date(2026, 2, 27))
ID = "01890000-0000-7000-8000-000000000001"


def choice(name: str, kind: str, *operators: str, ref: str = "", under: int = 0) -> Choice:
    path = tuple(name.split("."))
    above = tuple((*path, *["parent"] * count) for count in range(1, under + 1))
    return Choice(name, name, path, operators, (), TYPES[kind], a_field(kind, name=name), ref=ref, under=above)


CHOICES = {
    each.name: each
    for each in (
        choice("name", "text", "=", "<>", "contains", "startswith", "in", "is null", "is not null"),
        choice("price", "money", "=", "<", "<=", ">", ">=", "is null"),
        choice("on", "date", "=", "<", ">=", "within"),
        choice("a b", "text", "="),
        choice("words", "tags", "has"),
        choice("subject", "reference", "=", "in", "under", ref="m.subject", under=3),
        choice("subject.code", "text", "=", "contains"),
        choice("who", "member", "=", "in", "me", ref="$member"),
        choice("team", "department", "=", "mine", ref="$department"),
    )
}
PAIRS = [
    (Row("name", "contains", ("张",)), 'contains(name, "张")'),
    (Row("name", "=", ('a "b"',)), 'name = "a ""b"""'),
    (Row("name", "in", ("a", "b")), 'name in ("a", "b")'),
    (Row("name", "is null"), "isblank(name)"),
    (Row("name", "is not null"), "not isblank(name)"),
    (Row("price", ">=", ("1234.50",)), "price >= 1234.5"),
    (Row("price", "<", ("-3.00",)), "price < -3"),
    (Row("on", "=", ("2026-02-28",)), 'on = "2026-02-28"'),
    (Row("on", "within", ("yesterday",)), "on = today() - 1"),
    (Row("on", "within", ("this_month",)), "between(on, bomonth(today()), eomonth(today()))"),
    (Row("on", "within", ("last_days", "30")), "between(on, today() - 29, today())"),
    (Row("on", "within", ("next_days", "7")), "between(on, today(), today() + 6)"),
    (Row("a b", "=", ("x",)), '`a b` = "x"'),
    (Row("words", "has", ("x",)), '"x" in words'),
    (Row("subject", "=", (ID,)), f'subject = "{ID}"'),
    (Row("subject.code", "contains", ("01",)), 'contains(subject.code, "01")'),
    (Row("who", "me"), "who = me()"),
    (Row("team", "mine"), "team in my_departments()"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "text"), PAIRS)
def test_a_row_becomes_a_formula_and_comes_back(row: Row, text: str) -> None:
    written, made = formula(Group(True, (row,)), CHOICES, HERE)
    assert made.items == (row,)
    assert written.replace("`on`", "on") == text.replace("`on`", "on")
    assert builder(written, CHOICES, HERE) == Group(True, (row,))


def test_below_a_record_of_a_tree_is_one_row() -> None:
    row = Row("subject", "under", (ID,))
    written, _ = formula(Group(True, (row, Row("price", ">", ("1.00",)))), CHOICES, HERE)
    assert written.startswith(f'(subject = "{ID}" or subject.parent = "{ID}" or subject.parent.parent = "{ID}"')
    assert builder(written, CHOICES, HERE) == Group(True, (row, Row("price", ">", ("1.00",))))


ROWS = st.one_of(
    st.sampled_from([row for row, _ in PAIRS]),
    st.builds(
        lambda word: Row("on", "within", (word,)), st.sampled_from([w for w, d in DAYS.items() if not d.counted])
    ),
    st.builds(lambda n: Row("on", "within", ("last_days", str(n))), st.integers(2, 3660)),
    st.builds(lambda n: Row("price", ">", (str(n),)), st.integers(-(10**9), 10**9)),
    st.builds(lambda text: Row("name", "=", (text,)), st.text(min_size=1, max_size=20).filter(str.strip)),
    st.just(Row("subject", "under", (ID,))),
)
GROUPS = st.builds(Group, st.booleans(), st.lists(ROWS, min_size=2, max_size=4).map(tuple))
BUILDERS = st.builds(Group, st.booleans(), st.lists(st.one_of(ROWS, GROUPS), min_size=1, max_size=5).map(tuple))


@given(BUILDERS)
def test_whatever_is_built_is_read_back_as_the_same_formula(group: Group) -> None:
    text, _ = formula(group, CHOICES, HERE)
    again = builder(text, CHOICES, HERE)
    assert again is not None
    assert formula(again, CHOICES, HERE)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "price + 1 > 2", "other = 1", "name = (", "price > name", "price = null", 'not (name = "a")', "on = today() - 2",
        '(name = "a" or (price > 1 and (price < 2 or price > 5)))', f'subject = "{ID}" or subject.parent = "other"',
        "between(price, 1, 2)", "name = me()",
    ],
)  # fmt: skip
def test_what_says_more_than_rows_stays_a_formula(text: str) -> None:
    assert builder(text, CHOICES, HERE) is None


def test_an_unfinished_row_says_nothing() -> None:
    assert formula(Group(True, (Row("price", ">"), Group(False, (Row("name", "="),)))), CHOICES, HERE)[0] == ""


def test_a_value_that_cannot_be_read_is_marked_and_left_out() -> None:
    rows = (Row("price", ">", ("many",)), Row("name", "=", ("a",)))
    written, made = formula(Group(True, rows), CHOICES, HERE)
    assert (written, [each.bad for each in made.rows()]) == ('name = "a"', ["type", None])


def test_a_value_can_never_break_out_of_its_quotes() -> None:
    nasty = '" or true or "'
    written, _ = formula(Group(True, (Row("name", "=", (nasty,)),)), CHOICES, HERE)
    assert builder(written, CHOICES, HERE) == Group(True, (Row("name", "=", (nasty,)),))


def sent(**given: str) -> Group:
    lists = {name: [value] for name, value in given.items()}
    names = {name.replace("_", "."): value for name, value in given.items()}
    return from_request(names, lambda name: lists.get(name.replace(".", "_"), []), CHOICES)


def test_buttons_add_and_drop_rows() -> None:
    made = sent(f0="name", o0="=", f1="price", o1=">", v1="3", drop="0", add="", f7="nothing")
    assert made == Group(True, (Row("price", ">", ("3",)), Row("name", "=")))


def test_groups_come_as_they_were_sent() -> None:
    made = sent(j="and", f0="price", o0=">", v0="3", g1="1", j1="or", f1_0="name", o1_0="=", v1_0="a", add="1")
    inner = Group(False, (Row("name", "=", ("a",)), Row("name", "=")))
    assert made == Group(True, (Row("price", ">", ("3",)), inner))


def test_another_field_takes_its_first_comparison_and_no_old_value() -> None:
    assert sent(f0="price", w0="name", o0="contains", v0="张").items == (Row("price", "="),)
