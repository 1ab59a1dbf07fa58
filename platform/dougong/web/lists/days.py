"""Days said by their distance from today: today, this week, the last seven days, as bounds in formulas. One rule:
what is saved is the word, not the day it meant when it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...pages.catalogue import mark

#: Longest stretch, in days.
MOST = 3660
_MONDAY = "today() - weekday(today())"


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends included; `counted`: {n} in its bounds is a number of days, less one."""

    title: str
    first: str
    last: str
    counted: bool = False


DAYS: Final = {
    "today": Days(mark("today"), "today()", "today()"),
    "yesterday": Days(mark("yesterday"), "today() - 1", "today() - 1"),
    "tomorrow": Days(mark("tomorrow"), "today() + 1", "today() + 1"),
    "this_week": Days(mark("this week"), f"{_MONDAY} + 1", f"{_MONDAY} + 7"),
    "last_week": Days(mark("last week"), f"{_MONDAY} - 6", _MONDAY),
    "next_week": Days(mark("next week"), f"{_MONDAY} + 8", f"{_MONDAY} + 14"),
    "this_month": Days(mark("this month"), "bomonth(today())", "eomonth(today())"),
    "last_month": Days(mark("last month"), "bomonth(edate(today(), -1))", "eomonth(today(), -1)"),
    "next_month": Days(mark("next month"), "bomonth(edate(today(), 1))", "eomonth(today(), 1)"),
    "this_year": Days(
        mark("this year"), "dateofparts(year(today()), 1, 1)", "dateofparts(year(today()), 12, 31)"
    ),
    "last_days": Days(mark("the last … days"), "today() - {n}", "today()", counted=True),
    "next_days": Days(mark("the next … days"), "today()", "today() + {n}", counted=True),
}  # fmt: skip


def days_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """What a browser sent as words that can be said: a known word, and its number where it has one."""
    word = values[0] if values and values[0] in DAYS else "today"
    if not DAYS[word].counted:
        return (word,)
    number = values[1].strip() if len(values) > 1 else ""
    return word, str(min(MOST, max(2, int(number)))) if number.isdecimal() and len(number) < 6 else "7"


def bounds(values: tuple[str, ...]) -> tuple[str, str] | None:
    """First and last day as formulas."""
    days = DAYS.get(values[0]) if values else None
    if days is None:
        return None
    if not days.counted:
        return days.first, days.last
    if len(values) < 2 or not values[1].isdecimal() or not 2 <= int(values[1]) <= MOST:
        return None
    number = str(int(values[1]) - 1)
    return days.first.format(n=number), days.last.format(n=number)
