"""What both databases' SQL shares: comparisons with what no column can hold, shallow sums, filtered aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    case,
    cast,
    literal,
    literal_column,
    null,
)

from . import exact
from .sql_value import Element
from .types import Kind

#: Largest scaled integer a column holds (18 digits), and the largest SQLite can.
COLUMN_BOUND, INTEGER_BOUND = 10**18, 2**63 - 1
#: Arguments of one SQL function call.
ARGUMENTS = 90
TEXTUAL = frozenset({Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
ISO = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})


def filtered(aggregate: Any, where: Element | None) -> Element:
    """The aggregate over the rows where the condition is true."""
    found: Element = aggregate if where is None else aggregate.filter(where)
    return found


def opposite(value: Element, result: bool) -> Element:
    """True or false wherever the value is not null."""
    outcome: Element = literal_column("1=1" if result else "1=0", Boolean)
    return case((value.is_not(None), outcome), else_=cast(null(), Boolean))


def compared(operator: str, left: Any, right: Any) -> Element:
    """The comparison, in SQL's own words."""
    found: Element = _OPERATORS[operator](left, right)
    return found


_OPERATORS: dict[str, Any] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


MIRROR = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare_units(operator: str, column: Element, value: Decimal, scale: int) -> Element:
    """A column of integers against a number between two of its units, or beyond them all: still one native comparison."""
    units = value.scaleb(scale, exact.EXACT)
    if operator in ("=", "<>") and units != units.to_integral_value():
        return opposite(column, operator == "<>")
    below = operator in ("<", "<=")
    bound = int(units.to_integral_value(ROUND_FLOOR if below else ROUND_CEILING))
    if abs(bound) > INTEGER_BOUND:
        beyond = operator == "<>" or (operator != "=" and below == (bound > 0))
        return opposite(column, beyond)
    if units != bound:
        operator = "<=" if below else ">="
    return compared(operator, column, literal(bound, BigInteger()))


def balanced(terms: Sequence[Element]) -> Element:
    """The exact sum of the terms as a shallow tree, so that a long sum does not nest deeply."""
    items = list(terms)
    while len(items) > 1:
        pairs = [left + right for left, right in zip(items[::2], items[1::2], strict=False)]
        items = [*pairs, *items[len(items) - len(items) % 2 :]]
    return items[0]


def units_in(column: Element, values: Sequence[Decimal], scale: int) -> Element:
    """A column of integers among numbers; those between two of its units equal nothing in it."""
    units = [value.scaleb(scale, exact.EXACT) for value in values]
    whole = [int(each) for each in units if each == each.to_integral_value() and abs(each) <= INTEGER_BOUND]
    return column.in_([literal(each, BigInteger()) for each in whole]) if whole else opposite(column, False)
