"""Dates, instants and times of day. Months are added as calendars do (31 January + 1 month = end of February); weeks begin
on Monday; an instant becomes a date or time in the tenant's zone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, DateTime, Integer, Numeric, case, cast, extract, func, literal_column

from ...kernel.errors import FormulaError
from .. import exact, worktime
from ..types import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, TEXT, TIME, Context
from .function import Function
from .numbers import whole_sql

Element = ColumnElement[Any]
_HOUR, _MINUTE = Decimal(3600), Decimal(60)


def addays(day: date, count: Decimal) -> date:
    """So many whole days later."""
    try:
        return day + timedelta(days=exact.whole(count))
    except OverflowError as error:
        raise FormulaError("out_of_range") from error


def addays_sql(day: Element, count: Element) -> Element:
    return cast(day + whole_sql(count), Date)


def days_sql(end: Element, start: Element) -> Element:
    """Days from start to end."""
    return cast(cast(end, Date).op("-", return_type=Integer())(cast(start, Date)), Numeric)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        raise FormulaError("out_of_range")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _edate_sql(day: Element, months: Element) -> Element:
    return cast(day + func.make_interval(0, whole_sql(months)), Date)


def eomonth(day: date, months: Decimal = Decimal(0)) -> date:
    moved = add_months(day, exact.whole(months))
    return moved.replace(day=monthrange(moved.year, moved.month)[1])


def _eomonth_sql(day: Element, months: Element | None = None) -> Element:
    moved = day if months is None else _edate_sql(day, months)
    return cast(func.date_trunc("month", moved) + func.make_interval(0, 1, 0, -1), Date)


def _bomonth_sql(day: Element) -> Element:
    return cast(func.date_trunc("month", day), Date)


def of_parts(year: Decimal, month: Decimal, day: Decimal) -> date:
    """Months and days beyond the calendar roll over, as in spreadsheets."""
    if not 1 <= exact.whole(year) <= 9999:
        raise FormulaError("out_of_range")
    return addays(add_months(date(exact.whole(year), 1, 1), exact.whole(month) - 1), Decimal(exact.whole(day) - 1))


def _of_parts_sql(year: Element, month: Element, day: Element) -> Element:
    year = year + 0 * (month + day)  # null if one of them is, before make_date can refuse the year
    first = cast(func.make_date(whole_sql(year), 1, 1) + func.make_interval(0, whole_sql(month) - 1), Date)
    return cast(first + (whole_sql(day) - 1), Date)


def parse_date(text: str) -> date | None:
    """2025-08-04, or null."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """08:30 or 08:30:00, or null."""
    try:
        return time.fromisoformat(text) if len(text) in (5, 8) and text[2] == ":" else None
    except ValueError:
        return None


def parse_instant(zone: ZoneInfo, text: str) -> datetime | None:
    """RFC 3339; without an offset it is meant in the zone."""
    try:
        found = datetime.fromisoformat(text)
        local = found if found.tzinfo else found.replace(tzinfo=zone)
        return local.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def at(zone: ZoneInfo, day: date, clock: time = time(0)) -> datetime:
    try:
        return datetime.combine(day, clock, zone).astimezone(timezone.utc)
    except OverflowError as error:
        raise FormulaError("out_of_range") from error


def _at_sql(zone: str, day: Element, clock: Element | None = None) -> Element:
    local = cast(day, DateTime) if clock is None else day.op("+", return_type=DateTime())(clock)
    return func.timezone(zone, local, type_=DateTime(timezone=True))


def local_sql(zone: str, instant: Element) -> Element:
    """The instant as wall-clock time."""
    return func.timezone(zone, instant, type_=DateTime())


def datediff(start: date, end: date, unit: str = "day") -> Decimal:
    """Whole units passed from start to end; negative when end is earlier."""
    if unit == "day":
        return Decimal((end - start).days)
    if end < start:
        return -datediff(end, start, unit)
    if unit == "week":
        return Decimal((end - start).days // 7)
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return Decimal(months if unit == "month" else months // 12)


def _datediff_sql(start: Element, end: Element, unit: str = "day") -> Element:
    if unit == "day":
        return days_sql(end, start)
    if unit == "week":
        return func.div(days_sql(end, start), 7)
    early, late = func.least(start, end, type_=Date), func.greatest(start, end, type_=Date)
    months = _months(late) - _months(early) - case((_part("day", late) < _part("day", early), 1), else_=0)
    whole = months if unit == "month" else func.div(months, 12)
    signed = case((start > end, -whole), else_=whole)
    return case((start.is_(None) | end.is_(None), None), else_=signed)


def _months(day: Element) -> Element:
    return _part("year", day) * 12 + _part("month", day)


def _part(word: str, value: Element) -> Element:
    return cast(func.date_part(word, value), Numeric)


def _timeof_sql(zone: str, instant: Element) -> Element:
    return func.to_char(local_sql(zone, instant), literal_column("'HH24:MI:SS'"))


def _seconds(start: datetime, end: datetime) -> Decimal:
    step = end - start
    return Decimal(step.days * 86400 + step.seconds) + Decimal(step.microseconds) / 1_000_000


def _span_sql(unit: int, start: Element, end: Element) -> Element:
    from ..pg import divide

    seconds = cast(extract("epoch", end), Numeric) - cast(extract("epoch", start), Numeric)
    return divide(seconds, literal_column(f"{unit}.0"))


def calendar(context: Context, name: str | None = None) -> worktime.Calendar:
    """The calendar by its name, the tenant's own without one; an unknown name is the plain week."""
    return context.calendars.get(name or "", worktime.PLAIN)


