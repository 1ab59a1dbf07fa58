"""The lowest sum a record's rows have come to at the end of any day, in the order of a date (docs/derived-values.md,
Running sums).

One rule: rows of one day count together, rows without a day before all days; the answer is made of every day the rows
stand on, never of the answer before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from . import aggregates
from .contributions import Entry, Net
from .plan import Feed
from .rows import chunks
from .write_set import WriteSet

Days: TypeAlias = dict[date | None, tuple[int, Decimal]]
"""How many rows give how much on each day."""


def days(ws: WriteSet, feed: Feed, parents: Iterable[str]) -> Mapping[str, Days]:
    """The days of these records as the database has them, asked once in an act for the sum and its day together."""
    same = replace(feed.rollup, fn="lowest_running"), feed.slot.form, feed.amount
    here: dict[str, Days] = ws.memo.setdefault((Days, same), {})
    absent = [each for each in parents if each not in here]
    here.update((each, {}) for each in absent)
    for some in chunks(absent):
        for row in ws.tx.conn.execute(aggregates.by_day(ws.tx, ws.model, feed, some)):
            here[row.parent][row.day] = row.n, row.value
    return here


def lowest(stood: Days, net: Net) -> Entry:
    """The lowest sum at the end of a day, and the first day it stands at; zero on no day where nothing counts."""
    found: Entry | None = None
    total = Decimal(0)
    days = _after(stood, net)
    for day in sorted(days, key=lambda each: (each is not None, each or date.min)):
        count, amount = days[day]
        total += amount
        if count and (found is None or total < found.amount):
            found = Entry(day, total)
    return found or Entry(None, total)


def _after(stood: Days, net: Net) -> Days:
    days = dict(stood)
    for sign, entries in ((-1, net.removed), (1, net.added)):
        for each in entries:
            count, amount = days.get(each.day, (0, Decimal(0)))
            days[each.day] = count + sign, amount + sign * each.amount
    return days
