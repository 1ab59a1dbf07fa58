"""A time of day, without a zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from ..definition.columns import TIME, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import plain
from ._keywords import values_rules
from .type import FieldType, Rule, Unreadable, blank

_ISO = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_TYPED = re.compile(r"(\d{1,2})[:时点](\d{2})分?(?::(\d{2}))?|(\d{2})(\d{2})", re.ASCII)


class Time(FieldType):
    """JSON "08:30:00"; "08:30" is accepted. Whole seconds."""

    name = "time"
    widget = "time"
    keywords = frozenset({"type", "enum", "const", "format"})
    operators = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
    converts_from = ("text", "choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return TIME

    def formula_type(self, field: Field) -> Type:
        return formula.TIME

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        try:
            if _ISO.fullmatch(value) and not value.startswith("24"):
                return time.fromisoformat(value)
        except ValueError:
            raise Unreadable("format", format="time", value=value, reason="no_such_time") from None
        raise Unreadable("format", format="time", value=value[:60])

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else value.isoformat("seconds")

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: self.write(value, field))

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        match = _TYPED.fullmatch(plain(text)) if text is not None else None
        if match is None:
            return text
        hour, minute, second, packed_hour, packed_minute = match.groups()
        return f"{hour or packed_hour:0>2}:{minute or packed_minute}:{second or '00'}"

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else value.isoformat("seconds" if value.second else "minutes")

    def samples(self, field: Field) -> Sequence[Any]:
        return [time(0, 0), time(8, 30), time(8, 30, 1), time(12, 0), time(23, 59, 59)]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = ("25:00:00", "24:00:00", "8:30", "08:60", "08:30:00.5", "08:30:00Z")
        return [(830, "type"), (True, "type"), *((each, "format") for each in texts)]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "time"}
