"""A filter in words, and what its ids are called."""

from __future__ import annotations

from collections.abc import Mapping

from ...formula.printer import name_text
from ...pages import formats
from ...pages.catalogue import text
from ...records.titles import Titles
from ..current import locale
from ..language import say
from .days import DAYS
from .filters import OPERATORS, Choice, Group, Row
from .sight import Sight


def titles_of(seen: Sight, group: Group | None, choices: Mapping[str, Choice]) -> dict[str, str]:
    """What the ids in a builder are called, one query for each kind."""
    titles, wanted = Titles(seen.tx, seen.model), list[tuple[str, str]]()
    for row in group.rows() if group is not None else ():
        ref = choices[row.name].ref
        wanted += [(ref, each) for each in row.values if ref and _is_id(each)]
    for ref, each in wanted:
        titles.want_ids(ref, (each,))
    return {each: titles.named(ref, each) or say("(gone)") for ref, each in wanted}


def _is_id(value: str) -> bool:
    return len(value) == 36


def described(group: Group | None, formula: str, choices: Mapping[str, Choice], titles: Mapping[str, str]) -> str:
    """The filter as a sentence; the formula itself where it is no builder."""
    if group is None:
        return formula
    between = f" {say('and')} " if group.every else f" {say('or')} "
    parts = [
        f"({described(each, '', choices, titles)})" if isinstance(each, Group) else _said(each, choices, titles)
        for each in group.items
    ]
    return between.join(each for each in parts if each)


def _said(row: Row, choices: Mapping[str, Choice], titles: Mapping[str, str]) -> str:
    choice = choices[row.name]
    labels = {**dict(choice.options), **titles}
    if row.operator == "within" and row.values:
        values = text(DAYS[row.values[0]].title, locale())
        values = values.replace("…", row.values[1]) if len(row.values) > 1 else values
    else:
        values = formats.between(locale()).join(labels.get(each, each) for each in row.values)
    head = f"{choice.group} · {choice.title}" if choice.group else choice.title
    return " ".join(each for each in (head, text(OPERATORS[row.operator], locale()), values) if each)


def group_title(seen: Sight, formula: str) -> str:
    """What a grouping is called."""
    for each in seen.form.fields:
        name = name_text(tuple(each.name.split(".")))
        if formula == name:
            return each.title
        if formula == f"ym({name})":
            return say("{field} by month", field=each.title)
    found = seen.column(formula)
    return found[1] if found is not None else formula
