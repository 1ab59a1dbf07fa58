"""What a refresh has to swap: two views compared. One rule: only what looks different is drawn again, so that 500 rows cost
no more than one; a row that stays keeps its element, focus and all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .view import Cell, FormView, Input, RowView, Subtable


@dataclass(frozen=True, slots=True)
class Inserted:
    """Rows to put in after the row `after` ("" = at the top), in their order."""

    after: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """What changed in one subtable's rows: whole rows to draw again, those to put in and the ids of those to take away (a
    row that moved is taken away and put in)."""

    table: Subtable
    drawn: tuple[RowView, ...] = ()
    inserted: tuple[Inserted, ...] = ()
    removed: tuple[str, ...] = ()
    head: bool = False
    sums: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Single cells; parts of subtables; whole subtables; everything (None of the others suffices)."""

    cells: tuple[Input, ...] = ()
    rows: tuple[Rows, ...] = ()
    subtables: tuple[Subtable, ...] = ()
    everything: bool = False


def compare(before: FormView, after: FormView) -> Difference:
    """Which parts of the screen no longer look as before."""
    if _shape(before) != _shape(after) or (before.notes, before.later) != (after.notes, after.later):
        return Difference(everything=True)
    old = {cell.name: cell for section in before.sections for cell in section.cells}
    cells: list[Input] = []
    rows: list[Rows] = []
    tables: list[Subtable] = []
    for cell in (each for section in after.sections for each in section.cells):
        known = old[cell.name]
        if known is cell or known == cell:
            continue
        if not isinstance(cell, Subtable) or not isinstance(known, Subtable):
            cells += [cell] if isinstance(cell, Input) else []
        elif _frame(known) != _frame(cell) or not (known.rows and cell.rows):
            tables.append(cell)
        else:
            found, single = _rows(known, cell)
            rows += [found] if found is not None else []
            cells += single
    return Difference(tuple(cells), tuple(rows), tuple(tables))


def _rows(before: Subtable, after: Subtable) -> tuple[Rows | None, list[Input]]:
    """The parts of a subtable that changed, and the single cells of rows that otherwise stayed."""
    old = {row.id: row for row in before.rows}
    steady = _steady([each.id for each in before.rows], [each.id for each in after.rows])
    drawn: list[RowView] = []
    cells: list[Input] = []
    for row in after.rows:
        if row.id not in steady or row is old[row.id]:
            continue
        if _look(row) != _look(old[row.id]):
            drawn.append(row)
        else:
            cells += [new for new, was in zip(row.cells, old[row.id].cells, strict=True) if new != was]
    removed = tuple(row.dom_id for row in before.rows if row.id not in steady)
    sums = [(each.total, each.stale) for each in before.columns] != [(each.total, each.stale) for each in after.columns]
    head = len(before.rows) != len(after.rows) or (before.notes, before.later) != (after.notes, after.later)
    found = Rows(after, tuple(drawn), tuple(_inserted(after, steady)), removed, head, sums or head)
    return (found if found != Rows(after) else None), cells


def _inserted(after: Subtable, steady: set[str]) -> list[Inserted]:
    """Rows that are not steady, gathered behind the steady row before them."""
    found: list[Inserted] = []
    anchor, waiting = "", list[RowView]()
    for row in after.rows:
        if row.id not in steady:
            waiting.append(row)
            continue
        if waiting:
            found.append(Inserted(anchor, tuple(waiting)))
        anchor, waiting = row.dom_id, []
    return [*found, Inserted(anchor, tuple(waiting))] if waiting else found


def _steady(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The rows that need not move: a longest run of common rows whose order stayed."""
    place = {each: index for index, each in enumerate(before)}
    common = [each for each in after if each in place]
    tails: list[int] = []
    ends: list[str] = []
    previous: dict[str, str | None] = {}
    for each in common:
        at = bisect_left(tails, place[each])
        previous[each] = ends[at - 1] if at else None
        tails[at:], ends[at:] = [place[each], *tails[at + 1 :]], [each, *ends[at + 1 :]]
    found: set[str] = set()
    here: str | None = ends[-1] if ends else None
    while here is not None:
        found.add(here)
        here = previous[here]
    return found


def _shape(view: FormView) -> list[tuple[Any, ...]]:
    return [(s.id, s.visible, tuple((cell.name, cell.visible) for cell in s.cells)) for s in view.sections]


def _frame(cell: Subtable) -> Cell:
    """All of a subtable but its rows, its notes and its sums."""
    columns = tuple(replace(each, total=None, stale="") for each in cell.columns)
    return replace(cell, rows=(), notes=(), later=(), columns=columns)


def _look(row: RowView) -> Any:
    """All of a row but the look of its single cells."""
    marks = [(each.visible, each.widget, bool(each.notes), bool(each.later)) for each in row.cells]
    return (row.all_notes, row.all_later, row.see, marks)
