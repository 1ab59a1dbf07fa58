"""What formula, lookup and rollup share. One rule: their value is of another type, `field.result`, and all about it is
that type's business; they only say that nobody types it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.columns import ColumnSpec
from ..definition.model import Field
from ..formula.types import Type
from .registry import field_types
from .type import FieldType, Here, Rule


class _Computed(FieldType):
    json_type = ("string", "number", "boolean", "array", "object")
    widget = "output"
    inputs = False

    def of(self, field: Field) -> FieldType:
        """The type of the result. Raises TypeError before the definition was linked."""
        if field.result is None:
            raise TypeError(f"the result type of {field.name} is not known yet")
        return field_types()[field.result]

    def column(self, field: Field) -> ColumnSpec | None:
        return self.of(field).column(field)

    def formula_type(self, field: Field) -> Type:
        return self.of(field).formula_type(field)

    def read(self, value: Any, field: Field) -> Any:
        return self.of(field).read(value, field)

    def write(self, value: Any, field: Field) -> Any:
        return self.of(field).write(value, field)

    def settle(self, value: Any, field: Field) -> Any:
        return self.of(field).settle(value, field)

    def rules(self, field: Field) -> Sequence[Rule]:
        return self.of(field).rules(field)

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        return self.of(field).read_form(raw, field)

    def write_form(self, value: Any, field: Field) -> str:
        return self.of(field).write_form(value, field)

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        return self.of(field).read_local(raw, field, here)

    def write_local(self, value: Any, field: Field, here: Here) -> str:
        return self.of(field).write_local(value, field, here)

    def read_text(self, text: str, field: Field) -> Any:
        return self.of(field).read_text(text, field)

    def write_text(self, value: Any, field: Field) -> str:
        return self.of(field).write_text(value, field)

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        return self.of(new).convert(value, source, old, new)

    def choices(self, field: Field) -> Sequence[tuple[Any, str]]:
        return self.of(field).choices(field)

    def samples(self, field: Field) -> Sequence[Any]:
        return self.of(field).samples(field)

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return self.of(field).bad_samples(field)
