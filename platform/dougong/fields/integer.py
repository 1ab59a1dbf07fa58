"""A whole number."""

from __future__ import annotations

from typing import Any

from ..definition.columns import INT, ColumnSpec
from ..definition.model import Field
from ._numbers import _Number


class Integer(_Number):
    """At most 18 digits; 1.0 is an integer (JSON Schema 2020-12, 6.1.1) and kept as 1."""

    name = "integer"
    json_type = "integer"

    def scale(self, field: Field) -> int:
        return 0

    def column(self, field: Field) -> ColumnSpec | None:
        return INT

    def read(self, value: Any, field: Field) -> Any:
        number = super().read(value, field)
        return None if number is None else int(number)

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else int(value)

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else str(int(value))
