"""What hangs on a value that was refused: computed values nobody should read, checks nobody can judge. One rule: a value
that cannot stand feeds nothing that is shown or judged, however far away; what does not hang on it goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping

from ..definition.dependencies import TOTAL_MARK, Edge, Link
from ..definition.model import Form
from ..definition.reads import Relation, Slot
from ..kernel.problems import Problem
from .cases import Case
from .conditions import Place
from .entry import Entry
from .write_set import RowChange, WriteSet

#: Problems that are no value's own fault: it is absent, not asked for, or does not go together with others.
_NO_VALUE = frozenset({"required", "not_applicable", "read_only", "check", "unique"})


def refused_places(entry: Entry, pointers: Mapping[Place, str], problems: Iterable[Problem]) -> set[Place]:
    """The places whose own value cannot stand; `pointers` are those of the record's places."""
    at = {entry.at + where: place for place, where in pointers.items() if not _is_subtable(entry.form, place, entry)}
    blamed = (each.pointer for each in problems if each.level == "error" and each.code not in _NO_VALUE)
    return {at[where] for pointer in blamed for where in _above(pointer) if where in at}


def _is_subtable(form: Form, place: Place, entry: Entry) -> bool:
    found = form.find(place[1]) if place[0] == entry.record.id else None
    return found is not None and found.is_subtable


def _above(pointer: str) -> Iterator[str]:
    """The pointer itself, then those of what it lies in."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def hanging(ws: WriteSet, entry: Entry, places: Collection[Place]) -> dict[Place, Place]:
    """The computed values of the record and its rows that rest on these places, each with the first of them."""
    rows = {row.id: row for sub in entry.form.subtables for row in _rows(ws, entry, sub.name)}
    found: dict[Place, Place] = {}
    waiting = deque((each, each) for each in sorted(places))
    while waiting:
        (row_id, name), cause = waiting.popleft()
        sub = rows[row_id].sub if row_id in rows else None
        for link in ws.model.graph.targets.get(Slot(entry.form.full_name, sub, name), ()):
            for target in _targets(ws, entry, rows, link, row_id):
                place = (target.id, link.target.name)
                if place not in found and place not in places and place[1] not in target.given:
                    found[place] = cause
                    waiting.append((place, cause))
    return found


def _targets(ws: WriteSet, entry: Entry, rows: Mapping[str, RowChange], link: Link, row_id: str) -> Iterable[RowChange]:
    """The rows of this record in which the link's end is computed."""
    end = link.target
    if end.form != entry.form.full_name or end.name.startswith(TOTAL_MARK):
        return ()
    if link.edge is Edge.OWN:
        return (rows.get(row_id, entry.record),)
    if link.edge not in (Edge.OWNER, Edge.ROWS):
        return ()
    return (entry.record,) if end.sub is None else _rows(ws, entry, end.sub)


def _rows(ws: WriteSet, entry: Entry, sub: str) -> list[RowChange]:
    return [row for row in ws.children(entry.form.full_name, sub, entry.record.id) if row.now is not None]


def take_out(ws: WriteSet, entry: Entry, places: Iterable[Place]) -> None:
    """Empty these places, so that everything computed next is made of what stands."""
    rows = {row.id: row for sub in entry.form.subtables for row in _rows(ws, entry, sub.name)}
    for row_id, name in places:
        row = rows.get(row_id, entry.record)
        if row.now is not None:
            row.now[name] = None


def rests_on(ws: WriteSet, case: Case, places: Collection[Place]) -> bool:
    """Whether a check reads one of these places."""
    for each in case.plan.rule.reads.inputs:
        if each.hops:
            continue
        name, sub = each.source.name, each.source.sub
        if each.relation is Relation.ROWS and sub is not None:
            children = ws.children(case.record.form, sub, case.record.id)
            if any((row.id, name) in places for row in children if row.now is not None):
                return True
        elif (case.row.id if each.relation is Relation.OWN else case.record.id, name) in places:
            return True
    return False
