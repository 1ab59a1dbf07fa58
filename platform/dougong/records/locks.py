"""Which rows an act must hold, and taking them in one order (docs/derived-values.md, Locks).

The act is prepared and propagated once without locks, to see which records it would change or must not let change: that
is the closure. These are locked in ascending (rank of the form, id), then everything is done again from what the locks
show. A row that turns out to be missing frees all locks (ROLLBACK TO SAVEPOINT), looks ahead once more and starts again,
at most six times. So waits point upwards only and no circle can close. On SQLite the one writer of a file needs none of it.

One rule: `prepare` is run from the beginning each time, so it only changes the write set it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..kernel.errors import Busy, WithProblems
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import checks
from . import rows as table_rows
from .derive import Changes, propagate
from .plan import plan_of
from .write_set import Late, WriteSet

RESTARTS = 6

Prepare: TypeAlias = Callable[[WriteSet], None]
Locks: TypeAlias = dict[str, set[str]]


@dataclass(slots=True)
class Settled:
    """A write set whose rows are locked, whose derived values stand, and what its checks say (errors and warnings).
    `changes`: {(form, id): {field: (old, new)}} of derived values on records that were there before."""

    ws: WriteSet
    changes: Changes = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def settle(tx: Transaction, model: Model, prepare: Prepare) -> Settled:
    """Prepare, lock, derive and check; nothing is written yet.

    `prepare` fills an empty write set: new rows, changed rows, effects. It may run several times, each time on a fresh
    write set, so it draws its ids outside. Raises what it raises, Invalid, and Busy after six restarts."""
    _once_only(tx)
    if tx.dialect == "sqlite":
        return _finish(tx, model, _prepared(tx, model, prepare, {}))
    wanted: Locks = {}
    look = _look_ahead(tx, model, prepare, wanted)
    if look is not None:
        return look
    for _ in range(RESTARTS):
        savepoint = tx.conn.begin_nested()
        try:
            lock_closure(tx, model, wanted)
            settled = _finish(tx, model, _prepared(tx, model, prepare, wanted))
            savepoint.commit()
            return settled
        except Late as late:
            savepoint.rollback()
            _add(wanted, late.wanted)
            _look_ahead(tx, model, prepare, wanted)
    raise Busy(retry_after=1)


def lock_closure(tx: Transaction, model: Model, wanted: Mapping[str, Iterable[str]]) -> None:
    """Lock these records in ascending (rank, id). FOR NO KEY UPDATE: references to them stay possible."""
    rank = plan_of(model).graph.rank
    for form in sorted(wanted, key=lambda each: (rank.get(each, 0), each)):
        of = table_rows.shape(model.table(form), None)
        table_rows.lock_ids(tx.conn, of, wanted[form])


def _look_ahead(tx: Transaction, model: Model, prepare: Prepare, wanted: Locks) -> Settled | None:
    """What the act would need, noted in `wanted`; the finished act when it needs nothing but what it creates."""
    ws = WriteSet(tx, model)
    prepare(ws)
    changes: Changes = {}
    try:
        changes = _derive(tx, model, ws)
    except WithProblems:
        if not any(ws.wanted.values()):
            raise
    _add(wanted, ws.wanted)
    return None if any(wanted.values()) else Settled(ws, changes, checks.run(ws))


def _prepared(tx: Transaction, model: Model, prepare: Prepare, locked: Locks) -> WriteSet:
    ws = WriteSet(tx, model)
    ws.locked = locked if tx.dialect == "postgresql" else None
    prepare(ws)
    return ws


def _finish(tx: Transaction, model: Model, ws: WriteSet) -> Settled:
    return Settled(ws, _derive(tx, model, ws), checks.run(ws))


def _derive(tx: Transaction, model: Model, ws: WriteSet) -> Changes:
    for change in list(ws.all()):
        if change.dirty:
            ws.need_row(change)
    changes = propagate(tx, model, ws)
    checks.hold(ws)
    return changes


def _add(wanted: Locks, more: Mapping[str, Iterable[str]]) -> None:
    for form, ids in more.items():
        wanted.setdefault(form, set()).update(ids)


def _once_only(tx: Transaction) -> None:
    """A second write set in a transaction would lock out of order (docs/derived-values.md, Locks)."""
    if tx.memo.get(WriteSet):
        raise RuntimeError("one write set in a transaction")
    tx.memo[WriteSet] = True
