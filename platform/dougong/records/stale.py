"""The optimistic lock: a write that names the version it was made on is refused when another stands, with what differs. One
rule: nothing is merged silently; whoever wrote second sees both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..definition.model import Field
from ..fields.type import FieldType
from ..kernel.errors import Stale
from ..people import members
from .coerce import Incoming, Key, Line
from .entry import Entry
from .merging import standing
from .ops import Transition, Update
from .present import instant, json_value
from .write_set import WriteSet

Types = Mapping[str, FieldType]


def require_version(ws: WriteSet, types: Types, op: Update | Transition, entry: Entry, found: Incoming | None) -> None:
    """Raises Stale with `current`, `differs` [{field, yours, theirs}], and who wrote last and when."""
    stands = (entry.record.old or entry.now)["$version"]
    if op.version is None or op.version == stands:
        return
    differs = list(_values(types, entry, found)) + list(_rows(ws, types, entry, found)) if found else []
    raise Stale("stale", form=op.form, id=op.id, current=stands, differs=differs, **last_writer(ws, entry))


def last_writer(ws: WriteSet, entry: Entry) -> dict[str, Any]:
    """`by`, `by_name` and `at` of the last write before this act."""
    old = entry.record.old or {}
    by = old.get("$updated_by")
    name = members.titles(ws.tx.conn, [by]).get(by) if by else None
    return {"by": by, "by_name": name, "at": instant(old.get("$updated_at"))}


def _values(types: Types, entry: Entry, found: Incoming) -> Iterator[dict[str, Any]]:
    for name, value in found.values.items():
        field, theirs = entry.form.find(name), entry.now.get(name)
        if field is not None and value != theirs and not isinstance(value, Key) and entry.rights.readable(name):
            yours = json_value(types, field, value)
            yield {"field": name, "yours": yours, "theirs": json_value(types, field, theirs)}


def _rows(ws: WriteSet, types: Types, entry: Entry, found: Incoming) -> Iterator[dict[str, Any]]:
    for name, lines in found.rows.items():
        sub = entry.form.subtable(name)
        if sub is None:
            continue
        yours, theirs = _sent(types, sub, lines), list(_standing(ws, types, entry, sub))
        if yours != theirs:
            yield {"field": name, "yours": yours, "theirs": theirs}


def _sent(types: Types, sub: Field, lines: Iterable[Line]) -> list[dict[str, Any]]:
    fields = {each.name: each for each in sub.fields}
    return [
        {"$id": line.id}
        | {n: json_value(types, fields[n], value) for n, value in line.values.items() if not isinstance(value, Key)}
        for line in lines
    ]


def _standing(ws: WriteSet, types: Types, entry: Entry, sub: Field) -> Iterator[dict[str, Any]]:
    """The rows that stand, as far as the actor may change them."""
    shown = [each for each in sub.fields if not each.computed and entry.rights.editable(f"{sub.name}.{each.name}")]
    for row in standing(ws, entry, sub.name):
        values = {each.name: json_value(types, each, (row.now or {}).get(each.name)) for each in shown}
        yield {"$id": row.id} | values
