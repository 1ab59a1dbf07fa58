"""An amount of money in the tenant's currency."""

from __future__ import annotations

from decimal import ROUND_DOWN, Context, Decimal
from typing import Any

from ..definition.model import Field
from ._numbers import _Number

_WIDE = Context(prec=64)


class Money(_Number):
    """16 digits, two of them after the point; always written with both (495.00)."""

    name = "money"
    widget = "money"
    precision = 16

    def scale(self, field: Field) -> int:
        return 2

    def write(self, value: Any, field: Field) -> Any:
        short = super().write(value, field)
        if short is None or short.as_tuple().exponent < -2:
            return short
        return short.quantize(Decimal("0.01"), ROUND_DOWN, _WIDE)
