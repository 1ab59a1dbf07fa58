"""What member, department and reference share. One rule: the value is the id of a row elsewhere; whether that row exists,
and who may see it, is asked by the record store.

Anywhere an id is sent, `{"$key": "PRJ-A"}` may stand instead: the number, or a unique field, of that row. The record store
resolves it before it asks `read`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..definition.columns import ID, ColumnSpec
from ..definition.model import Field
from ..kernel.ids import is_id
from .type import FieldType, Unreadable, blank


class _Id(FieldType):
    sortable = False
    operators: ClassVar[tuple[str, ...]] = ("=", "<>", "in", "is null", "is not null")
    keywords = frozenset({"type"})

    def column(self, field: Field) -> ColumnSpec | None:
        return ID

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if not is_id(value.lower()):
            raise Unreadable("reference", value=value[:60])
        return value.lower()

    def read_text(self, text: str, field: Field) -> Any:
        """An id, or the key people know the row by."""
        text = text.strip()
        return text if is_id(text) else {"$key": text} if text else None

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """An id keeps its meaning only while it points to the same kind of row."""
        if source.name != self.name or old.ref != new.ref:
            raise Unreadable("type", source=source.name)
        return value

    def samples(self, field: Field) -> Sequence[Any]:
        return ["01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("PRJ-A", "reference"), (1, "type"), ([], "type"), ({"id": "x"}, "type")]
