"""Rows of a list: the columns of a look and the records of a page. One rule: only what the columns show is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...definition.model import Field
from ...definition.names import is_system
from ...pages.values import NUMBERS, Reader, Shown, dig, of, shown, system
from ...records import query, sorting
from ...records.query import Page, Query
from ...records.titles import choice_title
from ..values import reader
from .sight import Sight

PAGE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """`sort` is the list's sort when the head is pressed, `also` when it is pressed with Shift ("" = it cannot be sorted
    so), `order` what aria-sort says, `rank` its place among several sorts (0 = none), `card` its place on a phone's card
    (p1 … p4, "" = not there)."""

    name: str
    title: str
    field: Field | None
    number: bool
    sort: str = ""
    also: str = ""
    order: str = ""
    rank: int = 0
    card: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One record, a cell for each column; in a tree its `level` and whether something lies below."""

    id: str
    state: str
    version: int
    cells: tuple[Shown, ...]
    level: int = 0
    parent: bool = False
    raw: Mapping[str, Any] | None = None


def find(
    seen: Sight,
    names: Sequence[str],
    *,
    condition: str = "",
    words: str = "",
    sort: Sequence[str] = (),
    limit: int = PAGE,
    after: str | None = None,
    count: bool = False,
) -> tuple[tuple[Line, ...], Page]:
    """Records with these columns. Raises Malformed."""
    fields = [quoted(each) for each in names if not is_system(each)] or ["$id"]
    order = list(sort) or ["-$created_at"]
    asked = Query(
        filter=condition or None, words=words or None, sort=order, fields=fields, limit=limit, after=after, count=count
    )
    page = query.find(seen.tx, seen.model, seen.form.full_name, asked)
    records = query.show(seen.tx, seen.model, seen.model.types, page)
    ends = {name: found[0] for name in names if "." in name and (found := seen.column(name)) is not None}
    here = reader()
    return tuple(_line(seen, names, ends, each, here) for each in records), page


def quoted(name: str) -> str:
    """A dotted name as `fields` and `sort` take it."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in name.split("."))


def _line(
    seen: Sight, names: Sequence[str], ends: Mapping[str, Field | None], record: Mapping[str, Any], here: Reader
) -> Line:
    return Line(
        record["id"], record["state"], record["version"],
        tuple(_cell(seen, each, ends.get(each), record, here) for each in names), raw=record,
    )  # fmt: skip


def _cell(seen: Sight, name: str, end: Field | None, record: Mapping[str, Any], here: Reader) -> Shown:
    if is_system(name):
        return system(name, record, here)
    if end is not None and seen.form.find(name) is None:
        value = dig(record["values"], name)
        return shown(end, value, choice_title(end, value), here)
    return of(seen.form, name, record, here)


def heads(seen: Sight, names: Sequence[str], sort: Sequence[str]) -> tuple[Column, ...]:
    """The columns with what pressing their heads does."""
    places = cards(seen, names)
    keys = sorting.parse(sort)
    return tuple(_head(seen, each, keys, places.get(each, "")) for each in names)


def _head(seen: Sight, name: str, keys: Sequence[tuple[str, bool]], card: str) -> Column:
    found = seen.column(name)
    field, title = found if found is not None else (None, name)
    number = field is not None and field.value_type in NUMBERS
    key = seen.sort_key(name)
    at = next((index for index, (each, _) in enumerate(keys) if each in (name, key)), None)
    order = "" if at is None else "descending" if keys[at][1] else "ascending"
    turned = f"-{key}" if order == "ascending" else key
    others = [f"-{each}" if down else each for each, down in keys if each not in (name, key)]
    also = ",".join([*others, turned][: sorting.MOST]) if at is None else _turned(keys, at)
    rank = at + 1 if at is not None and len(keys) > 1 else 0
    return Column(name, title, field, number, turned if key else "", also if key else "", order, rank, card)


def _turned(keys: Sequence[tuple[str, bool]], at: int) -> str:
    return ",".join(f"-{each}" if down != (index == at) else each for index, (each, down) in enumerate(keys))


def cards(seen: Sight, names: Sequence[str]) -> dict[str, str]:
    """Which column stands where on a card: p1 what the record is called, p2 its state, p3 whose it is or its number, p4 the
    figure."""
    if not names:
        return {}
    types = {name: found[0].value_type if (found := seen.column(name)) and found[0] else "" for name in names}
    title = seen.model.definitions.title_field(seen.form.full_name) or ""
    first = title if title in names else names[0]
    others = [name for name in names if name != first]
    figures = [name for name in others if types[name] == "money"] or [n for n in others if types[n] in NUMBERS]
    rest = [name for name in others if types[name] not in NUMBERS and name != "$state"]
    place = names[0] if first != names[0] else next((name for name in rest if types[name] == "reference"), "")
    place = place or next(iter(rest), "")
    badge = "$state" if "$state" in names else next((name for name in rest if name != place), "")
    card = {"p1": first, "p2": badge, "p3": place, "p4": figures[0] if figures else ""}
    return {name: place for place, name in card.items() if name}
