"""A mark: so many of a few stars."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..definition.model import Field
from .integer import Integer
from .type import Unreadable

MOST, USUAL = 10, 5


class Rating(Integer):
    """A whole number from 1 to `x-options: {"max": 5}`, at most 10."""

    name = "rating"
    widget = "rating"
    operators = ("=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null")

    def highest(self, field: Field) -> int:
        """How many stars there are."""
        asked = field.options.get("max", USUAL)
        whole = isinstance(asked, int | Decimal) and not isinstance(asked, bool) and asked == int(asked)
        return min(max(int(asked), 1), MOST) if whole else USUAL

    def read(self, value: Any, field: Field) -> Any:
        number = super().read(value, field)
        if number is not None and not 1 <= number <= self.highest(field):
            raise Unreadable("range", reason="rating", highest=self.highest(field), value=number)
        return number

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """`4`, `4/5` or `★★★★☆`."""
        text = (raw[-1] if raw else "").strip()
        stars = text.rstrip("☆")
        if stars and set(stars) == {"★"} and len(stars) <= MOST:
            return len(stars)
        return super().read_form([text.removesuffix(f"/{self.highest(field)}")], field)

    def choices(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(number, str(number)) for number in range(1, self.highest(field) + 1)]

    def samples(self, field: Field) -> Sequence[Any]:
        return list(range(1, self.highest(field) + 1))

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("1", "type"), (True, "type"), (0, "range"), (-1, "range"), (self.highest(field) + 1, "range"),
                (Decimal("1.5"), "scale"), (Decimal("1e30"), "out_of_range")]  # fmt: skip
