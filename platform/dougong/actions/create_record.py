"""Creates a record, and submits it in the same transaction when asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..access import require_form
from ..kernel.actor import Actor
from ..records.ops import Create
from .installation import Installation
from .transaction import Once, read
from .writing import Answer, write_one


def create_record(
    inst: Installation,
    actor: Actor,
    form: str,
    values: Mapping[str, Any],
    *,
    submit: bool = False,
    confirm: bool = True,
    once: Once | None = None,
    request_id: str | None = None,
) -> Answer:
    """`values` by field name as JSON; null = absent. Raises NotFound for an unknown form, Forbidden, Invalid, Unconfirmed,
    KeyReused."""
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "create"))
    op = Create(form, values, submit=submit)
    return write_one(inst, actor, op, confirm=confirm, once=once, request_id=request_id)
