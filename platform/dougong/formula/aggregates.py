"""How a list of values becomes one; nulls have been left out before (for `all` they count as false)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from . import exact
from .functions.texts import bounded, show

Fold = Callable[[Sequence[Any], tuple[Any, ...]], Any]


def total(values: Sequence[Decimal], _: tuple[Any, ...] = ()) -> Decimal:
    """The exact sum; of nothing 0."""
    result = exact.ZERO
    for each in values:
        result = exact.EXACT.add(result, each)
    return exact.bounded(result)


def average(values: Sequence[Decimal], _: tuple[Any, ...] = ()) -> Decimal | None:
    """The average with one half-up step to scale 10; of nothing null."""
    return exact.divide(total(values), Decimal(len(values)))


def count(values: Sequence[Any], _: tuple[Any, ...] = ()) -> Decimal:
    """How many."""
    return Decimal(len(values))


def _join(values: Sequence[Any], extra: tuple[Any, ...]) -> str | None:
    separator = extra[0] or ""
    shown = [show(each) for each in values if each is not None]
    if sum(map(len, shown)) + len(separator) * len(shown) > 2 * 65_536:
        bounded(" " * 65_537)
    return bounded(separator.join(shown)) or None


def _distinct(values: Sequence[Any], _: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


AGGREGATES: dict[str, Fold] = {
    "sum": total,
    "avg": average,
    "count": count,
    "min": lambda values, _: min(values, default=None),
    "max": lambda values, _: max(values, default=None),
    "first": lambda values, _: values[0] if values else None,
    "last": lambda values, _: values[-1] if values else None,
    "join": _join,
    "distinct": _distinct,
    "countdistinct": lambda values, _: Decimal(len(set(values))),
    "any": lambda values, _: any(each is True for each in values),
    "all": lambda values, _: all(each is True for each in values),
}
