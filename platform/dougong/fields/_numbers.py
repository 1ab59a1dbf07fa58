"""What integer, decimal, money and percent share. One rule: a number is exact; more places or digits than the column holds
are refused, never rounded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any, ClassVar

from ..definition.columns import ColumnSpec, dec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ..kernel.errors import Invalid
from ..kernel.problems import Problem
from ._characters import plain
from ._keywords import NUMBER_KEYWORDS, exact, number_rules, values_rules
from .type import FieldType, Rule, Unreadable

MAX_DIGITS = 18
MAX_SCALE = 10
NUMBERS = ("integer", "decimal", "money", "percent")
#: Wide enough for any number a person types (100 characters) times or by a hundred, so that nothing is rounded unseen.
WIDE = Context(prec=128)
_TYPED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)


def typed_number(text: str) -> Any:
    """`１,234.50 元` as a person types it → int or Decimal; anything else comes back as it was, for `read` to refuse."""
    short = plain(text).lstrip("¥￥").removesuffix("元").replace(" ", "")
    if _GROUPED.fullmatch(short):
        short = short.replace(",", "")
    if not _TYPED.fullmatch(short) or len(short) > 100:
        return text
    return Decimal(short)


def places(value: Decimal) -> int:
    """How many digits a number has after its point, closing zeros not counted."""
    digits, exponent = value.as_tuple().digits, value.as_tuple().exponent
    assert isinstance(exponent, int)
    closing = 0
    while exponent + closing < 0 and digits[len(digits) - 1 - closing] == 0 and closing < len(digits) - 1:
        closing += 1
    return max(0, -(exponent + closing)) if any(digits) else 0


def short(value: Decimal) -> Decimal:
    """Without closing zeros after the point, and never in the notation with an E."""
    return value.quantize(Decimal(1).scaleb(-places(value)), ROUND_DOWN, WIDE) if value else Decimal(0)


class _Number(FieldType):
    json_type = "number"
    widget = "number"
    keywords = frozenset({"type", "enum", "const"}) | NUMBER_KEYWORDS
    operators = ("=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null")
    converts_from = (*NUMBERS, "text", "choice")
    precision: ClassVar[int] = MAX_DIGITS

    def scale(self, field: Field) -> int:
        """How many places after the point this field keeps."""
        raise TypeError(f"{self.name} has no scale")

    def column(self, field: Field) -> ColumnSpec | None:
        return dec(self.precision, self.scale(field))

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.NUMBER, scale=self.scale(field))

    def read(self, value: Any, field: Field) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise Unreadable("type", expected=self.json_type)
        number = Decimal(value)
        if not number.is_finite():
            raise Unreadable("type", expected=self.json_type)
        return self._fitting(number, self.scale(field))

    def _fitting(self, number: Decimal, scale: int) -> Decimal:
        """The number with exactly `scale` places. Asked by exponent first: 1e999999999 is never written out."""
        if number and number.adjusted() >= self.precision - scale:
            raise Unreadable("out_of_range", digits=self.precision - scale, value=_printable(number))
        if places(number) > scale:
            raise Unreadable("scale", scale=scale, value=_printable(number))
        return number.quantize(Decimal(1).scaleb(-scale), ROUND_DOWN, WIDE) + 0  # + 0: no minus before zero

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else short(Decimal(value))

    def settle(self, value: Any, field: Field) -> Any:
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return super().settle(value, field)
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-self.scale(field)), ROUND_HALF_UP, Context(prec=100))
        try:
            return self.read(rounded, field)
        except Unreadable as error:
            raise Invalid([Problem(error.code, params=error.params)]) from None

    def rules(self, field: Field) -> Sequence[Rule]:
        return [*values_rules(field.schema, self._same), *number_rules(field.schema)]

    @staticmethod
    def _same(value: Any) -> Any:
        return value

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        return None if text is None else typed_number(text)

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else f"{self.write(value, field):f}"

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """A number stays the number it is: 0.03 becomes 3 %, not 0.03 %."""
        if source.name in NUMBERS:
            return self.read(value, new)
        return super().convert(value, source, old, new)

    def samples(self, field: Field) -> Sequence[Any]:
        step = Decimal(1).scaleb(-self.scale(field))
        top = Decimal(10) ** (self.precision - self.scale(field)) - step
        return [
            self.read(each, field)
            for each in sorted({-top, Decimal(-1), Decimal(0), step, Decimal(1), Decimal(2), top})
        ]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        beyond = Decimal(10) ** (self.precision - self.scale(field))
        fine = Decimal(1).scaleb(-self.scale(field) - 1)
        huge = Decimal("1e999999999")
        return [("1", "type"), (True, "type"), ([], "type"), (Decimal("NaN"), "type"), (Decimal("Infinity"), "type"),
                (beyond, "out_of_range"), (-beyond, "out_of_range"), (huge, "out_of_range"), (fine, "scale")]  # fmt: skip


def _printable(number: Decimal) -> str:
    text = str(number)
    return text if len(text) <= 60 else text[:60] + "…"


def declared_scale(field: Field, default: int) -> int:
    """x-scale, else as many places as multipleOf has, else the type's own; at most 10."""
    if field.scale is not None:
        return min(field.scale, MAX_SCALE)
    if "multipleOf" in field.schema:
        return min(places(exact(field.schema["multipleOf"])), MAX_SCALE)
    return default
