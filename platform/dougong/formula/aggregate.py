"""Measures: `sum(amount)`, `count()`, `avg(x)`, `min(x)`, `max(x)` over rows that are given from outside, as totals,
roll-ups and the API's aggregates ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from ..kernel.errors import FormulaError
from ..kernel.problems import Problem
from .ast import Call, Node
from .check import check
from .parser import parse
from .scope import Checked, Scope
from .types import INTEGER, NUMBER, Kind, Type

Fn = Literal["sum", "count", "avg", "min", "max"]
FNS = ("sum", "count", "avg", "min", "max")


@dataclass(frozen=True)
class Measure:
    """`value` None only for count(): rows are counted."""

    fn: Fn
    value: Node | None


def parse_measure(text: str) -> Measure:
    """A measure from its text. Raises FormulaError: those of parse, measure (not one of the five), arguments."""
    node = parse(text)
    if not isinstance(node, Call) or node.function not in FNS:
        raise FormulaError("measure", position=node.position)
    least = 0 if node.function == "count" else 1
    if not least <= len(node.arguments) <= 1:
        raise FormulaError("arguments", position=node.position, function=node.function, least=least, most=1)
    return Measure(cast("Fn", node.function), node.arguments[0] if node.arguments else None)


def check_measure(measure: Measure, scope: Scope) -> tuple[Checked | None, Type, list[Problem]]:
    """The measure's value checked in the scope of a row, the measure's own type, and all problems. The value of count() is
    None without a problem."""
    if measure.value is None:
        return None, INTEGER, []
    expect = Kind.NUMBER if measure.fn in ("sum", "avg") else None
    checked, problems = check(measure.value, scope, expect=expect)
    if checked is None:
        return None, NUMBER, problems
    return checked, measure_type(measure.fn, checked.type), problems


def measure_type(fn: str, value: Type | None) -> Type:
    """What a measure over values of a type gives: sums keep the scale, averages have ten places."""
    if fn == "count" or value is None:
        return INTEGER
    return NUMBER if fn == "avg" else value