FUNCTIONS = (
    Function("today", ("今天",), "dates", "", DATE, "The date now, in the tenant's zone.", "今天的日期。", "today()", "",
             lambda context: context.today, context=True, volatile=True),
    Function("now", ("现在",), "dates", "", DATETIME, "This moment.", "现在的时刻。", "now()", "",
             lambda context: context.now, context=True, volatile=True),
    Function("date", ("日期",), "dates", "value:any, month:number?, day:number?", DATE,
             'A date: from text "2026-02-28", from year, month, day, or from an instant.',
             "日期：由文本、年月日或时刻得到。", "date(2026, 2, 28)", "2026-02-28", special=True),
    Function("datevalue", ("转日期",), "dates", "text:text", DATE, "A date written as text, null when it is none.",
             "把文本转为日期，不是日期则为空。", 'datevalue("2026-02-30")', "null", parse_date),
    Function("dateofparts", ("年月日",), "dates", "year:number, month:number, day:number", DATE,
             "A date from its parts; months and days beyond the calendar roll over.",
             "由年、月、日得到日期；超出的月、日顺延。", "dateofparts(2025, 13, 1)", "2026-01-01", of_parts, _of_parts_sql),
    Function("dateof", ("取日期",), "dates", "instant:datetime", DATE, "The date of an instant in the tenant's zone.",
             "时刻所在的日期。", 'dateof(datetime("2025-08-04T18:00:00Z"))', "2025-08-05",
             lambda zone, instant: instant.astimezone(zone).date(),
             lambda zone, instant: cast(local_sql(zone, instant), Date), zone=True),
    Function("timeof", ("取时间",), "dates", "instant:datetime", TIME, "The time of day of an instant, to the second.",
             "时刻的钟点。", 'timeof(datetime("2025-08-04T18:00:00Z"))', "02:00:00",
             lambda zone, instant: instant.astimezone(zone).time().replace(microsecond=0), _timeof_sql, zone=True),
    Function("datetime", ("日期时间",), "dates", "value:any, time:time?", DATETIME,
             "An instant: from text, or from a date and a time of day.", "时刻：由文本或日期加钟点得到。",
             'datetime("2025-08-04T18:00:00+08:00")', "2025-08-04T10:00:00+00:00", special=True),
    Function("datetimevalue", ("转时刻",), "dates", "text:text", DATETIME,
             "An instant written as text (RFC 3339), null when it is none.", "把文本转为时刻，不是时刻则为空。",
             'datetimevalue("x")', "null", parse_instant, zone=True),
    Function("datetimeat", ("合成时刻",), "dates", "day:date, time:time?", DATETIME,
             "The instant of a date and a time of day (midnight when left out).", "由日期与钟点得到时刻。",
             'datetimeat(date("2025-08-04"), time("08:30"))', "2025-08-04T00:30:00+00:00", at, _at_sql, zone=True),
    Function("time", ("时间",), "dates", "text:text", TIME, 'A time of day from text: "08:30" or "08:30:00".',
             "由文本得到钟点。", 'time("08:30")', "08:30:00", parse_time),
    Function("year", ("年",), "dates", "day:date", INTEGER, "The year.", "年份。", 'year(date("2025-08-04"))', "2025",
             lambda day: Decimal(day.year), lambda day: _part("year", day)),
    Function("month", ("月",), "dates", "day:date", INTEGER, "The month, 1 to 12.", "月份。",
             'month(date("2025-08-04"))', "8", lambda day: Decimal(day.month), lambda day: _part("month", day)),
    Function("day", ("日",), "dates", "day:date", INTEGER, "The day of the month.", "日。",
             'day(date("2025-08-04"))', "4", lambda day: Decimal(day.day), lambda day: _part("day", day)),
    Function("hour", ("时",), "dates", "time:time", INTEGER, "The hour.", "小时。", 'hour(time("08:30"))', "8",
             lambda clock: Decimal(clock.hour), lambda clock: _part("hour", clock)),
    Function("minute", ("分",), "dates", "time:time", INTEGER, "The minute.", "分钟。", 'minute(time("08:30"))', "30",
             lambda clock: Decimal(clock.minute), lambda clock: _part("minute", clock)),
    Function("second", ("秒",), "dates", "time:time", INTEGER, "The second.", "秒。", 'second(time("08:30:15"))', "15",
             lambda clock: Decimal(clock.second), lambda clock: _part("second", clock)),
    Function("weekday", ("星期",), "dates", "day:date", INTEGER, "Day of the week, Monday is 1, Sunday 7.",
             "星期几，周一为 1，周日为 7。", 'weekday(date("2025-08-04"))', "1",
             lambda day: Decimal(day.isoweekday()), lambda day: _part("isodow", day)),
    Function("weeknum", ("周数",), "dates", "day:date", INTEGER, "Week of the year (ISO 8601).",
             "一年中的第几周（ISO 8601）。",
             'weeknum(date("2025-08-04"))', "32",
             lambda day: Decimal(day.isocalendar().week), lambda day: _part("week", day)),
    Function("quarter", ("季度",), "dates", "day:date", INTEGER, "Quarter of the year.", "季度。",
             'quarter(date("2025-08-04"))', "3",
             lambda day: Decimal((day.month + 2) // 3), lambda day: _part("quarter", day)),
    Function("yearday", ("年内天数",), "dates", "day:date", INTEGER, "Day of the year.", "一年中的第几天。",
             'yearday(date("2025-02-01"))', "32",
             lambda day: Decimal(day.timetuple().tm_yday), lambda day: _part("doy", day)),
    Function("ym", ("年月", "month_text"), "dates", "day:date", TEXT, 'Year and month as text, "2025-08".',
             "年月文本，如 2025-08。", 'ym(date("2025-08-04"))', '"2025-08"',
             lambda day: f"{day.year:04d}-{day.month:02d}", lambda day: func.to_char(day, literal_column("'YYYY-MM'"))),
    Function("addays", ("加天数", "adddays"), "dates", "day:date, count:number", DATE, "So many days later.",
             "若干天之后的日期。", 'addays(date("2025-12-31"), 1)', "2026-01-01", addays, addays_sql),
    Function("edate", ("加月数", "addmonths"), "dates", "day:date, months:number", DATE,
             "So many months later, the month's last day at most.", "若干月之后的日期，不超过当月最后一天。",
             'edate(date("2025-01-31"), 1)', "2025-02-28",
             lambda day, months: add_months(day, exact.whole(months)), _edate_sql),
    Function("eomonth", ("月末",), "dates", "day:date, months:number?", DATE,
             "The month's last day, so many months later.", "若干月之后的月末日期。", 'eomonth(date("2025-02-10"))',
             "2025-02-28",
             eomonth, _eomonth_sql),
    Function("bomonth", ("月初",), "dates", "day:date", DATE, "The month's first day.", "当月第一天。",
             'bomonth(date("2025-02-10"))', "2025-02-01", lambda day: day.replace(day=1), _bomonth_sql),
    Function("days", ("相差天数",), "dates", "end:date, start:date", INTEGER, "Days from start to end, as in spreadsheets.",
             "结束日期减开始日期的天数。", 'days(date("2025-03-01"), date("2025-02-01"))', "28",
             lambda end, start: Decimal((end - start).days), days_sql),
    Function("datediff", ("日期差", "datedif"), "dates", "start:date, end:date, unit:{day week month year}?", INTEGER,
             "Whole units passed from start to end: day, week, month or year.",
             "从开始到结束经过的整天、整周、整月或整年数。", 'datediff(date("2024-02-29"), date("2025-02-28"), "year")', "0",
             datediff, _datediff_sql),
    Function("hours", ("相差小时",), "dates", "start:datetime, end:datetime", NUMBER, "Hours between two instants.",
             "两个时刻相差的小时数。", 'hours(datetime("2025-08-04T08:00:00Z"), datetime("2025-08-04T09:30:00Z"))', "1.5",
             lambda start, end: exact.divide(_seconds(start, end), _HOUR),
             lambda start, end: _span_sql(3600, start, end)),
    Function("minutes", ("相差分钟",), "dates", "start:datetime, end:datetime", NUMBER, "Minutes between two instants.",
             "两个时刻相差的分钟数。", 'minutes(datetime("2025-08-04T08:00:00Z"), datetime("2025-08-04T08:01:30Z"))', "1.5",
             lambda start, end: exact.divide(_seconds(start, end), _MINUTE),
             lambda start, end: _span_sql(60, start, end)),
    Function("timespan", ("钟点差",), "dates", "start:time, end:time", NUMBER,
             "Hours from one time of day to another; past midnight when the end is earlier.",
             "两个钟点相差的小时数；结束早于开始时算到次日。", 'timespan(time("22:00"), time("06:00"))', "8",
             lambda start, end: exact.divide(Decimal((_of_day(end) - _of_day(start)) % 86400), _HOUR)),
    Function("isworkday", ("是工作日",), "dates", "day:date, calendar:text?", BOOLEAN,
             "Whether the day is worked, by the work calendar.", "按工作日历判断是否工作日。",
             'isworkday(date("2025-08-02"))', "false",
             lambda context, day, name=None: worktime.is_workday(calendar(context, name), day),
             context=True, volatile=True),
    Function("workdays", ("工作日数", "networkdays"), "dates", "start:date, end:date, calendar:text?", INTEGER,
             "Workdays from start to end, both included, by the work calendar.", "起止日期（含）之间的工作日数。",
             'workdays(date("2025-08-01"), date("2025-08-07"))', "5",
             lambda context, start, end, name=None: Decimal(
                 worktime.workdays_between(calendar(context, name), start, end)),
             context=True, volatile=True),
    Function("addworkdays", ("加工作日", "workday"), "dates", "day:date, count:number, calendar:text?", DATE,
             "The date so many workdays later, by the work calendar.", "若干工作日之后的日期。",
             'addworkdays(date("2025-08-01"), 1)', "2025-08-04",
             lambda context, day, count, name=None: worktime.add_workdays(
                 calendar(context, name), day, exact.whole(count)),
             context=True, volatile=True),
    Function("overtime_kind", ("加班类型",), "dates", "day:date, calendar:text?", TEXT,
             "What overtime on a day is: 平日, 休息日 or 法定.", "当日加班的类型：平日、休息日或法定。",
             'overtime_kind(date("2025-08-02"))', '"休息日"',
             lambda context, day, name=None: worktime.overtime_kind(calendar(context, name), day),
             context=True, volatile=True),
)  # fmt: skip


def _of_day(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
