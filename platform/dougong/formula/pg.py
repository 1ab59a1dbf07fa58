"""PostgreSQL's exact division and its other pieces that functions share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, cast, func, literal_column

Element = ColumnElement[Any]
#: The range of every intermediate value: a cast to it rounds half away from zero once, and refuses what is larger.
WIDE = Numeric(38, 10)
TEXT = Text()
_UNIT = 10**10


def divide(left: Element, right: Element) -> Element:
    """`sign · div(|a|·2·10^10 + |b|, 2·|b|) / 10^10`: one exact half-up step
    (docs/derived-values.md, Decimals), null for a divisor of zero. The
    last division is a product, because NUMERIC division chooses its own scale."""
    top = func.abs(left) * literal_column(str(2 * _UNIT)) + func.abs(right)
    whole = func.div(top, func.nullif(func.abs(right) * 2, 0))
    return cast(func.sign(left) * func.sign(right) * whole * literal_column("0.0000000001"), WIDE)


def multiply(left: Element, right: Element) -> Element:
    """The product, half-up to scale 10 once: NUMERIC products are exact."""
    return cast(left * right, WIDE)
