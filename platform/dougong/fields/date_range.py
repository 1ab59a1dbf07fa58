"""A period from one day to another, both of them in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ..kernel.problems import Problem
from ._characters import plain
from ._parts import _Parts
from .type import Here, Rule, Unreadable

_DAY = re.compile(r"(\d{4})[-.年/]?(\d{1,2})[-.月/]?(\d{1,2})日?", re.ASCII)
_ANY_DAY = r"\d{4}[-.年/]?\d{1,2}[-.月/]?\d{1,2}日?"
_TWO = re.compile(rf"({_ANY_DAY})\s*(?:/|~|—|–|-|至|到|\s)\s*({_ANY_DAY})", re.ASCII)


class DateRange(_Parts):
    """JSON {"start": "2026-02-01", "end": "2026-02-28"}. Kept as the ISO 8601 interval "2026-02-01/2026-02-28", which
    sorts by start and then by end: a formula reads its days by `left(period, 10)` and `right(period, 10)`."""

    name = "date_range"
    widget = "date_range"
    operators: ClassVar[tuple[str, ...]] = ("=", "<>", "<", ">=", "is null", "is not null")
    known = frozenset({"start", "end"})

    def column(self, field: Field) -> ColumnSpec | None:
        return TEXT

    def formula_type(self, field: Field) -> Type:
        return formula.TEXT

    def read(self, value: Any, field: Field) -> Any:
        if isinstance(value, str) and (half := _half(value)):
            raise Unreadable("required", inside="/" + half)
        given = self.mapping(value)
        if given is None:
            return None
        for name in ("start", "end"):
            if name not in given:
                raise Unreadable("required", inside="/" + name)
        return "/".join(_day(given[name], "/" + name) for name in ("start", "end"))

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else dict(zip(("start", "end"), value.split("/"), strict=True))

    def rules(self, field: Field) -> Sequence[Rule]:
        return [_forward]

    def joined(self, raw: Sequence[str]) -> str:
        """Two inputs, the first and the last day."""
        if len(raw) < 2:
            return raw[-1] if raw else ""
        start, end = (_typed(text) or text.strip().replace("/", "-") for text in raw[-2:])
        return f"{start}/{end}" if start or end else ""

    def parts(self, text: str) -> tuple[str, ...]:
        start, _, end = text.partition("/")
        return start, end

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """Two days, however they are written and whatever stands between them; one day alone is a period of one day."""
        text = self.joined(raw)
        if not text.strip():
            return None
        two = _TWO.fullmatch(plain(text))
        start, end = (_typed(each) for each in (two.groups() if two else (text, text)))
        return {"start": start, "end": end} if start and end else text

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        return self.read_form(raw, field)

    def write_form(self, value: Any, field: Field) -> str:
        return "" if value is None else str(value)

    def label(self, value: Any, field: Field) -> str | None:
        return None if value is None else value.replace("/", " ~ ")

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            "0001-01-01/9999-12-31",
            "2024-02-29/2024-02-29",
            "2026-02-01/2026-02-28",
            "2026-02-01/2026-03-01",
        ]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [
            (["2026-02-01", "2026-02-28"], "type"),
            ("2026", "format"),
            ({"start": "2026-02-01"}, "required"),
            ({"end": "2026-02-01"}, "required"),
            ({"start": "2026-02-30", "end": "2026-03-01"}, "format"),
            ({"start": 1, "end": 2}, "type"),
            ({"start": "2026-02-01", "end": "2026-02-02", "days": 2}, "unknown_field"),
        ]


def _day(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise Unreadable("type", inside=at, expected="string")
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Unreadable("format", inside=at, format="date", value=value, reason="no_such_day") from None
    raise Unreadable("format", inside=at, format="date", value=value[:60])


def _typed(text: str) -> str | None:
    """A day a person typed as ISO text, if there is such a day."""
    match = _DAY.fullmatch(plain(text))
    if match is None:
        return None
    made = "{}-{:0>2}-{:0>2}".format(*match.groups())
    try:
        return date.fromisoformat(made).isoformat()
    except ValueError:
        return None


def _half(text: str) -> str | None:
    """The part that is still to be typed: "end" of "2026-02-01/"."""
    start, slash, end = text.partition("/")
    if not slash or bool(start.strip()) == bool(end.strip()):
        return None
    return ("end" if start.strip() else "start") if _typed(start.strip() or end.strip()) else None


def _forward(value: Any) -> Iterable[Problem]:
    start, _, end = value.partition("/")
    if start > end:
        yield Problem("range", "/end", {"reason": "end_before_start", "start": start, "end": end})
