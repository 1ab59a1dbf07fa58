"""Totals of all hits and groups with their subtotals, asked of `records.aggregate`. One rule: they count exactly what the
list with the same filter and words shows, never only the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ...definition.model import Field
from ...formula.printer import literal_text, name_text
from ...pages import formats
from ...pages.environment import state_title
from ...pages.values import NUMBERS, Shown, shown
from ...records.aggregate import Group, Groups, aggregate
from ...records.present import instant, json_value
from ...records.titles import Titles, kind_of
from ..language import say
from ..values import reader
from .sight import Sight

#: Groups of one answer.
MOST = 200
_COUNT = "$count"
#: Functions of a total by the type of its column.
_ORDERED = ("min", "max", "count")
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(NUMBERS, ("sum", "avg", "min", "max", "count")),
    "date": _ORDERED, "datetime": _ORDERED, "time": _ORDERED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """One group: what it is called, its condition, how many records it has, its subtotals by column."""

    title: Shown
    condition: str
    count: int
    totals: Mapping[str, Shown]
    key: tuple[Any, ...]


def functions(field: Field | None) -> tuple[str, ...]:
    """What a column's total can be."""
    return FUNCTIONS.get(field.value_type, ()) if field is not None else ()


def standard(seen: Sight, columns: Sequence[str]) -> dict[str, str]:
    """Totals of a view that names none: amounts of money are added up, where the field says of itself that it is one."""
    found = {}
    for name in columns:
        field = seen.form.find(name)
        if field is not None and field.value_type == "money" and seen.may_total(name, "sum"):
            found[name] = "sum"
    return found


def totals(seen: Sight, wanted: Mapping[str, str], condition: str, words: str) -> dict[str, Shown]:
    """The totals of all hits, by column."""
    if not wanted:
        return {}
    found = aggregate(
        seen.tx,
        seen.model,
        seen.form.full_name,
        measures=_measures(wanted),
        filter=condition or None,
        words=words or None,
    )
    return _shown(seen, wanted, found.items[0][1])


def bands(
    seen: Sight, group: Sequence[str], wanted: Mapping[str, str], condition: str, words: str
) -> tuple[list[Band], bool]:
    """The groups in the order of what they are called, and whether there are more than are told."""
    found = aggregate(
        seen.tx, seen.model, seen.form.full_name, group=group, limit=MOST, filter=condition or None, words=words or None,
        measures={**_measures(wanted), _COUNT: "count()"},
    )  # fmt: skip
    names = _titles(seen, found)
    made = [
        Band(title, conditions(group, values), int(measured[_COUNT]), _shown(seen, wanted, measured), values)
        for (values, measured), title in zip(found.items, names, strict=True)
    ]
    if found.next is None and len(group) == 1:
        made.sort(key=_order(seen, found.groups[0].field))
    return made, found.next is not None


def _order(seen: Sight, field: Field | None) -> Callable[[Band], Any]:
    """Ids stand in the order of what they are called, choices in their author's order, others as they came; none last."""
    if field is not None and field.value_type == "choice":
        places = {value: place for place, (value, _) in enumerate(seen.model.types["choice"].choices(field))}
        return lambda each: (each.key[0] is None, places.get(each.key[0], len(places)))
    if field is not None and kind_of(field) is not None:
        return lambda each: (each.key[0] is None, each.title.text)
    return lambda each: 0


def conditions(group: Sequence[str], values: Sequence[Any]) -> str:
    """The formula of one group's records."""
    return " and ".join(condition(text, value) for text, value in zip(group, values, strict=True))


def condition(text: str, value: Any) -> str:
    """`text = value` as a formula."""
    if value is None:
        return f"isblank({text})"
    plain = instant(value) if isinstance(value, datetime) else value
    return f"{text} = {literal_text(plain)}"


def _measures(wanted: Mapping[str, str]) -> dict[str, str]:
    return {name: f"{fn}({name_text(tuple(name.split('.')))})" for name, fn in wanted.items()}


def _shown(seen: Sight, wanted: Mapping[str, str], measured: Mapping[str, Any]) -> dict[str, Shown]:
    return {name: _figure(seen, name, fn, measured.get(name)) for name, fn in wanted.items()}


def _figure(seen: Sight, name: str, fn: str, value: Any) -> Shown:
    column = seen.column(name)
    field = column[0] if column is not None else None
    if fn == "count" or field is None:
        return Shown(formats.number(int(value or 0)), "number", raw=value)
    if value is None:
        return Shown(formats.EMPTY, "number")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        if fn == "avg" and field.value_type not in ("money", "percent"):
            return Shown(formats.number(Decimal(value).quantize(Decimal("0.01")), None), "number", raw=value)
        return shown(field, Decimal(value), None, reader())
    return shown(field, json_value(seen.model.types, field, value), None, reader())


def _titles(seen: Sight, found: Groups) -> Iterable[Shown]:
    """What each group is called."""
    titles = Titles(seen.tx, seen.model)
    for values, _ in found.items:
        for each, value in zip(found.groups, values, strict=True):
            if each.field is not None:
                titles.want(each.field, value)
    for values, _ in found.items:
        parts = [_title(seen, each, value, titles) for each, value in zip(found.groups, values, strict=True)]
        first = parts[0]
        yield Shown(" · ".join(part.text for part in parts), first.kind if len(parts) == 1 else "text", raw=first.raw)


def _title(seen: Sight, group: Group, value: Any, titles: Titles) -> Shown:
    field = group.field
    if value is None:
        return Shown(say("(empty)"))
    if group.name == "$state":
        return Shown(state_title(str(value), reader().locale), "state", raw=value)
    if field is not None:
        made = shown(field, json_value(seen.model.types, field, value), titles.of(field, value), reader())
        return Shown(made.text, raw=value)
    if isinstance(value, bool):
        return Shown(formats.yes_no(value, reader().locale))
    if isinstance(value, date):
        return Shown(value.isoformat())
    return Shown(formats.number(value) if isinstance(value, Decimal) else str(value), raw=value)


def members(seen: Sight, group: Sequence[str], ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """The group of each of these records."""
    if not ids:
        return {}
    listed = ", ".join(map(literal_text, ids))
    found = aggregate(
        seen.tx, seen.model, seen.form.full_name, group=["$id", *group], limit=MOST, filter=f"$id in ({listed})"
    )
    return {str(values[0]): tuple(values[1:]) for values, _ in found.items}
