"""What differs between two versions of a form, by id: a renamed field is the same field, a field of the same name with
another id is another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from .model import Field, Form

Place: TypeAlias = "tuple[str | None, str]"
"""(x-id of the subtable or None, x-id of the field)."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in both versions. `what` names the attributes that differ."""

    place: Place
    old: Field
    new: Field
    what: frozenset[str]

    @property
    def renamed(self) -> bool:
        return "name" in self.what

    @property
    def retyped(self) -> bool:
        """Whether the values are of another kind, or of the same kind with other limits."""
        return bool(self.what & {"value_type", "scale", "ref"})


@dataclass(frozen=True, slots=True)
class FormDiff:
    """Fields by place; `parts` the lists that differ: ids added, removed and changed by list."""

    added: Mapping[Place, Field]
    removed: Mapping[Place, Field]
    changed: tuple[FieldChange, ...]
    parts: Mapping[str, Mapping[str, tuple[str, ...]]]
    titles: Mapping[str, tuple[Any, Any]]

    @property
    def empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.parts or self.titles)


PARTS = ("checks", "unique", "totals", "effects", "policies", "layout", "views", "prints")


def compare(old: Form | None, new: Form) -> FormDiff:
    """Everything that differs; `old` None = the form is new."""
    before = dict(_places(old.fields)) if old is not None else {}
    after = dict(_places(new.fields))
    changed = [
        FieldChange(place, before[place], each, what)
        for place, each in after.items()
        if place in before and (what := _differs(before[place], each))
    ]
    parts = {name: part for name in PARTS if (part := _items(getattr(old, name, ()), getattr(new, name)))}
    if old is not None and old.flow != new.flow:
        parts["flow"] = {"changed": ("flow",)}
    titles = {
        name: (getattr(old, name), getattr(new, name))
        for name in ("title", "kind", "help", "additional")
        if old is not None and getattr(old, name) != getattr(new, name)
    }
    added = {place: each for place, each in after.items() if place not in before}
    removed = {place: each for place, each in before.items() if place not in after}
    return FormDiff(added, removed, tuple(changed), parts, titles)


def _places(given: Iterable[Field]) -> Iterable[tuple[Place, Field]]:
    for each in given:
        yield (None, each.id), each
        for column in each.fields:
            yield (each.id, column.id), column


def _differs(old: Field, new: Field) -> frozenset[str]:
    what = {
        each.name
        for each in fields(Field)
        if each.compare and each.name != "fields" and getattr(old, each.name) != getattr(new, each.name)
    }
    if old.value_type != new.value_type:
        what.add("value_type")
    return frozenset(what)


def _items(old: Iterable[Any], new: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    before, after = {each.id: each for each in old}, {each.id: each for each in new}
    found = {
        "added": tuple(each for each in after if each not in before),
        "removed": tuple(each for each in before if each not in after),
        "changed": tuple(each for each in after if each in before and after[each] != before[each]),
    }
    return {name: ids for name, ids in found.items() if ids}
