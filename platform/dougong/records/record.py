"""A record as it is read: canonical values by field name, a subtable's rows in their order. One rule: it is what stands, and
knows nothing of who may see it; present.py cuts it to an actor's levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..definition.model import Form


@dataclass(slots=True)
class Line:
    """One row of a subtable."""

    id: str
    values: dict[str, Any]


@dataclass(slots=True)
class Record:
    """`values` maps names of fields to canonical values, of subtables to lists of Line; `owner`, `created_by` and
    `updated_by` are members' ids (None: the platform or the operator), `deleted_at` is set in the recycle bin."""

    form: str
    id: str
    number: str | None
    state: str
    version: int
    values: dict[str, Any] = field(default_factory=dict)
    owner: str | None = None
    department: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None
    deleted_at: datetime | None = None


def from_rows(form: Form, row: Mapping[str, Any], lines: Mapping[str, Iterable[Mapping[str, Any]]]) -> Record:
    """A record from rows as memory holds them (rows.py): system names carry a `$`."""
    record = Record(form.full_name, row["$id"], row["$number"], row["$state"], row["$version"])
    record.owner, record.department = row["$owner"], row["$department"]
    record.created_at, record.created_by = row["$created_at"], row["$created_by"]
    record.updated_at, record.updated_by = row["$updated_at"], row["$updated_by"]
    record.deleted_at = row["$deleted"]
    for each in form.fields:
        if each.is_subtable:
            record.values[each.name] = [_line(line, each.fields) for line in lines.get(each.name, ())]
        else:
            record.values[each.name] = row.get(each.name)
    return record


def _line(row: Mapping[str, Any], fields: Iterable[Any]) -> Line:
    return Line(row["$id"], {each.name: row.get(each.name) for each in fields})
