"""Measures as totals, roll-ups and the API write them."""

from __future__ import annotations

import pytest

from dougong.formula.aggregate import check_measure, parse_measure
from dougong.formula.printer import to_text
from dougong.formula.types import Kind, Type
from dougong.kernel.errors import FormulaError
from tests.formula.world import RecordScope


@pytest.mark.parametrize(
    ("text", "fn", "value"),
    [("sum(amount)", "sum", "amount"), ("求和(nz(amount, 0) + fee)", "sum", "nz(amount, 0) + fee"),
     ("count()", "count", None), ("AVG(ratio)", "avg", "ratio"), ("max(start)", "max", "start")],
)  # fmt: skip
def test_a_measure(text: str, fn: str, value: str | None) -> None:
    measure = parse_measure(text)
    assert (measure.fn, measure.value and to_text(measure.value)) == (fn, value)


@pytest.mark.parametrize(
    ("text", "code"),
    [("amount", "measure"), ("round(amount)", "measure"), ("sum()", "arguments"), ("sum(a, b)", "arguments"),
     ("first(amount)", "measure"), ("sum(", "unexpected_end")],
)  # fmt: skip
def test_what_is_no_measure(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        parse_measure(text)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("text", "gives"),
    [("sum(amount)", Type(Kind.NUMBER, scale=2)), ("avg(amount)", Type(Kind.NUMBER)), ("max(start)", Type(Kind.DATE)),
     ("count(title)", Type(Kind.NUMBER, scale=0))],
)  # fmt: skip
def test_what_a_measure_gives(text: str, gives: Type) -> None:
    checked, found, problems = check_measure(parse_measure(text), RecordScope())
    assert (found, problems) == (gives, [])
    assert checked is not None


def test_only_numbers_are_summed() -> None:
    checked, _, problems = check_measure(parse_measure("sum(title)"), RecordScope())
    assert checked is None
    assert [each.code for each in problems] == ["type"]
