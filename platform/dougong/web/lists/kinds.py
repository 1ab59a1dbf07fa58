"""The other ways to look at a list: a tree by its own reference, a board by a choice, a calendar by a day. One rule: each is
the same list with the same filter, only laid out differently."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ...definition.model import Field
from ...formula.printer import literal_text, name_text
from ...pages.values import Shown
from ...records.aggregate import aggregate
from ...records.query import MOST as ROWS
from . import rows
from .choices import tree_field
from .figures import bands, condition
from .rows import Line
from .sight import Sight

#: Cards of one column of a board at a time, entries of one day of a calendar.
CARDS, ENTRIES = 20, 4


def both(*conditions: str) -> str:
    """All of these have to hold."""
    kept = [each for each in conditions if each.strip()]
    return kept[0] if len(kept) == 1 else " and ".join(f"({each})" for each in kept)


# ------------------------------------------------------------------------------------------------ tree


def below(
    seen: Sight, names: Sequence[str], sort: Sequence[str], parent: str, level: int, after: str | None = None
) -> tuple[tuple[Line, ...], str | None]:
    """The records right below one ("" = at the top)."""
    field = tree_field(seen.form)
    if field is None:
        return (), None
    up = name_text(tuple(field.name.split(".")))
    wanted = f"{up} = {literal_text(parent)}" if parent else f"isblank({up})"
    lines, page = rows.find(seen, names, condition=wanted, sort=sort, after=after)
    ids = [each.id for each in lines]
    full = _with_children(seen, up, ids) if ids else set()
    return tuple(replace(each, level=level, parent=each.id in full) for each in lines), page.next


def _with_children(seen: Sight, up: str, ids: Sequence[str]) -> set[str]:
    listed = ", ".join(map(literal_text, ids))
    found = aggregate(
        seen.tx, seen.model, seen.form.full_name, group=[up], measures={"n": "count()"}, filter=f"{up} in ({listed})"
    )
    return {values[0] for values, _ in found.items}


# ------------------------------------------------------------------------------------------------ board


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of a board: the value its cards have (None = none), how many there are, their total."""

    value: str
    title: str
    count: int
    totals: Mapping[str, Shown]
    cards: tuple[Line, ...]
    next: str | None
    condition: str


@dataclass(frozen=True, slots=True)
class Board:
    """`by` is the choice; `moves`: the member may move cards."""

    by: Field
    lanes: tuple[Lane, ...]
    moves: bool


def board_field(seen: Sight, group: Sequence[str]) -> Field | None:
    """The choice a board is laid out by: the view's group, else the form's first."""
    named = next(
        (each for each in seen.form.fields if group and group[0] == name_text(tuple(each.name.split(".")))), None
    )
    return next(iter(board_fields(seen)), None) if named is None or named.value_type != "choice" else named


def board_fields(seen: Sight) -> list[Field]:
    """The choices a board can be laid out by."""
    return [each for each in seen.form.fields if each.value_type == "choice" and seen.access.queryable(each.name)]


def board(
    seen: Sight,
    by: Field,
    names: Sequence[str],
    sort: Sequence[str],
    wanted: Mapping[str, str],
    asked: str,
    words: str,
) -> Board:
    """The lanes in the order of the choices, records without one last."""
    text = name_text(tuple(by.name.split(".")))
    found, _ = bands(seen, [text], wanted, asked, words)
    known = {each.key[0]: each for each in found}
    kind = seen.model.types["choice"]
    values: list[tuple[Any, str]] = [*kind.choices(by)]
    if None in known:
        values.append((None, known[None].title.text))
    lanes = []
    for value, title in values:
        where = condition(text, value)
        band = known.get(value)
        cards, page = (
            rows.find(seen, names, condition=both(asked, where), words=words, sort=sort, limit=CARDS)
            if band is not None
            else ((), None)
        )
        lanes.append(
            Lane(
                kind.write_form(value, by), title, band.count if band else 0, band.totals if band else {}, cards,
                page.next if page else None, where,
            )
        )  # fmt: skip
    return Board(by, tuple(lanes), seen.access.level(by.name) == "edit" and not by.computed)


# ------------------------------------------------------------------------------------------------ calendar


@dataclass(frozen=True, slots=True)
class Day:
    """One day with its first entries; `count` is all there are."""

    day: date
    inside: bool
    today: bool
    entries: tuple[Line, ...]
    count: int
    condition: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """One month in weeks from Monday; `fields` are the days it could be made by."""

    by: Field
    month: str
    before: str
    after: str
    weeks: tuple[tuple[Day, ...], ...]
    total: int
    fields: tuple[Field, ...] = ()


def calendar_fields(seen: Sight) -> list[Field]:
    """The days a calendar can be made by."""
    return [
        each
        for each in seen.form.fields
        if each.value_type in ("date", "datetime") and seen.access.queryable(each.name)
    ]


def calendar(
    seen: Sight, by: Field, month: str, names: Sequence[str], sort: Sequence[str], asked: str, words: str, today: date
) -> Calendar:
    """The month "2026-02" ("" = this one)."""
    first = _first(month) or today.replace(day=1)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    text = name_text(tuple(by.name.split(".")))
    day = text if by.value_type == "date" else f"dateof({text})"
    where = both(asked, f"between({day}, {literal_text(first)}, {literal_text(last)})")
    lines, _ = rows.find(
        seen,
        [*(each for each in names if each != by.name), by.name],
        condition=where,
        words=words,
        sort=[rows.quoted(by.name), *sort],
        limit=ROWS,
    )
    found = aggregate(
        seen.tx,
        seen.model,
        seen.form.full_name,
        group=[day],
        measures={"n": "count()"},
        filter=where,
        words=words or None,
    )
    counts = {_day(seen, values[0]): int(measured["n"]) for values, measured in found.items}
    entries: dict[date, list[Line]] = {}
    for line in lines:
        at = _day(seen, line.cells[-1].raw)
        entries.setdefault(at, []).append(replace(line, cells=line.cells[:-1]))

    def made(each: date) -> Day:
        shown = tuple(entries.get(each, ())[:ENTRIES])
        return Day(each, each.month == first.month, each == today, shown, counts.get(each, 0), condition(day, each))

    weeks = [tuple(map(made, week)) for week in _weeks(first)]
    return Calendar(
        by,
        f"{first:%Y-%m}",
        _near(first, -1),
        _near(last, 1),
        tuple(weeks),
        sum(counts.values()),
        tuple(calendar_fields(seen)),
    )


def _weeks(first: date) -> list[list[date]]:
    start = first - timedelta(days=first.weekday())
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    count = ((last - start).days // 7) + 1
    return [[start + timedelta(days=7 * week + day) for day in range(7)] for week in range(count)]


def _first(month: str) -> date | None:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first if 1 < first.year < 9999 else None  # a week over the end of the calendar has no days


def _near(day: date, by: int) -> str:
    """The month before or after; years end at 1 and 9999."""
    month = day.month + by
    year = day.year + (month - 1) // 12
    return f"{year:04}-{(month - 1) % 12 + 1:02}" if 1 < year < 9999 else f"{day:%Y-%m}"


def _day(seen: Sight, value: Any) -> date:
    """The day of a date or an instant, canonical or as JSON."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return datetime.fromisoformat(text).astimezone(seen.tx.zone).date() if "T" in text else date.fromisoformat(text)
