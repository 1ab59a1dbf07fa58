"""Days, instants and times of day, as sent and as typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from dougong.fields.type import Here
from tests.fields.making import TYPES, a_field, code_of


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-08-04", "2025-08-04"),
        ("2025/8/4", "2025-08-04"),
        ("２０２５．８．４", "2025-08-04"),
        ("2025年8月4日", "2025-08-04"),
        ("20250804", "2025-08-04"),
        ("0804", "2025-08-04"),
        ("8-4", "2025-08-04"),
        ("8月4日", "2025-08-04"),
        ("今天", "2025-08-20"),
        ("昨天", "2025-08-19"),
        ("2025-08-04 00:00:00", "2025-08-04"),
    ],
)
def test_typed_days(typed: str, day: str, here: Here) -> None:
    kind, field = TYPES["date"], a_field("date")
    assert kind.read(kind.read_local([typed], field, here), field) == date.fromisoformat(day)


@pytest.mark.parametrize("typed", ["2025-02-30", "0230", "13-1", "someday"])
def test_days_that_do_not_exist(typed: str, here: Here) -> None:
    kind, field = TYPES["date"], a_field("date")
    assert code_of(kind, kind.read_local([typed], field, here), field) == "format"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2025-08-04T18:00:00+08:00", "2025-08-04T10:00:00Z"),
        ("2025-08-04t10:00:00z", "2025-08-04T10:00:00Z"),
        ("2025-08-04T10:00:00.25Z", "2025-08-04T10:00:00.250000Z"),
    ],
)
def test_any_offset_in_and_utc_out(text: str, written: str) -> None:
    kind, field = TYPES["datetime"], a_field("datetime")
    assert kind.write(kind.read(text, field), field) == written


def test_a_typed_instant_is_meant_in_the_tenants_zone(here: Here) -> None:
    kind, field = TYPES["datetime"], a_field("datetime")
    value = kind.read(kind.read_local(["2025-08-04T18:30"], field, here), field)
    assert value == datetime(2025, 8, 4, 10, 30, tzinfo=UTC)
    assert kind.write_local(value, field, here) == "2025-08-04 18:30"


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("8:30", "08:30:00"), ("0830", "08:30:00"), ("８：３０", "08:30:00"), ("8点30分", "08:30:00")],
)
def test_typed_times(typed: str, clock: str) -> None:
    kind, field = TYPES["time"], a_field("time")
    assert kind.read(kind.read_form([typed], field), field) == time.fromisoformat(clock)
    assert kind.read("08:30", field) == time(8, 30)
