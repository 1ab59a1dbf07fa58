"""What was ever done to a record, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..kernel.ids import is_id
from ..records import query
from ..records.history import LIMIT, history
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def read_history(
    inst: Installation, actor: Actor, form: str, record: str, *, limit: int = LIMIT, before: str | None = None
) -> list[dict[str, Any]]:
    """Newest first, `before` an act's id only those older: {id, at, by, by_name, on_behalf, event, request_id, changes:
    [{field, row?, title, old, new, …}]}. Raises NotFound, Malformed `cursor`."""

    def act(tx: Transaction) -> list[dict[str, Any]]:
        model = inst.catalog.live(tx)
        _, levels = query.get(tx, model, form, record)
        if before is not None and not is_id(before):
            raise Malformed("cursor")
        return history(tx, model, form, record, levels, limit=limit, before=before)

    return read(inst, actor, act)
