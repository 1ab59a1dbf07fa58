"""The checker: types, names with positions, all problems at once, and what it says of a formula."""

from __future__ import annotations

import pytest

from dougong.formula.check import check, compile_text
from dougong.formula.facts import comparison, conjuncts
from dougong.formula.scope import Checked
from dougong.formula.types import Kind, Type
from dougong.kernel.errors import FormulaError
from tests.formula.world import RecordScope


def problems_of(text: str, expect: Kind | None = None) -> list[tuple[str, int]]:
    checked, problems = check(text, RecordScope(), expect=expect)
    assert (checked is None) == any(each.level == "error" for each in problems)
    return [(each.code, each.params["position"]) for each in problems]


def checked_of(text: str) -> Checked:
    return compile_text(text, RecordScope())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amuont + 1", [("unknown_field", 0)]),
        ("amount + titel + fe", [("unknown_field", 9), ("unknown_field", 17)]),
        ("amount.x > 1", [("unknown_field", 0)]),
        ("1 + sun(amount)", [("unknown_function", 4)]),
        ("round()", [("arguments", 0)]),
        ("round(amount, 1, 2)", [("arguments", 0)]),
        ('amount > "many"', [("type", 9)]),
        ("title + 1", [("type", 0)]),
        ("amount and done", [("type", 0)]),
        ("not amount", [("type", 4)]),
        ("if(amount, 1, 2)", [("type", 3)]),
        ('if(done, 1, title)', [("type", 12)]),
        ("done < late", [("type", 0)]),
        ("project < other", [("type", 0)]),
        ("start = amount", [("type", 8)]),
        ('start >= "2025-02-30"', [("literal", 9)]),
        ('date("2025-13-01")', [("literal", 5)]),
        ('amount in ("a", 1)', [("type", 11)]),
        ("amount in title", [("type", 10)]),
        ("len(amount)", [("type", 4)]),
        ('datediff(start, finish, "hour")', [("words", 24)]),
        ("lines", [("rows", 0)]),
        ("lines.price + 1", [("rows", 0)]),
        ("sum(lines.prize)", [("unknown_field", 4)]),
        ("sum(lines.kind)", [("type", 4)]),
        ("sum(lines)", [("arguments", 0)]),
        ("sum(lines.price, quantity)", [("type", 17)]),
        ("sum(lines.price, sum(lines.price) > 1)", [("nested", 0)]),
        ("first(amount)", [("rows", 0)]),
        ("my(other)", [("group", 3)]),
        ("my(amount)", [("group", 3)]),
        ("my(1)", [("group", 0)]),
        ('total("no.such.total", 1).x > 1', [("unknown_total", 0)]),
        ('total("t.ticket.per_day", worker).hours', [("arguments", 0)]),
        ('total("t.ticket.per_day", worker, amount).hours', [("type", 34)]),
        ("amount = null", [("null_comparison", 0)]),
        ('title <> ""', [("null_comparison", 0)]),
        ("1 +", [("unexpected_end", 3)]),
    ],
)  # fmt: skip
def test_problems_with_their_positions(text: str, found: list[tuple[str, int]]) -> None:
    assert problems_of(text) == found


def test_a_misspelt_function_gets_a_suggestion() -> None:
    _, problems = check("ruond(amount, 2)", RecordScope())
    assert problems[0].params["near"] == "round"


@pytest.mark.parametrize(
    ("text", "expect", "right"),
    [
        ("amount", Kind.NUMBER, True),
        ("amount > 1", Kind.BOOLEAN, True),
        ("null", Kind.DATE, True),
        ('"2025-08-04"', Kind.DATE, True),
        ("now()", Kind.DATE, True),
        ("me()", Kind.MEMBER, True),
        ("amount", Kind.TEXT, False),
        ("title", Kind.BOOLEAN, False),
        ("tags", Kind.LIST, True),
    ],
)
def test_the_kind_that_is_expected(text: str, expect: Kind, right: bool) -> None:
    assert (problems_of(text, expect) == []) is right


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("amount", 2),
        ("amount + ratio", 6),
        ("amount - 1.5", 2),
        ("amount * pieces", 2),
        ("amount * ratio", 8),
        ("ratio * ratio", None),
        ("amount / 2", None),
        ("round(amount / 3, 2)", 2),
        ("round(amount, -1)", 0),
        ("if(done, amount, 0.125)", 3),
        ("nz(amount, 0)", 2),
        ("sum(lines.quantity)", 3),
        ("avg(lines.quantity)", None),
        ("count(lines)", 0),
        ("abs(-amount)", 2),
    ],
)
def test_the_places_a_result_needs(text: str, scale: int | None) -> None:
    assert checked_of(text).type == Type(Kind.NUMBER, scale=scale)


def test_what_a_formula_reads() -> None:
    found = checked_of("amount + sum(lines.price, quantity > fee) + total('t.ticket.per_day', worker, start).hours")
    assert {each.path for each in found.reads} == {("amount",), ("lines",), ("fee",), ("worker",), ("start",)}
    assert {each.anchor for each in found.reads} == {"self"}
    (aggregate,) = found.aggregates
    assert {(each.anchor, each.path) for each in aggregate.reads} == {
        ("self", ("price",)), ("self", ("quantity",)), ("parent", ("fee",)),
    }  # fmt: skip
    assert found.totals == {"t.ticket.per_day"}


@pytest.mark.parametrize(
    ("text", "volatile", "queryable"),
    [
        ("amount > 1", False, True),
        ("start < today()", True, True),
        ("me() = worker", True, True),
        ("my(project)", True, True),
        ("start >= addworkdays(today(), -5)", True, True),
        ("workdays(start, finish) > 5", True, False),
        ("rmb_upper(amount)", False, False),
        ("rmb_upper(12.5) = title", False, True),
        ("sum(lines.price * 2) > 1", False, True),
        ("first(lines.price) > 1", False, False),
        ("department_of(worker) = my_department()", True, False),
        ('text(start, "yyyy") = "2025"', False, False),
        ("isblank(tags)", False, True),
    ],
)
def test_volatile_and_queryable(text: str, volatile: bool, queryable: bool) -> None:
    found = checked_of(text)
    assert (found.volatile, found.queryable) == (volatile, queryable)


def test_the_canonical_text_keeps_names_as_written() -> None:
    assert checked_of("求和（lines.price，kind＝'a'）+date('2025-08-04')-start").text == (
        'sum(lines.price, kind = "a") + date("2025-08-04") - start'
    )


def test_the_first_problem_is_raised_where_there_is_no_place_to_report() -> None:
    with pytest.raises(FormulaError) as raised:
        compile_text("amount + nothing", RecordScope())
    assert (raised.value.code, raised.value.position) == ("unknown_field", 9)


def test_sides_of_a_guarding_comparison() -> None:
    left, operator, right = comparison(checked_of("amount - fee >= sum(lines.price)")) or pytest.fail("no comparison")
    assert (left.text, operator, right.text) == ("amount - fee", ">=", "sum(lines.price)")
    assert comparison(checked_of("amount = fee")) is None
    assert [each.text for each in conjuncts(checked_of("done and late and amount > 1"))] == [
        "done",
        "late",
        "amount > 1",
    ]
