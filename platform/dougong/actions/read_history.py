"""What was ever done to a record, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from ..kernel.actor import Actor
from ..records import query
from ..records.history import history
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def read_history(inst: Installation, actor: Actor, form: str, record: str) -> list[dict[str, Any]]:
    """Newest first: {at, by, by_name, on_behalf, event, request_id, changes: [{field, row?, title, old, new, …}]}. Raises
    NotFound."""

    def act(tx: Transaction) -> list[dict[str, Any]]:
        model = inst.catalog.live(tx)
        _, levels = query.get(tx, model, form, record)
        return history(tx, model, form, record, levels)

    return read(inst, actor, act)
