"""What every act on records has in common: the licence, one transaction, the one writer path, the answer as the actor may
see it. One rule: nothing here decides a right; `records` asks `access` for each record it writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..kernel.problems import Problem
from ..records.ops import Op
from ..records.present import present
from ..records.query import get
from ..records.record import Record
from ..records.store import Records, Written
from ..storage.transaction import Transaction
from .announce import announce
from .installation import Installation
from .reports import as_json
from .transaction import Once, transaction


class Answer(TypedDict):
    """`record` as the API shows it; None when the actor may not see it (any more). `warnings` are problems that stood
    against the act and were confirmed."""

    id: str
    version: int
    state: str
    record: dict[str, Any] | None
    warnings: list[dict[str, Any]]


def write_one(
    inst: Installation, actor: Actor, op: Op, *, confirm: bool, once: Once | None, request_id: str | None = None
) -> Answer:
    """Run one operation. `confirm`: warnings do not stop it. Raises Invalid, Unconfirmed, NotFound, Forbidden, Conflict,
    Stale, KeyReused, Busy."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> Answer:
        written = write(inst, tx, [op], confirm=confirm)
        return answer(inst, tx, written.records[0], written.warnings)

    return transaction(inst, actor.tenant, actor, act, once=once, request_id=request_id)


def write(inst: Installation, tx: Transaction, ops: Sequence[Op], *, confirm: bool = True) -> Written:
    """The one writer path, in a transaction that is open; decisions are announced."""
    written = Records(tx, inst.catalog, inst.types).write(ops, confirm=confirm)
    announce(tx, zip(ops, written.records, strict=True))
    return written


def answer(inst: Installation, tx: Transaction, record: Record, warnings: Sequence[Problem]) -> Answer:
    """A record that was written, read again as its writer may see it, with everything that is computed at read."""
    return {
        "id": record.id,
        "version": record.version,
        "state": record.state,
        "record": _shown(inst, tx, record),
        "warnings": as_json(warnings),
    }


def _shown(inst: Installation, tx: Transaction, record: Record) -> dict[str, Any] | None:
    model = inst.catalog.live(tx)
    if record.deleted_at is not None:
        return None
    try:
        found, levels = get(tx, model, record.form, record.id)
    except NotFound:
        return None
    return present(tx, model, inst.types, [found], {found.id: levels})[0]
