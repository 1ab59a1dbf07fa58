"""Several of several values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ..formula.types import Kind, Type
from ._choices import by_text, option_type, options, pick
from ._lists import _List
from .type import FieldType


class MultiChoice(_List):
    """JSON: array of enum values, in the order chosen."""

    name = "multi_choice"
    widget = "multi_choice"
    converts_from = ("choice", "tags", "text")

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.LIST, item=option_type(self.choices(field)))

    def choices(self, field: Field) -> Sequence[tuple[Any, str]]:
        return options(field.schema.get("items", {}))

    def read_item(self, value: Any, field: Field) -> Any:
        return pick(value, self.choices(field))

    def item_by_text(self, text: str, field: Field) -> Any:
        return by_text(text, self.choices(field))

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """One chosen value becomes a list of one."""
        return self.read([value], new) if source.name == "choice" else super().convert(value, source, old, new)

    def samples(self, field: Field) -> Sequence[Any]:
        values = [each for each, _ in self.choices(field)]
        return [tuple(values[:1]), tuple(reversed(values))]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("业主", "type"), ({}, "type"), (["没有这一项"], "enum"), ([["业主"]], "enum")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": ["业主", "分包", "材料商, 零售"]}}
