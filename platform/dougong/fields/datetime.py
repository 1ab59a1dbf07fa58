"""An instant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from ..definition.columns import INSTANT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._characters import plain
from ._keywords import values_rules
from .type import FieldType, Here, Rule, Unreadable, blank

_RFC3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,6})?(?:[Zz]|([+-]\d{2}:\d{2}))", re.ASCII)
_LOCAL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


class DateTime(FieldType):
    """JSON: RFC 3339, any offset on the way in, UTC with `Z` on the way out; microseconds are kept, more is refused. Where
    the zone is known, a person types and sees the tenant's own time."""

    name = "datetime"
    widget = "datetime"
    keywords = frozenset({"type", "enum", "const", "format"})
    operators = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
    converts_from = ("text",)

    def column(self, field: Field) -> ColumnSpec | None:
        return INSTANT

    def formula_type(self, field: Field) -> Type:
        return formula.DATETIME

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        match = _RFC3339.fullmatch(value)
        if not match:
            raise Unreadable("format", format="date-time", value=value[:60])
        day, clock, fraction, offset = match.groups()
        try:
            instant = datetime.fromisoformat(f"{day}T{clock}{(fraction or '.0')[:7]:0<7}{offset or '+00:00'}")
            return instant.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise Unreadable("format", format="date-time", value=value, reason="no_such_time") from None

    def write(self, value: Any, field: Field) -> Any:
        if value is None:
            return None
        return f"{value.astimezone(timezone.utc).replace(tzinfo=None).isoformat()}Z"

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: self.write(value, field))

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        """A time of day without an offset is meant in the tenant's zone; in the doubled hour of autumn the first one."""
        text = self.read_form(raw, field)
        match = _LOCAL.fullmatch(plain(text)) if isinstance(text, str) else None
        if match is None:
            return text
        try:
            local = datetime(*(int(each or 0) for each in match.groups()), tzinfo=here.zone)  # type: ignore[arg-type, misc]
            return self.write(local, field)
        except (ValueError, OverflowError):
            return text

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else str(self.write(value, field))

    def write_local(self, value: Any, field: Field, here: Here) -> str:
        if value is None:
            return ""
        local = value.astimezone(here.zone).replace(tzinfo=None)
        if local.microsecond:
            return self.write_form(value, field)
        return str(local.isoformat(" ", "seconds" if local.second else "minutes"))

    def samples(self, field: Field) -> Sequence[Any]:
        noon = datetime(2025, 8, 4, 12, tzinfo=timezone.utc)
        steps = (
            -timedelta(days=30000),
            -timedelta(microseconds=1),
            timedelta(),
            timedelta(microseconds=1),
            timedelta(1),
        )
        return [noon + step for step in steps]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = (
            "2026-02-30T00:00:00Z", "2026-02-28T24:00:00Z", "2026-02-28T10:00:60Z", "2026-02-28T10:00:00", "2026-02-28",
            "2026-02-28T10:00:00.1234567Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00",
            "2026-02-28T10:00:00+25:00",
        )  # fmt: skip
        return [(1, "type"), (True, "type"), *((each, "format") for each in texts)]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}
