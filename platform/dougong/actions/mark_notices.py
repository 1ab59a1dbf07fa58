"""Notes that a member has read notices. No licence is asked: reading is always free."""

from __future__ import annotations

from ..kernel.actor import Actor
from ..notify import mark
from .installation import Installation
from .transaction import transaction


def mark_notices(inst: Installation, actor: Actor, *, notice: str | None = None, record: str | None = None) -> int:
    """One notice, all about one record, or all there are; how many were news."""
    return transaction(inst, actor.tenant, actor, lambda tx: mark(tx, notice, record=record))
