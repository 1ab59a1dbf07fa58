"""A list of free words, or of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Kind, Type
from ._characters import keepable
from ._keywords import array_rules, each_item, number_rules, text_rules, values_rules
from ._lists import _List
from ._numbers import MAX_DIGITS, MAX_SCALE, places, short, typed_number
from .type import FieldType, Rule, Unreadable

LONGEST = 500


class Tags(_List):
    """JSON: array of texts; where the schema's items are numbers, integers or booleans, of these. A text item has at most
    500 code points."""

    name = "tags"
    widget = "tags"
    converts_from = ("multi_choice", "choice", "text")

    def formula_type(self, field: Field) -> Type:
        kinds = {"integer": formula.INTEGER, "number": formula.NUMBER, "boolean": formula.BOOLEAN}
        return Type(Kind.LIST, item=kinds.get(_item(field), formula.TEXT))

    def read_item(self, value: Any, field: Field) -> Any:
        wanted = _item(field)
        if wanted in ("integer", "number"):
            return _number(value, 0 if wanted == "integer" else MAX_SCALE, wanted)
        if not isinstance(value, bool if wanted == "boolean" else str):
            raise Unreadable("type", expected=wanted)
        if isinstance(value, bool):
            return value
        if not value.strip():
            raise Unreadable("format", reason="blank")
        if len(value) > LONGEST:
            raise Unreadable("length", max=LONGEST, length=len(value))
        return keepable(value)

    def item_by_text(self, text: str, field: Field) -> Any:
        wanted = _item(field)
        if wanted == "boolean":
            return {"true": True, "false": False}.get(text, text)
        return typed_number(text) if wanted in ("integer", "number") else text

    def rules(self, field: Field) -> Sequence[Rule]:
        """Words stand once; figures, which may be measurements, only where the schema says so."""
        items = field.schema.get("items", {})
        checks = number_rules(items) if _item(field) in ("integer", "number") else text_rules(items)
        whole = super().rules(field) if _item(field) == "string" else array_rules(field.schema)
        return [*whole, each_item([*values_rules(items, lambda value: value), *checks])]

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """Chosen values become words."""
        if source.name in ("choice", "multi_choice"):
            return self.read([value] if source.name == "choice" else list(value), new)
        return super().convert(value, source, old, new)

    def samples(self, field: Field) -> Sequence[Any]:
        if _item(field) == "string":
            return [("急",), ("a, b", "三层", "[x]")]
        return [(True,)] if _item(field) == "boolean" else [(1,), (3, 2)]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        bad: list[tuple[Any, str]] = [("急", "type"), ([None], "type"), ([["急"]], "type"), ([{}], "type")]
        return [*bad, ([1], "type"), (["x" * 501], "length")] if _item(field) == "string" else [*bad, (["x"], "type")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}


def _item(field: Field) -> str:
    declared = field.schema.get("items", {}).get("type", "string")
    return declared if isinstance(declared, str) else next((each for each in declared if each != "null"), "string")


def _number(value: Any, scale: int, expected: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not Decimal(value).is_finite():
        raise Unreadable("type", expected=expected)
    number = Decimal(value)
    if number and number.adjusted() >= MAX_DIGITS:
        raise Unreadable("out_of_range", digits=MAX_DIGITS)
    if places(number) > scale:
        raise Unreadable("scale", scale=scale)
    return int(number) if not scale else short(number)
