"""Calendar arithmetic on given data: which days are worked, how many lie between two, what overtime on a day is called.

A calendar is data (form base.work_calendar): weekdays worked, shifts, and exceptions that win over the weekday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from ..kernel.errors import FormulaError

STATUTORY = "法定节假日"
REST = "调休休息"
MAKE_UP = "补班"
#: What overtime on a day is called: paid 1.5, 2 and 3 times (Labour Law of the PRC, article 44).
WORKDAY_OVERTIME, REST_OVERTIME, STATUTORY_OVERTIME = "平日", "休息日", "法定"
#: No search for a workday goes further; a calendar without one would otherwise never end it.
LONGEST = 20_000


@dataclass(frozen=True)
class Shift:
    """Working hours of one stretch of the day, in local time; `end` is later than `start`."""

    start: time
    end: time


@dataclass(frozen=True)
class Calendar:
    """`weekdays`: ISO numbers worked, Monday is 1; `exceptions`: date → kind, one of the three above."""

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    shifts: tuple[Shift, ...] = ()
    exceptions: Mapping[date, str] = field(default_factory=dict)


#: Monday to Friday, no holidays: where a tenant has no calendar of its own.
PLAIN = Calendar()


def is_workday(calendar: Calendar, day: date) -> bool:
    """Whether the day is worked: a make-up day always, a holiday never, else by its weekday."""
    kind = calendar.exceptions.get(day)
    return day.isoweekday() in calendar.weekdays if kind is None else kind == MAKE_UP


def workdays_between(calendar: Calendar, start: date, end: date) -> int:
    """Workdays from `start` to `end`, both included; negative when `end` is earlier (as NETWORKDAYS)."""
    if end < start:
        return -workdays_between(calendar, end, start)
    weeks, rest = divmod((end - start).days + 1, 7)
    first = start.isoweekday()
    count = weeks * len(calendar.weekdays)
    count += sum((first + offset - 1) % 7 + 1 in calendar.weekdays for offset in range(rest))
    for day, kind in calendar.exceptions.items():
        if start <= day <= end:
            count += (kind == MAKE_UP) - (day.isoweekday() in calendar.weekdays)
    return count


def add_workdays(calendar: Calendar, start: date, count: int) -> date:
    """The workday `count` workdays after `start` (before, if negative); 0 is `start` itself (as WORKDAY).

    Raises FormulaError("out_of_range") beyond 20,000 days or the years 1 to 9999."""
    step = timedelta(days=1 if count > 0 else -1)
    day, left = start, abs(count)
    try:
        for _ in range(LONGEST):
            if not left:
                return day
            day += step
            left -= is_workday(calendar, day)
    except OverflowError:
        pass
    raise FormulaError("out_of_range")


def overtime_kind(calendar: Calendar, day: date) -> str:
    """平日, 休息日 or 法定: how overtime on this day is paid."""
    if calendar.exceptions.get(day) == STATUTORY:
        return STATUTORY_OVERTIME
    return WORKDAY_OVERTIME if is_workday(calendar, day) else REST_OVERTIME
