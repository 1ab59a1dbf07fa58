"""A calendar month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import plain
from ._keywords import values_rules
from .type import FieldType, Here, Rule, Unreadable, blank

_ISO = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_TYPED = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:份)?|(\d{4})(\d{2})|(\d{4})-(\d{2})-01(?: 00:00:00)?", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})月?(?:份)?", re.ASCII)
_WORDS = {
    "本月": 0, "这个月": 0, "当月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1,
    "this month": 0, "last month": -1, "next month": 1,
}  # fmt: skip


class Month(FieldType):
    """JSON and formulas "2026-02", as `ym(date)` gives it: text that sorts as time does. A person may type 2026-2, 202602,
    2026年2月, and where today is known 2月, 本月, 上月."""

    name = "month"
    widget = "month"
    keywords = frozenset({"type", "enum", "const"})
    operators = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
    converts_from = ("text", "choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return TEXT

    def formula_type(self, field: Field) -> Type:
        return formula.TEXT

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        match = _ISO.fullmatch(value)
        if match is None:
            raise Unreadable("format", format="month", value=value[:60])
        if not 1 <= int(match[2]) <= 12 or match[1] == "0000":
            raise Unreadable("format", format="month", value=value, reason="no_such_month")
        return value

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: value)

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        match = _TYPED.fullmatch(plain(text)) if text is not None else None
        if match is None:
            return text
        year, month = (each for each in match.groups() if each is not None)
        return f"{year}-{month:0>2}"

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        text = self.read_form(raw, field)
        if text is None:
            return None
        word = plain(text).lower()
        if word in _WORDS:
            months = here.today.year * 12 + here.today.month - 1 + _WORDS[word]
            return f"{months // 12:04}-{months % 12 + 1:02}"
        match = _SHORT.fullmatch(word)
        return f"{here.today.year:04}-{match[1]:0>2}" if match else text

    def samples(self, field: Field) -> Sequence[Any]:
        return ["0001-01", "1949-10", "2025-12", "2026-02", "9999-12"]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = ("2026-13", "2026-00", "2026-2", "0000-01", "2026-02-01", "２０２６-02", "本月")
        return [(202602, "type"), (True, "type"), *((each, "format") for each in texts)]
