"""Merges what was sent into a record of the write set. One rule: a value lands only where the sender may set it; the rest
is a problem at its place, and what was not sent stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..definition.model import Field
from ..kernel.ids import new_id
from ..kernel.problems import pointer
from . import coerce
from .coerce import Incoming, Line, refers
from .entry import Entry
from .json_values import pointer_of
from .references import Slot
from .rows import Row
from .write_set import RowChange, WriteSet


def merge(ws: WriteSet, entry: Entry, found: Incoming, *, screen: bool = False, nulls: bool = False) -> None:
    """Take in one operation's values. `screen`: rows may carry ids that nothing stands under yet (an open sheet); `nulls`:
    a null that was sent is meant, so no default takes its place."""
    _Merge(ws, entry, screen, nulls).take(found)


class _Merge:
    def __init__(self, ws: WriteSet, entry: Entry, screen: bool, nulls: bool) -> None:
        self.ws, self.entry, self.screen, self.nulls = ws, entry, screen, nulls

    def take(self, found: Incoming) -> None:
        entry, form = self.entry, self.entry.form
        entry.problems += found.problems
        self.values(entry.record, form.fields, found.values, "", "")
        if found.rest and form.additional:
            kept = {**(entry.now.get(form.additional) or {}), **found.rest}
            entry.now[form.additional] = {name: value for name, value in kept.items() if value is not None} or None
        for sub in form.subtables:
            if sub.name in found.rows:
                self.rows(sub, found.rows[sub.name])

    def values(self, row: RowChange, fields: Iterable[Field], values: Mapping[str, Any], at: str, prefix: str) -> None:
        """Set what was sent on a record or a row, but for what is not the sender's to set."""
        for each in fields:
            if row.now is not None and each.name in values:
                here = at + pointer_of(each.name, self.entry.form.groups)
                self.value(row, row.now, each, values[each.name], here, prefix)

    def value(self, row: RowChange, now: Row, each: Field, value: Any, at: str, prefix: str) -> None:
        entry = self.entry
        if each.computed:
            if not entry.rights.readable(prefix + each.name):
                entry.wrong("read_only", at)  # whether it is the right one is not for everybody to know
            elif value is not None or not entry.is_new:
                entry.claims.append((row, each.name, value, at))
            return
        if not entry.rights.editable(prefix + each.name):
            if value != now.get(each.name) or not entry.rights.readable(prefix + each.name):
                entry.wrong("read_only", at)
            return
        now[each.name] = value
        if value is not None or not row.is_new:
            row.given.add(each.name)
        if value is not None or self.nulls:
            entry.unset.discard((row.id, each.name))
        if value is not None:
            entry.sent[row.id, each.name] = at
            if refers(each):
                entry.slots.append(Slot(now, each, at))

    # ------------------------------------------------------------------------------------------------ rows

    def rows(self, sub: Field, lines: Sequence[Line]) -> None:
        """The whole list of rows: known ids are updated, others are new, the rest goes."""
        entry, at = self.entry, pointer_of(sub.name, self.entry.form.groups)
        here = {row.id: row for row in standing(self.ws, entry, sub.name)}
        if not self.may_edit(sub):
            if [line.id for line in lines] != list(here) or any(line.values for line in lines):
                entry.wrong("read_only", at)
            return
        if lines:
            entry.sent[entry.record.id, sub.name] = at
        twice, kept = coerce.sent_twice(lines), set[str]()
        for index, line in enumerate(lines):
            place = at + pointer(index)
            row = self.row(sub, line, here, place, twice)
            if row is not None and row.now is not None:
                kept.add(row.id)
                self.ws.touch(row)
                row.pointer, row.now["$position"] = entry.at + place, index
                self.values(row, sub.fields, line.values, place, f"{sub.name}.")
        for row_id in here.keys() - kept:
            self.ws.remove_row(here[row_id])

    def may_edit(self, sub: Field) -> bool:
        names = (sub.name, *(f"{sub.name}.{each.name}" for each in sub.fields))
        return any(self.entry.rights.editable(name) for name in names)

    def row(self, sub: Field, line: Line, here: Mapping[str, RowChange], at: str, twice: set[str]) -> RowChange | None:
        """The row a line speaks of; None when it names one that is not there, or names one twice."""
        if line.id in twice:
            self.entry.wrong("unique", at + "/$id", value=line.id)
            return None
        if line.id is not None and line.id in here:
            return here[line.id]
        if line.id is not None and not self.screen:
            self.entry.wrong("reference", at + "/$id", value=line.id)
            return None
        values = blank(sub.fields) | {"$id": line.id or new_id(), "$position": 0}
        row = self.ws.insert_row(self.entry.record, sub.name, values)
        self.entry.unset.update((row.id, each.name) for each in sub.fields)
        return row


def changing(ws: WriteSet, entry: Entry, found: Incoming) -> Iterator[str]:
    """Names of the fields that an update would really change."""
    for name, value in found.values.items():
        unread = not entry.rights.readable(name)
        if entry.form.find(name) is not None and (unread or value != entry.now.get(name)):
            yield name
    for name, lines in found.rows.items():
        if not _same(standing(ws, entry, name), lines):
            yield name
    if found.rest and entry.form.additional:
        yield entry.form.additional


def _same(rows: Sequence[RowChange], lines: Sequence[Line]) -> bool:
    if len(rows) != len(lines):
        return False
    return all(
        line.id == row.id and all((row.now or {}).get(name) == value for name, value in line.values.items())
        for row, line in zip(rows, lines, strict=True)
    )


def standing(ws: WriteSet, entry: Entry, sub: str) -> list[RowChange]:
    """The rows of a subtable that stay, in their order."""
    return [row for row in ws.children(entry.form.full_name, sub, entry.record.id) if row.now is not None]


def blank(fields: Iterable[Field]) -> Row:
    """An empty row: roll-ups are left out, for they begin at nothing of their own kind."""
    return {each.name: None for each in fields if not each.is_subtable and each.rollup is None}
