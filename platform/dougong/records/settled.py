"""What one evaluation of an open sheet leaves to the next: rows that are sent again as they were keep what was computed of
them, so that a keystroke in one row of 500 computes one row.

One rule: a row is settled only if what was sent of it is equal and no condition of it reads a value of the record that has
changed; its formulas are still asked wherever one of their inputs moved. Opening and saving compute everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..definition.model import Expr, Field, Form
from ..definition.reads import Relation, reads_of
from ..fields.nesting import path_of
from ..storage.model import Model
from .conditions import Flags, _defaults, _hide
from .entry import Entry
from .formulas import Formulas
from .write_set import RowChange, WriteSet

Row = dict[str, Any]
RowKey = tuple[str, str]


@dataclass(slots=True)
class Settled:
    """`sent` is what was sent of each row, `rows` what became of it, both by (subtable, row id); `record` the record's own
    values, `flags` what the conditions said of the rows."""

    record: Row
    sent: dict[RowKey, Any] = field(default_factory=dict)
    rows: dict[RowKey, Row] = field(default_factory=dict)
    flags: Flags = field(default_factory=Flags)


def settled(ws: WriteSet, entry: Entry, sent: Mapping[str, Any], flags: Flags) -> Settled | None:
    """What the next evaluation may take up; None where rows are not independent of each other."""
    if not entry.form.subtables or looked_at(ws.model, entry.form) is None:
        return None
    found = Settled(dict(entry.now), _sent(entry.form, sent))
    for sub in entry.form.subtables:
        for row in _rows(ws, entry, sub.name):
            if (sub.name, row.id) in found.sent:
                found.rows[sub.name, row.id] = dict(row.now or {})
    own = entry.record.id
    for into, places in (
        (found.flags.invisible, flags.invisible),
        (found.flags.required, flags.required),
        (found.flags.readonly, flags.readonly),
    ):
        into.update(each for each in places if each[0] != own)
    return found


def take_up(ws: WriteSet, formulas: Formulas, entry: Entry, sent: Mapping[str, Any], since: Settled) -> None:
    """Put what was computed before into the rows that were sent as then."""
    names = looked_at(ws.model, entry.form)
    if names is None:
        return
    record, now = entry.record, entry.now
    now.update({each.name: since.record.get(each.name) for each in entry.form.fields if each.computed})
    record.known = since.record
    _defaults(ws, formulas, record, entry.unset)
    _hide(ws, formulas, record)
    if any(record.moved(name) for name in names):
        record.known = None
        return
    here = _sent(entry.form, sent)
    same = {key for key, value in here.items() if key in since.rows and since.sent[key] == value}
    for sub_name, row_id in since.rows.keys() - here.keys():
        if row_id not in ws.rows.get((entry.form.full_name, sub_name), {}):
            ws.missing_row(record, sub_name, since.rows[sub_name, row_id])
    for sub in entry.form.subtables:
        for row in _rows(ws, entry, sub.name):
            if (sub.name, row.id) in same:
                _keep(row, since.rows[sub.name, row.id], sub, entry)
    ids = {row for _, row in same}
    ws.memo[Flags] = Flags(*(
        {place for place in places if place[0] in ids}
        for places in (since.flags.invisible, since.flags.required, since.flags.readonly)
    ))  # fmt: skip


def _keep(row: RowChange, before: Row, sub: Field, entry: Entry) -> None:
    here = row.now or {}
    own: Row = {name: here[name] for name in ("$id", "$parent", "$position") if name in here}
    row.now, row.known = {**before, **own}, before
    entry.unset.difference_update((row.id, each.name) for each in sub.fields)
    for slot in entry.slots:  # references are judged in the row that stands
        if slot.holder is here:
            slot.holder = row.now


def _rows(ws: WriteSet, entry: Entry, sub: str) -> Iterator[RowChange]:
    for row in ws.children(entry.form.full_name, sub, entry.record.id):
        if row.now is not None:
            yield row


def _sent(form: Form, sent: Mapping[str, Any]) -> dict[RowKey, Any]:
    """What was sent of each row that has an id."""
    found: dict[RowKey, Any] = {}
    for sub in form.subtables:
        inside: Any = sent
        for part in path_of(sub.name, form.groups):
            inside = inside.get(part) if isinstance(inside, Mapping) else None
        for row in inside if isinstance(inside, list) else ():
            if isinstance(row, Mapping) and isinstance(row.get("$id"), str):
                found[sub.name, row["$id"]] = row
    return found


def looked_at(model: Model, form: Form) -> frozenset[str] | None:
    """The record's own fields that conditions and defaults of its rows read; None where they read other rows, or values
    that are computed from them."""
    key = ("looked_at", form.full_name)
    if key not in model.memo:
        model.memo[key] = _looked_at(model, form)
    found: frozenset[str] | None = model.memo[key]
    return found


def _looked_at(model: Model, form: Form) -> frozenset[str] | None:
    names: set[str] = set()
    for sub, expr in _conditions(form):
        reads = reads_of(model.definitions.checked(expr, form.full_name, sub), model.definitions, form.full_name, sub)
        if reads.totals:
            return None
        for each in reads.inputs:
            if each.relation is Relation.OWN:
                continue
            first = form.find(each.hops[0] if each.hops else each.source.name)
            if each.relation is Relation.ROWS or first is None or first.computed:
                return None
            names.add(first.name)
    return frozenset(names)


def _conditions(form: Form) -> Iterator[tuple[str, Expr]]:
    for sub in form.subtables:
        for each in sub.fields:
            for expr in (each.visible, each.required_when, each.readonly, each.default):
                if expr is not None:
                    yield sub.name, expr
