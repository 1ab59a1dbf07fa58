"""Takes a batch back, an import or a change of many records: what it made is deleted, what it deleted is restored, what it
changed says again what it said before. One rule: a record that
somebody has touched since stands in the way and is never overwritten; either nothing is undone, or, when that is asked
for, everything but such records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exchange import batches
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..kernel.ids import new_id
from ..kernel.problems import pointer
from ..records.ops import Event, Op, Transition, Update
from ..records.progress import STAGES, Watcher
from ..records.record import Record
from ..records.write_set import WriteSet
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read
from .write_many import Many, Outcome, row_of, write_many

#: What takes back an event of a batch; what was updated is written again.
_BACK: Mapping[str, Event] = {"created": "delete", "deleted": "restore"}


@dataclass(slots=True)
class Undone:
    """`left` are the records that stand in the way: {record, code, params}."""

    deleted: int = 0
    restored: int = 0
    left: list[dict[str, Any]] = field(default_factory=list)
    kept: bool = False

    def figures(self) -> dict[str, int]:
        """{deleted, restored, left}."""
        return {"deleted": self.deleted, "restored": self.restored, "left": len(self.left)}


def take_back(
    inst: Installation,
    actor: Actor,
    form: str,
    batch: str,
    *,
    leave: bool,
    finish: Callable[[Transaction, Undone], None],
    watcher: Watcher,
) -> Undone:
    """Undo it in one act. Raises NotFound, Busy, and what no record can be blamed for."""
    ops, records = read(inst, actor, lambda tx: _ops(inst, tx, form, batch))
    watcher(STAGES["read"][1])
    undone = Undone()

    def tell(outcome: Outcome) -> Undone:
        _counted(undone, ops_made, outcome.written)
        undone.left = [_in_the_way(records, each) for each in outcome.problems]
        undone.kept = outcome.kept
        return undone

    def keep(tx: Transaction, written: Mapping[int, Record]) -> None:
        _counted(undone, ops_made, written)
        undone.left = [_in_the_way(records, each) for each in many.problems]
        finish(tx, undone)

    ops_made = dict(ops)
    many = Many(
        ops, tell, partial=True, finish=keep, keep=lambda refused: leave or not refused, watcher=watcher,
        request_id=new_id(),
    )  # fmt: skip
    return write_many(inst, actor, many)


def _ops(inst: Installation, tx: Transaction, name: str, batch: str) -> tuple[dict[int, Op], dict[int, str]]:
    """What takes each record back, the last one first, by its line; and the records by line."""
    model = inst.catalog.live(tx)
    if name not in model.definitions.forms:
        raise NotFound("form", form=name)
    form, rows = model.form(name), batches.rows_of(tx, batch)
    ws = WriteSet(tx, model)
    stands = ws.load(name, [row.record for row in rows])
    changed = [row.record for row in rows if row.event == "updated"]
    for sub in form.subtables:
        ws.load_children(name, sub.name, changed)
    ops: dict[int, Op] = {}
    for row in rows:
        now = stands[row.record].now if row.record in stands else None
        if _as_before(row.event, now):
            continue
        at = pointer(row.line)
        if row.event in _BACK:
            ops[row.line] = Transition(name, row.record, _BACK[row.event], version=row.version, pointer=at)
        else:
            here = {sub.name: {each.id for each in ws.children(name, sub.name, row.record)} for sub in form.subtables}
            old = {name: _rows(value, here[name]) if name in here else value for name, value in row.old.items()}
            ops[row.line] = Update(name, row.record, old, version=row.version, pointer=at)
    return ops, {row.line: row.record for row in rows}


def _as_before(event: str, now: Mapping[str, Any] | None) -> bool:
    """Whether somebody has taken the record back already: deleted what was made, restored what was deleted."""
    deleted = now is None or now["$deleted"] is not None
    return deleted if event == "created" else not deleted if event == "deleted" else False


def _rows(old: Any, here: set[str]) -> list[dict[str, Any]]:
    """Rows of a subtable as they were; one that is gone is written anew."""
    return [
        row if row["$id"] in here else {name: value for name, value in row.items() if name != "$id"}
        for row in old or ()
    ]


def _counted(undone: Undone, ops: Mapping[int, Op], written: Mapping[int, Record]) -> None:
    gone = sum(isinstance(op, Transition) and op.event == "delete" for op in map(ops.__getitem__, written))
    undone.deleted, undone.restored = gone, len(written) - gone


def _in_the_way(records: Mapping[int, str], problem: Any) -> dict[str, Any]:
    line = row_of(problem.pointer)
    params = {name: str(value)[:200] for name, value in problem.params.items() if name not in ("differs", "pointers")}
    return {"record": records.get(line or 0), "code": problem.code, "params": params, "message": problem.message}
