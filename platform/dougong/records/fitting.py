"""Rounds a computed value to what its field can hold, before it is compared, passed on or stored
(docs/derived-values.md, What is kept)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from ..formula.types import Kind, Type, Value
from ..kernel.errors import Invalid
from ..kernel.problems import Problem

DIGITS: Final = 18
_EXACT = Context(prec=64, rounding=ROUND_HALF_UP)


def fit(value: Value, kind: Type) -> Value:
    """Half-up to the type's scale; blank text is null. Raises Invalid `out_of_range` beyond 18 digits."""
    if isinstance(value, Decimal):
        return fit_number(value, kind.scale)
    if isinstance(value, str) and kind.kind is Kind.TEXT and not value.strip():
        return None
    return value


def fit_number(value: Decimal, scale: int | None) -> Decimal:
    """Half-up to `scale` places (None: at most ten)."""
    places = 10 if scale is None else scale
    rounded = value
    if -int(value.as_tuple().exponent) > places:
        rounded = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    if scale is not None and abs(rounded) >= Decimal(1).scaleb(DIGITS - scale):
        raise Invalid([Problem("out_of_range", params={"value": rounded})])
    return rounded


def quotient(total: Decimal, count: int, scale: int) -> Decimal:
    """total ÷ count, exact, rounded half-up once."""
    return _EXACT.divide(total, Decimal(count)).quantize(Decimal(1).scaleb(-scale), context=_EXACT)
