"""Changes a record by RFC 7396."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kernel.actor import Actor
from ..records.ops import Update
from .installation import Installation
from .transaction import Once
from .writing import Answer, write_one


def update_record(
    inst: Installation,
    actor: Actor,
    form: str,
    record: str,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
    confirm: bool = True,
    once: Once | None = None,
    request_id: str | None = None,
) -> Answer:
    """`version` is the one the changes were made on, None = whatever stands. Raises NotFound, Forbidden, Stale, Conflict
    `state`, Invalid, Unconfirmed, KeyReused."""
    op = Update(form, record, changes, version=version)
    return write_one(inst, actor, op, confirm=confirm, once=once, request_id=request_id)
