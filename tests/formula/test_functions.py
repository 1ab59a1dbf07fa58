"""Each function does what its own documentation says, and is documented in both languages."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from dougong.formula import exact
from dougong.formula.check import check, compile_text
from dougong.formula.functions import FUNCTIONS, Function
from dougong.formula.to_python import to_python
from dougong.kernel.errors import FormulaError
from tests.formula.world import RecordScope, env


def value_of(text: str, row: int = 1) -> Any:
    return to_python(compile_text(text, RecordScope()))(env(row))


def shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return exact.plain(value)
    return value.isoformat() if isinstance(value, (date, datetime, time)) else f'"{value}"'


ALL = [*FUNCTIONS.values()]
WITH_EXAMPLE = [each for each in ALL if each.result]


@pytest.mark.parametrize("function", WITH_EXAMPLE, ids=lambda each: each.name)
def test_the_example_of_a_function_gives_its_result(function: Function) -> None:
    assert shown(value_of(function.example)) == function.result


@pytest.mark.parametrize("function", WITH_EXAMPLE, ids=lambda each: each.name)
def test_every_name_of_a_function_means_the_same(function: Function) -> None:
    for alias in function.aliases:
        text = function.example.replace(f"{function.name}(", f"{alias}(")
        assert shown(value_of(text)) == function.result, alias


def test_every_function_is_described_and_has_a_chinese_name() -> None:
    for each in ALL:
        assert each.en.endswith(".") and each.zh.endswith("。"), each.name
        assert not each.aliases[0].isascii(), each.name


def test_there_are_sixty_functions_and_no_name_is_used_twice() -> None:
    names = [name for each in ALL for name in (each.name, *each.aliases)]
    assert len(ALL) >= 60
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("140.625 * 1", "140.625"),
        ("round(140.625, 2)", "140.63"),
        ("round(-140.625, 2)", "-140.63"),
        ("round(95.625, 2)", "95.63"),
        ("round(1250, -2)", "1300"),
        ("round(1 / 3, 4)", "0.3333"),
        ("2 / 3", "0.6666666667"),
        ("-2 / 3", "-0.6666666667"),
        ("1 / 0", "null"),
        ("0.00001 * 0.00005", "0.0000000005"),
        ("0.00001 * 0.000004", "0"),
        ("mod(7, -3)", "-2"),
        ("mod(-7.5, 2)", "0.5"),
        ("mod(7, 0)", "null"),
        ("1234567890123456.78 / 1000000000000", "1234.5678901235"),
        ("ceil(10.5) + floor(-0.5)", "10"),
        ("roundup(-1.21, 1)", "-1.3"),
        ("power(2, -2)", "0.25"),
        ("power(0, 0)", "1"),
        ("power(0, -1)", "null"),
        ("null + 1", "null"),
        ("nz(null, 0) + 1", "1"),
        ("null = null", "null"),
        ("null and false", "false"),
        ("null and true", "null"),
        ("null or true", "true"),
        ("not null", "null"),
        ("if(null, 1, 2)", "2"),
        ("if(false, 1)", "null"),
        ('"" & ""', "null"),
        ('"a" & null & 1.50', '"a1.5"'),
        ('"a" < "B"', "false"),
        ('"a" in ("b", null)', "null"),
        ('"a" in ("a", null)', "true"),
        ('"a" not in ("b", "c")', "true"),
        ('date("2025-01-31") + 1', "2025-02-01"),
        ('date("2025-03-01") - date("2024-02-29")', "366"),
        ('edate(date("2024-01-31"), 1)', "2024-02-29"),
        ('date(2024, 14, 31)', "2025-03-03"),
        ('datediff(date("2024-01-31"), date("2024-02-29"), "month")', "0"),
        ('datediff(date("2025-08-20"), date("2025-08-01"), "week")', "-2"),
        ('"2025-08-04" = date(2025, 8, 4)', "true"),
        ('text(1234567.891, "#,##0.00")', '"1,234,567.89"'),
        ('text(-0.5, "0%")', '"-50%"'),
        ('text(7, "000")', '"007"'),
        ('text(1.5, "0.0##")', '"1.5"'),
        ('text(date("2025-08-04"), "yyyy年m月d日")', '"2025年8月4日"'),
        ('text(time("08:05:09"), "hh:mm:ss")', '"08:05:09"'),
        ("sum(1, null, 2)", "3"),
        ("avg(1, null, 2)", "1.5"),
        ("avg(null, null)", "null"),
        ("max(null, 3, 2)", "3"),
        ('join(("a", "b"), "-")', '"a-b"'),
        ("today()", "2025-08-05"),
        ('workdays(date("2025-08-01"), date("2025-08-31"))', "21"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("-(1 + 2) * 3", "-9"),
        ("2 > 1 and not (1 > 2)", "true"),
        ('1 & 2 = "12"', "true"),
        ("between(null, 1, 2)", "null"),
    ],
)  # fmt: skip
def test_what_a_formula_gives(text: str, result: str) -> None:
    assert shown(value_of(text)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("sum(lines.price)", "20.1"),
        ('sum(lines.price, kind = "a")', "10.05"),
        ("sum(lines.price * lines.quantity)", "33.49665"),
        ("sum(lines, price * quantity, ok)", "33.49665"),
        ("count(lines)", "3"),
        ("count(lines.price)", "2"),
        ('countif(lines, kind = "a")', "2"),
        ("avg(lines.quantity)", "1.667"),
        ("min(lines.day)", "2025-07-31"),
        ("max(lines.price, not ok)", "10.05"),
        ("first(lines.kind)", '"a"'),
        ('last(lines.price, kind = "b")', "10.05"),
        ('join(lines.kind, "/")', '"a/b/a"'),
        ("countdistinct(lines.kind)", "2"),
        ("size(distinct(lines.kind))", "2"),
        ("any(lines.ok)", "true"),
        ("all(lines.ok)", "false"),
        ('all(lines, price > 0, kind = "b")', "true"),
        ("sum(lines.price, parent.amount > price)", "20.1"),
        ("sum(lines.price) + amount", "160.72"),
        ("求和（lines.price，kind ＝ “a”）", "10.05"),
    ],
)
def test_aggregates_over_rows(text: str, result: str) -> None:
    assert shown(value_of(text)) == result


def test_aggregates_of_nothing() -> None:
    found = [shown(value_of(text, row=0)) for text in ("sum(lines.price)", "count(lines)", "avg(lines.price)")]
    assert [*found, shown(value_of("min(lines.day)", row=0)), value_of("all(lines.ok)", row=0)] == [
        "0", "0", "null", "null", True,
    ]  # fmt: skip


def test_people() -> None:
    assert value_of("me() = worker") is True
    assert value_of("my(project)") is True
    assert value_of("my(project)", row=2) is False
    assert value_of("my(project)", row=0) is None
    assert value_of('in_role("gm") and not in_role("pm")') is True
    assert value_of("department_of(me()) = my_department()") is True


def test_totals() -> None:
    assert value_of('total("t.ticket.per_day", worker, finish).hours <= 24') is True


@pytest.mark.parametrize(
    "text",
    [
        "9999999999999999 * 9999999999999999",
        "power(9, 64)",
        "power(power(9, 9), 9)",
        "power(2, 65)",
        'repeat("x", 65537)',
        'repeat(repeat("x", 60000), 60000)',
        'len(substitute(repeat("a", 60000), "a", "bb"))',
        "addays(date(\"9999-12-31\"), 1)",
        "edate(date(\"2025-01-01\"), -99999)",
        "addworkdays(date(\"2025-01-01\"), 900000000)",
        "rmb_upper(99999999999999999)",
        "round(1, 9999999999)",
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_an_error_and_takes_no_time(text: str) -> None:
    checked, _ = check(text, RecordScope())
    assert checked is not None
    with pytest.raises(FormulaError, match="out_of_range"):
        to_python(checked)(env(0))


@pytest.mark.parametrize("pattern", ["abc", "0.00000000000", "x" * 101])
def test_a_format_that_makes_no_sense(pattern: str) -> None:
    with pytest.raises(FormulaError, match="format"):
        value_of(f'text(1, "{pattern}")')
