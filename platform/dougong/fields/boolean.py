"""Yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.columns import BOOL, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import plain
from ._keywords import values_rules
from .type import FieldType, Rule, Unreadable

_YES = frozenset({"true", "yes", "on", "y", "t", "1", "是", "对", "√", "✓"})
_NO = frozenset({"false", "no", "off", "n", "f", "0", "否", "错", "×", "✗"})


class Boolean(FieldType):
    """JSON true or false. A file or a person may say 是, 否, √, yes, 1 …; a tick box that is not ticked posts `false`."""

    name = "boolean"
    json_type = "boolean"
    widget = "boolean"
    converts_from = ("text", "choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return BOOL

    def formula_type(self, field: Field) -> Type:
        return formula.BOOLEAN

    def read(self, value: Any, field: Field) -> Any:
        if value is None or isinstance(value, bool):
            return value
        raise Unreadable("type", expected="boolean")

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: value)

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        if text is None:
            return None
        word = plain(text).lower()
        return True if word in _YES else False if word in _NO else text

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else "true" if value else "false"

    def samples(self, field: Field) -> Sequence[Any]:
        return [False, True]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(0, "type"), (1, "type"), ("true", "type"), ([], "type")]
