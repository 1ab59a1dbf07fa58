"""Files that belong to a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Kind, Type
from ..kernel.ids import is_id
from ._lists import _List
from .type import FieldType, Unreadable


class Attachment(_List):
    """JSON: array of file ids (POST /api/v1/files gives one). Whether a file exists is asked by the record store."""

    name = "attachment"
    widget = "attachment"
    operators = ("is null", "is not null")
    most = 100

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.LIST, item=formula.TEXT)

    def read_item(self, value: Any, field: Field) -> Any:
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if not is_id(value.lower()):
            raise Unreadable("reference", value=value[:60])
        return value.lower()

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        if source.name != self.name:
            raise Unreadable("type", source=source.name)
        return value

    def samples(self, field: Field) -> Sequence[Any]:
        first, second = "01890000-0000-7000-8000-00000000000a", "01890000-0000-7000-8000-00000000000b"
        return [(first,), (second, first)]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("x", "type"), ([1], "type"), (["x.jpg"], "reference")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "x-type": self.name}
