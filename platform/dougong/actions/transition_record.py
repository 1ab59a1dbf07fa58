"""Moves a record along its life: submit, approve, reject, withdraw, void, close, disable, enable, delete, restore."""

from __future__ import annotations

from ..kernel.actor import Actor
from ..records.ops import Event, Transition
from .installation import Installation
from .transaction import Once
from .writing import Answer, write_one


def transition_record(
    inst: Installation,
    actor: Actor,
    form: str,
    record: str,
    event: Event,
    *,
    version: int | None = None,
    confirm: bool = True,
    once: Once | None = None,
    request_id: str | None = None,
) -> Answer:
    """Raises NotFound, Forbidden, Stale, Conflict (`state`, `already_done`, `referenced`), Invalid, Unconfirmed."""
    op = Transition(form, record, event, version=version)
    return write_one(inst, actor, op, confirm=confirm, once=once, request_id=request_id)
