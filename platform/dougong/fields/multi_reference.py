"""Several records of another form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ..formula.types import Kind, Type
from ..kernel.ids import is_id
from ._lists import _json_array, _List
from .type import FieldType, Unreadable


class MultiReference(_List):
    """JSON: array of record ids, in the order chosen; on write each may be `{"$key": "PRJ-A"}`, which the record store
    resolves before it asks `read`."""

    name = "multi_reference"
    widget = "multi_picker"
    converts_from = ("reference",)

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.LIST, item=Type(Kind.RECORD, form=field.ref))

    def read_item(self, value: Any, field: Field) -> Any:
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if not is_id(value.lower()):
            raise Unreadable("reference", value=value[:60])
        return value.lower()

    def read_text(self, text: str, field: Field) -> Any:
        """Ids, or the keys people know the records by."""
        items = _json_array(text)
        if items is None:
            for mark in "，、；;\n":
                text = text.replace(mark, ",")
            items = [each.strip() for each in text.split(",")]
        return [each if is_id(str(each)) else {"$key": str(each)} for each in items if str(each).strip()] or None

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """One record becomes a list of one, while it is of the same form."""
        if source.name not in (self.name, "reference") or old.ref != new.ref:
            raise Unreadable("type", source=source.name)
        return self.read(list(value) if source.multiple else [value], new)

    def samples(self, field: Field) -> Sequence[Any]:
        first, second = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
        return [(first,), (second, first)]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("PRJ-A", "type"), ([1], "type"), (["PRJ-A"], "reference"), ({"id": "x"}, "type")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "x-ref": "base.sample"}
