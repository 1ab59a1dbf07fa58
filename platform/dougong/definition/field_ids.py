"""The x-ids of a form's fields: as written, else the first name. One rule: an id that was written is never taken by a field
that only has a name."""

from __future__ import annotations

from dataclasses import replace

from .findings import Found, Ids
from .model import Field


def with_ids(fields: tuple[Field, ...], found: Found) -> tuple[Field, ...]:
    """Make x-ids unique in the form, those that were written before those that are only names."""
    flat = [*fields, *(column for each in fields for column in each.fields)]
    written = [each.id for each in flat if not _is_default(each)]
    ids = Ids(written)
    seen: set[str] = set()
    names: dict[str, str] = {}

    def unique(each: Field) -> Field:
        if each.name in names and names[each.name] != each.pointer:
            found.error("duplicate_name", each.pointer, name=each.name)
        names[each.name] = each.pointer
        columns = []
        for column in each.fields:
            columns.append(replace(column, id=one(column)))
        return replace(each, id=one(each), fields=tuple(columns))

    def one(each: Field) -> str:
        if _is_default(each):
            return ids.make(each.id)
        if each.id in seen:
            found.error("duplicate_id", each.pointer, id=each.id)
        seen.add(each.id)
        return each.id

    return tuple(unique(each) for each in fields)


def _is_default(each: Field) -> bool:
    return each.id == each.name or each.id.endswith("." + each.name)
