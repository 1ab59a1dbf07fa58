"""A calendar day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ..definition.columns import DAY, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import plain
from ._keywords import values_rules
from .type import FieldType, Here, Rule, Unreadable, blank

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TYPED = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?", re.ASCII)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2})", re.ASCII)
_WORDS = {"今天": 0, "昨天": -1, "前天": -2, "明天": 1, "后天": 2, "today": 0, "yesterday": -1, "tomorrow": 1}


class Date(FieldType):
    """JSON "2026-02-28". A person may type 2026/2/28, 20260228, 2026年2月28日, and where today is known 0228, 2-28, 昨天."""

    name = "date"
    widget = "date"
    keywords = frozenset({"type", "enum", "const", "format"})
    operators = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
    converts_from = ("text", "choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return DAY

    def formula_type(self, field: Field) -> Type:
        return formula.DATE

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        try:
            if _ISO.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            raise Unreadable("format", format="date", value=value, reason="no_such_day") from None
        raise Unreadable("format", format="date", value=value[:60])

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else value.isoformat()

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: self.write(value, field))

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        if text is None:
            return None
        match = _TYPED.fullmatch(plain(text)) or _PACKED.fullmatch(plain(text))
        return "{}-{:0>2}-{:0>2}".format(*match.groups()) if match else text

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        text = self.read_form(raw, field)
        if text is None:
            return None
        word = plain(text).lower()
        if word in _WORDS:
            return (here.today + timedelta(days=_WORDS[word])).isoformat()
        if match := _SHORT.fullmatch(word):
            month, day = (each for each in match.groups() if each is not None)
            return f"{here.today.year:04}-{month:0>2}-{day:0>2}"
        return text

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else value.isoformat()

    def samples(self, field: Field) -> Sequence[Any]:
        return [date(1, 1, 1), date(1949, 10, 1), date(2024, 2, 29), date(2025, 8, 4), date(9999, 12, 31)]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = (
            "2026-02-30",
            "2025-02-29",
            "2026-2-3",
            "0000-01-01",
            "10000-01-01",
            "2026-02-28T00:00:00Z",
            "２０２６-02-28",
        )
        return [(20260228, "type"), (True, "type"), *((each, "format") for each in texts)]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}
