"""A share, kept as a fraction: 0.03 is 3 %."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..definition.model import Field
from ._characters import plain
from ._numbers import WIDE, _Number, short, typed_number


class Percent(_Number):
    """12 digits, six after the point. JSON and formulas have the fraction; wherever a person types or a file is exchanged as
    text it is per cent, with or without the sign: `3` and `3%` are 0.03. A number cell of a spreadsheet is the fraction
    and goes to `read`."""

    name = "percent"
    widget = "percent"
    precision = 12

    def scale(self, field: Field) -> int:
        return 6

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = raw[-1] if raw else ""
        if not text.strip():
            return None
        number = typed_number(plain(text).removesuffix("%"))
        return number.scaleb(-2, WIDE) if isinstance(number, Decimal) else text

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else f"{short(Decimal(value).scaleb(2, WIDE)):f}%"
