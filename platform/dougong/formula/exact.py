"""Exact decimal arithmetic, the one definition of what `+ - * /` and rounding give; SQL must give the same.

A value has at most 28 digits before and 10 after the point (NUMERIC(38,10)). Sums and differences are exact, a product,
quotient or average takes one exact half-up step to scale 10
(docs/derived-values.md, Decimals), a value beyond the range is `out_of_range`."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

from ..kernel.errors import FormulaError

SCALE = 10
LIMIT = Decimal(10) ** 28
ZERO, ONE = Decimal(0), Decimal(1)
#: Wide enough for the exact product of two values of 38 digits.
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
_STEP = Decimal(1).scaleb(-SCALE)


def bounded(value: Decimal) -> Decimal:
    """The value itself, if it is in range."""
    if -LIMIT < value < LIMIT:
        return value
    raise FormulaError("out_of_range")


def settled(value: Decimal) -> Decimal:
    """One half-up step to scale 10, in range."""
    if value.as_tuple().exponent < -SCALE:  # type: ignore[operator]
        value = value.quantize(_STEP, context=EXACT)
    return bounded(value)


def add(left: Decimal, right: Decimal) -> Decimal:
    """Exact sum."""
    return bounded(EXACT.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Exact difference."""
    return bounded(EXACT.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Product, half-up to scale 10 once."""
    return settled(EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """Quotient, half-up to scale 10 once; null when dividing by zero."""
    if not right:
        return None
    top, bottom = scaled(abs(left)), scaled(abs(right))
    quotient = (2 * top * 10**SCALE + bottom) // (2 * bottom)
    value = Decimal(quotient).scaleb(-SCALE, EXACT)
    return bounded(-value if (left < 0) != (right < 0) else value)


def scaled(value: Decimal, places: int = SCALE) -> int:
    """The value in units of 10**-places; it must fit."""
    return int(value.scaleb(places, EXACT))


def modulo(left: Decimal, right: Decimal) -> Decimal | None:
    """Remainder with the sign of the divisor (floored); null when dividing by zero."""
    if not right:
        return None
    rest = EXACT.remainder(left, right)
    return EXACT.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def rounded(value: Decimal, places: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The value at `places` decimals, negative ones meaning tens, hundreds …; halves away from zero."""
    places = max(-28, min(places, SCALE))
    result = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=EXACT)
    return bounded(result if places >= 0 else Decimal(f"{result:f}"))


def power(value: Decimal, exponent: int) -> Decimal | None:
    """Integer power, exact before its one rounding; a negative exponent divides. |exponent| <= 64."""
    if abs(exponent) > 64:
        raise FormulaError("out_of_range")
    wide = Context(prec=4000)
    raised = wide.power(value, abs(exponent)) if value or exponent else ONE
    if exponent >= 0:
        return settled_wide(raised)
    if not raised:
        return None
    return settled_wide(wide.divide(ONE, raised))


def settled_wide(value: Decimal) -> Decimal:
    """As `settled`, for values of thousands of digits."""
    if abs(value) >= LIMIT:
        raise FormulaError("out_of_range")
    return bounded(value.quantize(_STEP, rounding=ROUND_HALF_UP, context=EXACT))


def root(value: Decimal) -> Decimal | None:
    """Square root to scale 10; null for negative numbers."""
    return settled(EXACT.sqrt(value)) if value >= 0 else None


def whole(value: Decimal) -> int:
    """A count or position: decimals are cut off. Beyond 9 digits it is out_of_range."""
    if abs(value) >= 1_000_000_000:
        raise FormulaError("out_of_range")
    return int(value.to_integral_value(ROUND_DOWN))


def plain(value: Decimal) -> str:
    """The shortest exact text: no exponent, no trailing zeros, no minus before zero."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
