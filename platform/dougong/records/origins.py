"""Where a refusal of a record that merely received something points: at what was sent of the row whose contribution led to
it. One rule: programs are told the reference that leads to the record, people the figure they have to change (their own
input that the roll-up adds up)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from ..definition.dependencies import Edge
from ..definition.model import Effect
from ..definition.reads import Slot
from ..formula.types import Kind
from ..kernel.problems import pointer
from . import cases
from .plan import Feed, plan_of
from .write_set import RowChange, WriteSet

#: Under this key of a write set's memo: what an effect made (id) → the row it speaks of and the effect.
MADE = "made by effects"
_Place: TypeAlias = tuple[RowChange, str]


def origins(ws: WriteSet, record: RowChange, reads: frozenset[str]) -> Iterator[tuple[str, str]]:
    """For the written rows whose contributions to one of the fields `reads` reached this record, as sent: the reference,
    and the place to mend."""
    waiting, seen = deque([record]), {record.id}
    while waiting:
        parent = waiting.popleft()
        told: set[str] = set()
        for row, feed in _below(ws, parent, reads if parent is record else None):
            owner = ws.owner_of(row)
            if row.written or owner.written:
                if row.id not in told:
                    yield _place(ws, row, feed)
                told.add(row.id)
            elif owner.id not in seen:
                seen.add(owner.id)
                waiting.append(owner)


def _below(ws: WriteSet, parent: RowChange, reads: frozenset[str] | None) -> Iterator[tuple[RowChange, Feed]]:
    """Changed rows that feed a roll-up of this record, before or after; sums of their own inputs first."""
    feeds = [feed for some in plan_of(ws.model).feeds.values() for feed in some if feed.slot.form == parent.form]
    if reads is not None:
        feeds = [feed for feed in feeds if feed.slot.name in reads] or feeds
    for feed in sorted(feeds, key=lambda feed: feed.amount is None):
        for row in ws.of(*feed.source):
            holder = ws.owner_of(row) if feed.via_owner else row
            sides = [side.get(feed.via) for side in (holder.now, holder.old) if side is not None]
            if parent.id in sides and (row.dirty or ws.owner_of(row).dirty):
                yield row, feed


def _place(ws: WriteSet, row: RowChange, feed: Feed) -> tuple[str, str]:
    via = (row if feed.via in plan_of(ws.model).fields[row.kind] else ws.owner_of(row), feed.via)
    reference = _pointer(ws, via) or cases.row_pointer(ws, via[0])
    return reference, next(filter(None, (_pointer(ws, each) for each in _changed(ws, row, feed))), reference)


def _pointer(ws: WriteSet, place: _Place) -> str | None:
    sent = _sent(ws, place)
    return None if sent is None else cases.row_pointer(ws, sent[0]) + pointer(*sent[1].split("."))


def _changed(ws: WriteSet, row: RowChange, feed: Feed) -> Iterator[_Place]:
    """What the act has changed of the contribution: the figure, where it comes anew too, or the day it counts on."""
    figure, owner = _figure(ws, row, feed), ws.owner_of(row)
    anew = row.is_new or owner.changed("$state")
    if figure is not None and (anew or figure[0].changed(figure[1]) or figure[0].kind != row.kind):
        yield figure
    elif feed.by is not None and len(feed.by) == 1 and row.changed(feed.by[0]):
        yield row, feed.by[0]


def _sent(ws: WriteSet, place: _Place) -> _Place | None:
    """The place as somebody sent it: of what an effect made, the field its value was taken from."""
    row, name = place
    made: tuple[RowChange, Effect] | None = ws.memo.get(MADE, {}).get(ws.owner_of(row).id)
    if made is None:
        return place
    source, effect = made
    path = effect.values[name].text.strip().removeprefix("parent.") if name in effect.values else ""
    fields = plan_of(ws.model).fields
    owners = (source, ws.owner_of(source))
    return next(((each, path) for each in owners if path in fields[each.kind]), None)


def _figure(ws: WriteSet, row: RowChange, feed: Feed) -> _Place | None:
    """The row's own input that the roll-up adds up; of what is computed the first number it is computed from, one that
    this act changed before others."""
    if feed.value is None or feed.amount is None:
        return None
    plan = plan_of(ws.model)
    start = Slot(*row.kind, feed.value[0])
    if start.name not in plan.fields[row.kind]:
        start = Slot(row.form, None, feed.value[0])
    found: list[_Place] = []
    waiting, seen = deque([start]), {start}
    while waiting:
        slot = waiting.popleft()
        field = plan.fields[slot.form, slot.sub].get(slot.name)
        if field is None:
            continue
        if not field.computed:
            kind = ws.model.definitions.type_of(field)
            if kind is not None and kind.kind is Kind.NUMBER:
                found.append(_at(ws, row, slot))
            continue
        for link in plan.graph.sources.get(slot, ()):
            if link.edge in (Edge.OWN, Edge.OWNER, Edge.ROWS) and link.source not in seen:
                seen.add(link.source)
                waiting.append(link.source)
    filled = [each for each in found if (each[0].now or {}).get(each[1]) not in (None, 0)]
    return next((each for each in filled if each[0].changed(each[1])), next(iter(filled), None))


def _at(ws: WriteSet, row: RowChange, slot: Slot) -> _Place:
    """A value of the row itself, of the record that owns it, or, of rows the record adds up, the rows as a whole."""
    if slot.sub == row.sub:
        return row, slot.name
    return ws.owner_of(row), slot.sub or slot.name
