"""What attachment, image and signature share: a list of ids of uploaded files. One rule: whether a file exists, whose it is
and what it holds is asked by the record store; here only the ids are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Kind, Type
from ..kernel.ids import is_id
from ._lists import _List
from .type import FieldType, Unreadable

_FIRST, _SECOND = "01890000-0000-7000-8000-00000000000a", "01890000-0000-7000-8000-00000000000b"


class _Files(_List):
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
        """Files stay the same files; a field that takes fewer, or pictures only, is asked by the record store again."""
        if source.name != self.name and source.name not in self.converts_from:
            raise Unreadable("type", source=source.name)
        return self.read(list(value), new)

    def samples(self, field: Field) -> Sequence[Any]:
        return [(_FIRST,), (_SECOND, _FIRST)][: 1 if self.most == 1 else 2]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(7, "type"), ([1], "type"), (["x.jpg"], "reference"), ([_FIRST] * (self.most + 1), "length")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "x-type": self.name}
