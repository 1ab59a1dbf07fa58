"""One of several values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.columns import ColumnSpec
from ..definition.model import Field
from ..formula.types import Type
from ._choices import by_text, option_column, option_type, options, pick, settled, value_text
from .type import FieldType, Unreadable, blank


class Choice(FieldType):
    """JSON is the enum value; labels come from `oneOf: [{const, title}]`."""

    name = "choice"
    json_type = ("string", "integer", "number", "boolean")
    widget = "choice"
    keywords = frozenset({"type", "enum", "const", "oneOf"})
    operators = ("=", "<>", "in", "is null", "is not null")
    converts_from = ("text", "integer", "boolean", "decimal")

    def column(self, field: Field) -> ColumnSpec | None:
        return option_column(self.choices(field))

    def formula_type(self, field: Field) -> Type:
        return option_type(self.choices(field))

    def choices(self, field: Field) -> Sequence[tuple[Any, str]]:
        return options(field.schema)

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if isinstance(value, (list, tuple, dict, float)):
            raise Unreadable("type", expected="string")
        return pick(value, self.choices(field))

    def settle(self, value: Any, field: Field) -> Any:
        """A formula's 2 is the option 2, though formulas count in Decimals."""
        return settled(super().settle(value, field), self.choices(field))

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        return None if text is None else by_text(text, self.choices(field))

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else value_text(value)

    def samples(self, field: Field) -> Sequence[Any]:
        values = [each for each, _ in self.choices(field)]
        return sorted(values) if len({type(each) for each in values}) == 1 else values

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("没有这一项", "enum"), (12345, "enum"), (["平日"], "type"), ({}, "type")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": ["休息日", "平日", "法定节假日"]}
