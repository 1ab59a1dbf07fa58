"""What text, long_text and auto_number share. One rule: text is kept as it was typed, blank text is null, length counts
code points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import keepable
from ._keywords import TEXT_KEYWORDS, text_rules, values_rules
from .type import FieldType, Rule, Unreadable


class _Text(FieldType):
    keywords = frozenset({"type", "enum", "const"}) | TEXT_KEYWORDS
    operators: ClassVar[tuple[str, ...]] = ("=", "<>", "contains", "startswith", "in", "is null", "is not null")
    limit: ClassVar[int] = 10_000

    def column(self, field: Field) -> ColumnSpec | None:
        return TEXT

    def formula_type(self, field: Field) -> Type:
        return formula.TEXT

    def longest(self, field: Field) -> int:
        """The most code points this field keeps, whatever its schema allows."""
        return self.limit

    def read(self, value: Any, field: Field) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if len(value) > self.longest(field):
            raise Unreadable("length", max=self.longest(field), length=len(value))
        return keepable(value) if value.strip() else None

    def rules(self, field: Field) -> Sequence[Rule]:
        return [*values_rules(field.schema, self._same), *text_rules(field.schema)]

    @staticmethod
    def _same(value: Any) -> Any:
        return value

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(1, "type"), (True, "type"), (["a"], "type"), ("a\x00b", "format"), ("\ud800", "format")]
