"""Tells people what has become of their records: approved, rejected. One rule: the notice is written by the transaction of
the act, so there is neither one without the other."""

from __future__ import annotations

from collections.abc import Iterable

from ..notify import tell
from ..records.ops import Op, Transition
from ..records.record import Record
from ..storage.transaction import Transaction

KINDS = {"approve": "approved", "reject": "rejected"}


def announce(tx: Transaction, done: Iterable[tuple[Op, Record]]) -> None:
    """A notice to whom the record belongs and who wrote it, of every decision among these operations."""
    for op, record in done:
        kind = KINDS.get(op.event) if isinstance(op, Transition) else None
        if kind is not None:
            tell(tx, (record.owner, record.created_by), kind, record.form, record.id)
