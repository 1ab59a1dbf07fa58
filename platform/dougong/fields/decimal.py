"""A decimal number, such as a quantity or a rate."""

from __future__ import annotations

from ..definition.model import Field
from ._numbers import _Number, declared_scale


class DecimalNumber(_Number):
    """18 digits, as many after the point as x-scale or multipleOf say, else 6."""

    name = "decimal"

    def scale(self, field: Field) -> int:
        return declared_scale(field, 6)
