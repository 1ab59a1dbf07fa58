"""A password, a key, a token: written, never read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ._characters import keepable
from ._keywords import text_rules, values_rules
from .type import FieldType, Rule, Unreadable

MASK = "••••"


class Secret(FieldType):
    """At most 1,000 characters. Whoever reads it is told `••••`, or null where nothing is kept: `write` knows no other
    answer, so that no read path can tell more. Formulas may only ask whether it is blank. An input left blank changes
    nothing; the API clears it with null."""

    name = "secret"
    widget = "secret"
    keywords = frozenset({"type", "enum", "const", "minLength", "maxLength", "pattern", "format"})
    operators = ()
    sortable = False
    filterable = False
    write_only = True
    limit = 1_000

    def column(self, field: Field) -> ColumnSpec | None:
        return TEXT

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.JSON)

    def read(self, value: Any, field: Field) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if value == MASK:
            raise Unreadable("format", reason="mask")
        if len(value) > self.limit:
            raise Unreadable("length", max=self.limit, length=len(value))
        return keepable(value) if value.strip() else None

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else MASK

    def rules(self, field: Field) -> Sequence[Rule]:
        return [*values_rules(field.schema, str), *text_rules(field.schema)]

    def write_form(self, value: Any, field: Field) -> str:
        return ""

    def mask(self, value: Any, field: Field) -> str:
        return MASK

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        return value if source.name == self.name else super().convert(value, source, old, new)

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(1, "type"), (True, "type"), (MASK, "format"), ("a\x00b", "format"), ("x" * 1_001, "length")]
