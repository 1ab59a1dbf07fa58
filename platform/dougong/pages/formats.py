"""How values look on the screen: numbers with grouped digits and a true minus, dates, percent, yes and no.

One rule: figures are rounded half-up as decimals and never pass through a float."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from ..fields.duration import parts_of
from .catalogue import mark, text

MINUS = "\u2212"
EMPTY = "—"
_EXACT = Context(prec=64, rounding=ROUND_HALF_UP)
YES, NO = mark("Yes"), mark("No")
UNITS = {"d": mark("{count} d"), "h": mark("{count} h"), "m": mark("{count} min"), "s": mark("{count} s")}


def number(value: Decimal | int | None, scale: int | None = None) -> str:
    """1,234.50 with `scale` places; without one as many as the number has, trailing zeros dropped."""
    if value is None:
        return EMPTY
    exact = Decimal(value)
    if not exact.is_finite():
        return str(value)
    if scale is None:
        shown = f"{abs(exact):,f}"
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    else:
        exact = exact.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
        shown = f"{abs(exact):,.{scale}f}"
    return (MINUS if exact < 0 else "") + shown


def percent(value: Decimal | int | None, scale: int = 2) -> str:
    """0.0375 is 3.75%."""
    return EMPTY if value is None else number(Decimal(value).scaleb(2), scale) + "%"


def day(value: date | None) -> str:
    """2026-02-28."""
    return EMPTY if value is None else value.isoformat()


def moment(value: datetime | str | None, zone: ZoneInfo, today: date | None = None) -> str:
    """Local time to the minute; the year is left out within the year of `today`."""
    if value is None:
        return EMPTY
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(zone)
    if today is not None and local.year == today.year:
        return local.strftime("%m-%d %H:%M")
    return local.strftime("%Y-%m-%d %H:%M")


def yes_no(value: bool, locale: str) -> str:
    """是 or 否."""
    return text(YES if value else NO, locale)


def duration(seconds: int | None, locale: str) -> str:
    """2天3小时, 2 d 3 h."""
    if seconds is None:
        return EMPTY
    parts = [text(UNITS[unit], locale, count=str(count)) for unit, count in parts_of(seconds) or [("h", 0)]]
    return ("" if locale.startswith("zh") else " ").join(parts)


def between(locale: str) -> str:
    """What stands between the words of a list."""
    return "、" if locale.startswith("zh") else ", "


def said_of(name: str, text: str, locale: str) -> str:
    """A sentence with what it is about before it: `Amount: at least 1`."""
    return f"{name}{'：' if locale.startswith('zh') else ': '}{text}"


def size(count: int) -> str:
    """A file's size: 12 KB, 3.4 MB, 50 MB."""
    if count < 1024 * 1024:
        return f"{max(1, (count + 1023) // 1024)} KB"
    return number(Decimal(count) / (1024 * 1024), 1).removesuffix(".0") + " MB"
