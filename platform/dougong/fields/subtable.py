"""Rows that belong to a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..definition.columns import ColumnSpec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ..kernel.problems import pointer
from ._keywords import ARRAY_KEYWORDS, array_rules
from .type import FieldType, Rule, Unreadable

MOST_ROWS = 5000


class Subtable(FieldType):
    """JSON: array of objects, each perhaps with its `$id`. Rows have a table of their own; their fields are read by their
    own types (validate.py), so `read` only says whether these are rows at all."""

    name = "subtable"
    json_type = "array"
    widget = "subtable"
    multiple = True
    sortable = False
    filterable = False
    operators = ()
    keywords = frozenset({"type", "items"}) | ARRAY_KEYWORDS

    def column(self, field: Field) -> ColumnSpec | None:
        return None

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.ROWS)

    def read(self, value: Any, field: Field) -> Any:
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise Unreadable("type", expected="array")
        if len(value) > MOST_ROWS:
            raise Unreadable("length", max_items=MOST_ROWS, length=len(value))
        for index, row in enumerate(value):
            if not isinstance(row, Mapping):
                raise Unreadable("type", inside=pointer(index), expected="object")
        return tuple(value)

    def write(self, value: Any, field: Field) -> Any:
        return list(value or ())

    def rules(self, field: Field) -> Sequence[Rule]:
        return array_rules({key: each for key, each in field.schema.items() if key != "uniqueItems"})

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        raise Unreadable("type", source=source.name)

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("x", "type"), ({}, "type"), ([1], "type"), ([None], "type")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "object", "properties": {"what": {"type": "string"}}}}
