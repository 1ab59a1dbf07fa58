"""Fills columns of derived values in the background, some rows in a transaction of their own
(docs/derived-values.md, New values on existing records).

A row whose column is null is not filled yet: writers leave it alone, for the job will see what they have written; a row
that is filled is kept right by them from then on. One rule: a batch goes through the same locks and the same derivation as
any act, so what stands above a filled value follows at once; a value is filled only when those below it are complete."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from ..definition.reads import Slot
from ..storage import building, guard
from ..storage.building import Mark
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import aggregates, locks, recompute
from .env import RowEnv
from .plan import Step, plan_of
from .write_set import WriteSet

BATCH = 1_000


def work(tx: Transaction, model: Model, size: int = BATCH) -> bool:
    """Fill the next rows of the first column that can be filled; False when no column is being built any more. Raises
    Conflict `building_moved` when another worker was quicker, `definition_changed` after a publish."""
    guard.require(tx, model)
    waiting = building.marks(tx)
    for mark in waiting:
        if mark.source is not None:
            building.convert_batch(tx, model, mark, size)
            return True
    by_slot = {slot_of(model, mark): mark for mark in waiting}
    for step in recompute.steps_of(plan_of(model)):
        if step.slot in by_slot:
            _batch(tx, model, step, by_slot[step.slot], size)
            return True
    for mark in waiting:
        building.finish(tx, mark)
    return bool(waiting)


def slot_of(model: Model, mark: Mark) -> Slot:
    """The value a mark is about; marks name fields by their x-ids."""
    form = model.form(mark.form)
    sub = next((each for each in form.subtables if each.id == mark.sub), None) if mark.sub else None
    fields = sub.fields if sub is not None else form.fields
    name = next(each.name for each in fields if each.id == mark.field)
    return Slot(mark.form, sub.name if sub is not None else None, name)


def _batch(tx: Transaction, model: Model, step: Step, mark: Mark, size: int) -> None:
    ids = _next(tx, model, step.slot, mark.cursor, size)
    if not ids:
        building.finish(tx, mark)
        return
    settled = locks.settle(tx, model, lambda ws: _fill(ws, step, ids))
    settled.ws.flush()
    building.advance(tx, mark, ids[-1], len(ids))


def _next(tx: Transaction, model: Model, slot: Slot, cursor: str | None, size: int) -> list[str]:
    table = model.table(slot.form).table(slot.sub)
    query = select(table.c.id).order_by(table.c.id).limit(size)
    return list(tx.conn.scalars(query if cursor is None else query.where(table.c.id > cursor)))


def _fill(ws: WriteSet, step: Step, ids: Sequence[str]) -> None:
    """Set the value of these rows as it is now; under the locks nobody else changes what it is made of."""
    rows = ws.load(step.slot.form, ids, step.slot.sub)
    right = _rollups(ws, step, ids) if step.feed is not None else {}
    for row_id, change in rows.items():
        if change.now is None:
            continue
        values = right.get(row_id) or {step.slot.name: recompute.value_of(step, RowEnv(ws, change))}
        for name, value in values.items():
            change.now[name] = value
            change.derived.add(name)
        ws.need_row(change)


def _rollups(ws: WriteSet, step: Step, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    if step.feed is None:
        return {}
    query = aggregates.by_parent(ws.tx, ws.model, step.feed, ids)
    found = {row.parent: row for row in ws.tx.conn.execute(query)}
    none: tuple[int, Decimal | None] = (0, None)
    given = {key: (row.n, getattr(row, "value", None)) for key, row in found.items()}
    return {key: recompute.rollup_values(step, *given.get(key, none)) for key in ids}
