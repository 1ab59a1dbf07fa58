"""What an act leaves behind: one audit row per record with every field's old and new value, one outbox message. One rule:
computed values are explained by what they are computed from, so only what somebody did is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..definition.model import Field
from ..storage.transaction import Transaction
from .entry import Entry
from .present import Types, instant, json_value
from .progress import watched
from .write_set import RowChange, WriteSet


def write(ws: WriteSet, types: Types, entries: Sequence[Entry]) -> None:
    """Note every record that changed."""
    for entry in watched(ws.tx, "trail", entries):
        changes = list(changes_of(ws, types, entry))
        if entry.is_new or changes:
            event = event_of(entry)
            ws.tx.audit(entry.form.full_name, entry.record.id, event, changes)
            _message(ws.tx, entry, event)


def event_of(entry: Entry) -> str:
    """The one word for what happened: the last event, else create or update."""
    if entry.events and not entry.is_new:
        return entry.events[-1]
    return "create" if entry.is_new else "update"


def changes_of(ws: WriteSet, types: Types, entry: Entry) -> Iterator[dict[str, Any]]:
    """Every change as `{field, old, new}` in JSON values; a row's carry `row` and its field as "lines.hours"."""
    yield from _row(types, entry.record, entry.form.fields, "")
    for name in ("$number", "$state", "$owner", "$department"):
        old, new = (entry.record.old or {}).get(name), entry.now.get(name)
        if old != new:
            yield {"field": name, "old": old, "new": new}
    if entry.record.old is not None and entry.record.changed("$deleted"):
        yield {"field": "$deleted", "old": instant(entry.record.old["$deleted"]), "new": instant(entry.now["$deleted"])}
    for sub in entry.form.subtables:
        for row in ws.children(entry.form.full_name, sub.name, entry.record.id):
            if row.old is None or row.now is None:
                if row.old is not row.now:
                    yield _whole(types, row, sub)
            else:
                yield from ({**each, "row": row.id} for each in _row(types, row, sub.fields, f"{sub.name}."))


def _row(types: Types, row: RowChange, fields: Iterable[Field], prefix: str) -> Iterator[dict[str, Any]]:
    for each in fields:
        if each.computed or each.is_subtable:
            continue
        old, new = (row.old or {}).get(each.name), (row.now or {}).get(each.name)
        if old != new:
            shown = {"old": json_value(types, each, old), "new": json_value(types, each, new)}
            yield {"field": prefix + each.name, **shown}


def _whole(types: Types, row: RowChange, sub: Field) -> dict[str, Any]:
    """A row that came or went: all its values at once."""

    def values(side: dict[str, Any] | None) -> dict[str, Any] | None:
        if side is None:
            return None
        given = {each.name: json_value(types, each, side.get(each.name)) for each in sub.fields if not each.computed}
        return {name: value for name, value in given.items() if value is not None}

    return {"field": sub.name, "row": row.id, "old": values(row.old), "new": values(row.now)}


def _message(tx: Transaction, entry: Entry, event: str) -> None:
    payload = {"form": entry.form.full_name, "id": entry.record.id, "event": event, "version": entry.now["$version"]}
    tx.outbox("record", payload)
