"""A length of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..definition.columns import INT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ..kernel.errors import Invalid
from ..kernel.problems import Problem
from ._characters import plain
from ._keywords import values_rules
from ._numbers import WIDE
from .type import FieldType, Rule, Unreadable, blank

#: Seconds; 317 years.
MOST = 10_000_000_000
SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = r"(\d{1,20}(?:[.,]\d{1,20})?)"
_ISO = re.compile(
    rf"P(?:{_NUMBER}W|(?:{_NUMBER}D)?(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)", re.ASCII
)
_CALENDAR = re.compile(r"P(?=.*[YM])[\d.,]+[YMWD].*", re.ASCII)
_WORDS = {
    "w": "周|星期|weeks?|w", "d": "天|日|days?|d", "h": "个?小时|个?钟头|时|hours?|hrs?|h", "m": "分钟?|minutes?|mins?|m",
    "s": "秒钟?|seconds?|secs?|s",
}  # fmt: skip
_PART = re.compile(r"(\d{1,20}(?:\.\d{1,20})?)\s*(" + "|".join(f"(?P<{k}>{v})" for k, v in _WORDS.items()) + r")[\s,]*")
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_PLAIN = re.compile(r"\d{1,20}(\.\d{1,20})?", re.ASCII)


class Duration(FieldType):
    """JSON is ISO 8601 ("PT8H", "P2DT3H"; a day is 24 hours, years and months have no fixed length and are refused). Kept,
    and seen by formulas, as whole seconds: `hours > 8 * 3600`. A person types 8小时, 1.5h, 2天3小时, 90分钟, 8:30; a bare
    number is hours, or what `x-options: {"unit": "d"}` says."""

    name = "duration"
    widget = "duration"
    keywords = frozenset({"type", "enum", "const", "format"})
    operators = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")
    converts_from = ("text", "choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return INT

    def formula_type(self, field: Field) -> Type:
        return formula.INTEGER

    def read(self, value: Any, field: Field) -> Any:
        if blank(value):
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        match = _ISO.fullmatch(value)
        if match is None or not any(match.groups()):
            reason = {"reason": "calendar_duration"} if _CALENDAR.fullmatch(value) else {}
            raise Unreadable("format", format="duration", value=value[:60], **reason)
        parts = (Decimal(each.replace(",", ".")) if each else Decimal(0) for each in match.groups())
        return _whole(sum((WIDE.multiply(part, unit) for part, unit in zip(parts, _UNITS, strict=True)), Decimal(0)))

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else iso(int(value))

    def settle(self, value: Any, field: Field) -> Any:
        """A formula's number is seconds."""
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return super().settle(value, field)
        seconds = int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP, WIDE))
        if not 0 <= seconds <= MOST:
            raise Invalid([Problem("out_of_range", params={"value": seconds})])
        return seconds

    def rules(self, field: Field) -> Sequence[Rule]:
        return values_rules(field.schema, lambda value: iso(int(value)))

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        seconds = None if text is None else _typed(plain(text), field)
        if seconds is None:
            return text if text is None else plain(text).upper() if plain(text)[:1] in "pP" else text
        return iso(int(seconds)) if seconds == int(seconds) else f"PT{seconds:f}S"

    def write_form(self, value: Any, field: Field) -> str:
        """`2d 3h 5m`: as it may be typed, in any language."""
        if value is None:
            return ""
        return " ".join(f"{count}{unit}" for unit, count in parts_of(int(value))) or "0h"

    def label(self, value: Any, field: Field) -> str | None:
        return self.write_form(value, field)

    def samples(self, field: Field) -> Sequence[Any]:
        return [0, 1, 60, 5_400, 28_800, 183_600, MOST]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = ("8小时", "8h", "P1Y", "P1M", "P", "PT", "P1DT", "-PT1H", "PT1H30", "PT１H", "1H")
        return [(28_800, "type"), (True, "type"), *((each, "format") for each in texts), ("PT0.5S", "scale"),
                (f"PT{MOST + 1}S", "out_of_range"), ("P99999999999999999999D", "out_of_range")]  # fmt: skip


_UNITS = (SECONDS["w"], SECONDS["d"], SECONDS["h"], SECONDS["m"], SECONDS["s"])


def _whole(seconds: Decimal) -> int:
    if seconds > MOST:
        raise Unreadable("out_of_range", reason="duration")
    if seconds != seconds.to_integral_value():
        raise Unreadable("scale", reason="duration", scale=0)
    return int(seconds)


def parts_of(seconds: int) -> list[tuple[str, int]]:
    """Days, hours, minutes and seconds as (unit, count), without those that are none."""
    found, left = [], seconds
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, SECONDS[unit])
        if count:
            found.append((unit, count))
    return found


def iso(seconds: int) -> str:
    """ISO 8601 in days, hours, minutes and seconds."""
    parts = dict(parts_of(seconds))
    clock = "".join(f"{parts[unit]}{unit.upper()}" for unit in ("h", "m", "s") if unit in parts)
    day = f"{parts['d']}D" if "d" in parts else ""
    return f"P{day}T{clock}" if clock else f"P{day}" if day else "PT0S"


def _typed(text: str, field: Field) -> Decimal | None:
    """Seconds of what a person typed; None where it makes no sense."""
    short = text.lower()
    if (clock := _CLOCK.fullmatch(short)) is not None:
        hours, minutes, seconds = (int(each or 0) for each in clock.groups())
        return Decimal(hours * 3600 + minutes * 60 + seconds)
    if _PLAIN.fullmatch(short):
        unit = field.options.get("unit")
        return WIDE.multiply(Decimal(short), SECONDS.get(unit, 3600) if isinstance(unit, str) else 3600)
    total, at, seen = Decimal(0), 0, set[str]()
    while (part := _PART.match(short, at)) is not None:
        unit = next(key for key in SECONDS if part[key])
        if unit in seen:
            return None
        seen.add(unit)
        total, at = WIDE.add(total, WIDE.multiply(Decimal(part[1]), SECONDS[unit])), part.end()
    return total if seen and at == len(short) else None
