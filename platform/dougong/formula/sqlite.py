"""The functions registered on every SQLite connection: exact arithmetic, and the language's own functions.

Numbers travel as exact decimal text, everything else as SQLite keeps it. The first argument of a language function names
the kinds of the others, one letter each, so that it gets back the values Python would have had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import simplejson

from ..kernel.errors import FormulaError
from . import exact
from .aggregates import AGGREGATES
from .functions import FUNCTIONS, Function
from .sql_value import encode
from .to_python import applied
from .types import Kind

LETTERS = {
    Kind.NUMBER: "n", Kind.TEXT: "t", Kind.BOOLEAN: "b", Kind.DATE: "d", Kind.DATETIME: "i", Kind.TIME: "c",
    Kind.LIST: "l", Kind.RECORD: "t", Kind.MEMBER: "t", Kind.DEPARTMENT: "t", Kind.JSON: "l", Kind.NULL: "t",
}  # fmt: skip
_SHIFT = 5 * 10**39


def sqlite_functions() -> Sequence[tuple[str, int, Callable[..., Any]]]:
    """(name, number of arguments or -1, function), all deterministic."""
    return (*_ARITHMETIC, *_language())


def prefixed(function: str) -> str:
    """The registered name of a language function."""
    return "dg_f_" + function


def _language() -> Iterator[tuple[str, int, Callable[..., Any]]]:
    for function in FUNCTIONS.values():
        if function.postgresql is not None and not function.context:
            yield prefixed(function.name), -1, _registered(function)


def _registered(function: Function) -> Callable[..., Any]:
    call, takes_zone = applied(function), function.zone

    def run(kinds: str, *arguments: Any) -> Any:
        if takes_zone:
            zone, *rest = arguments
            return encode(call(ZoneInfo(zone), *map(decode, kinds, rest)))
        return encode(call(*map(decode, kinds, arguments)))

    return run


def decode(kind: str, value: Any) -> Any:
    """A SQLite value as the language's."""
    return None if value is None else _DECODERS[kind](value)


def number(value: Any) -> Decimal:
    """A number from exact text or an integer; a REAL never comes here."""
    if isinstance(value, float):
        raise TypeError("a REAL reached exact arithmetic")
    return Decimal(value)


def read_list(text: str) -> tuple[Any, ...]:
    """A JSON list, numbers exact."""
    found = simplejson.loads(text, use_decimal=True)
    items = found if isinstance(found, list) else [found]
    return tuple(Decimal(each) if isinstance(each, int) and not isinstance(each, bool) else each for each in items)


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "n": number,
    "t": str,
    "b": bool,
    "d": date.fromisoformat,
    "i": datetime.fromisoformat,
    "c": time.fromisoformat,
    "l": read_list,
}


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """Null in, null out; numbers as text on both sides."""

    def run(*arguments: Any) -> Any:
        if None in arguments:
            return None
        return encode(function(*map(number, arguments)))

    return run


def _from_scaled(value: int | None, scale: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        raise TypeError("a REAL reached exact arithmetic")
    return exact.plain(Decimal(value).scaleb(-scale, exact.EXACT))


def _to_scaled(value: Any, scale: int) -> int | None:
    """Half-up to the scale; beyond 18 digits it is out_of_range, as in any column."""
    if value is None:
        return None
    units = exact.scaled(exact.rounded(number(value), scale), scale)
    if abs(units) >= 10**18:
        raise FormulaError("out_of_range")
    return units


def _sum(signs: str, *values: Any) -> str | None:
    """Exact sum of signed values."""
    if None in values:
        return None
    total = exact.ZERO
    for sign, value in zip(signs, values, strict=True):
        total = (exact.EXACT.subtract if sign == "-" else exact.EXACT.add)(total, number(value))
    return exact.plain(exact.bounded(total))


def _compare(left: Any, right: Any) -> int | None:
    if left is None or right is None:
        return None
    one, other = number(left), number(right)
    return (one > other) - (one < other)


def _key(value: Any) -> str | None:
    """Text that sorts as the number does."""
    return None if value is None else f"{exact.scaled(number(value)) + _SHIFT:040d}"


def _unkey(key: str | None) -> str | None:
    return None if key is None else exact.plain(Decimal(int(key) - _SHIFT).scaleb(-exact.SCALE, exact.EXACT))


def _high(value: Any) -> int | None:
    """The whole part below, for sums too large for one integer."""
    return None if value is None else int(number(value).to_integral_value(ROUND_FLOOR))


def _low(value: Any) -> int | None:
    return None if value is None else exact.scaled(exact.EXACT.subtract(number(value), Decimal(_high(value) or 0)))


def _join(high: int | None, low: int | None) -> str:
    return exact.plain(exact.bounded(exact.EXACT.add(Decimal(high or 0), Decimal(low or 0).scaleb(-exact.SCALE))))


def _folded(name: str) -> Callable[..., Any]:
    """min, max, avg over numbers that are not null."""
    fold = AGGREGATES[name]
    return lambda *values: encode(fold([number(each) for each in values if each is not None], ()))


def _folded_text(name: str) -> Callable[..., Any]:
    fold = AGGREGATES[name]
    return lambda *values: fold([each for each in values if each is not None], ())


def _in_list(items: str | None, kind: str, value: Any) -> int | None:
    if items is None or value is None:
        return None
    return int(decode(kind, value) in read_list(items) if kind in "nb" else value in read_list(items))


_ARITHMETIC: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("dg_num", 2, _from_scaled),
    ("dg_scaled", 2, _to_scaled),
    ("dg_sum", -1, _sum),
    ("dg_mul", 2, _strict(exact.multiply)),
    ("dg_div", 2, _strict(exact.divide)),
    ("dg_cmp", 2, _compare),
    ("dg_key", 1, _key),
    ("dg_unkey", 1, _unkey),
    ("dg_high", 1, _high),
    ("dg_low", 1, _low),
    ("dg_join", 2, _join),
    ("dg_min", -1, _folded("min")),
    ("dg_max", -1, _folded("max")),
    ("dg_avg", -1, _folded("avg")),
    ("dg_min_text", -1, _folded_text("min")),
    ("dg_max_text", -1, _folded_text("max")),
    ("dg_in", 3, _in_list),
)
