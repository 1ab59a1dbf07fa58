"""Workdays and overtime by a calendar: October 2025 with its holidays and make-up days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.formula.worktime import (
    MAKE_UP,
    PLAIN,
    REST,
    STATUTORY,
    Calendar,
    add_workdays,
    is_workday,
    overtime_kind,
    workdays_between,
)  # fmt: skip
from dougong.kernel.errors import FormulaError

OCTOBER = Calendar(
    exceptions={
        **{date(2025, 10, day): STATUTORY for day in (1, 2, 3, 6)},
        **{date(2025, 10, day): REST for day in (4, 5, 7, 8)},
        date(2025, 9, 28): MAKE_UP,
        date(2025, 10, 11): MAKE_UP,
    }
)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2025-10-01", "法定"),
        ("2025-10-06", "法定"),
        ("2025-10-04", "休息日"),
        ("2025-10-08", "休息日"),
        ("2025-09-28", "平日"),
        ("2025-10-11", "平日"),
        ("2025-10-12", "休息日"),
        ("2025-10-09", "平日"),
    ],
)
def test_what_overtime_on_a_day_is(day: str, kind: str) -> None:
    assert overtime_kind(OCTOBER, date.fromisoformat(day)) == kind


def test_workdays_around_the_holiday() -> None:
    assert workdays_between(OCTOBER, date(2025, 9, 28), date(2025, 10, 12)) == 6
    assert add_workdays(OCTOBER, date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert add_workdays(OCTOBER, date(2025, 10, 9), -2) == date(2025, 9, 29)
    assert add_workdays(OCTOBER, date(2025, 10, 4), 0) == date(2025, 10, 4)
    assert workdays_between(OCTOBER, date(2025, 10, 12), date(2025, 9, 28)) == -6


def test_a_calendar_without_workdays_ends_the_search() -> None:
    with pytest.raises(FormulaError, match="out_of_range"):
        add_workdays(Calendar(weekdays=frozenset()), date(2025, 1, 1), 1)


DAYS = st.dates(date(2025, 8, 1), date(2025, 12, 31))


@given(st.sampled_from([OCTOBER, PLAIN]), DAYS, DAYS)
def test_counting_is_asking_every_day(calendar: Calendar, one: date, other: date) -> None:
    start, end = sorted((one, other))
    days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    assert workdays_between(calendar, start, end) == sum(is_workday(calendar, day) for day in days)


@given(st.sampled_from([OCTOBER, PLAIN]), DAYS, st.integers(1, 60))
def test_adding_and_counting_agree(calendar: Calendar, start: date, count: int) -> None:
    end = add_workdays(calendar, start, count)
    assert is_workday(calendar, end)
    assert workdays_between(calendar, start + timedelta(days=1), end) == count
