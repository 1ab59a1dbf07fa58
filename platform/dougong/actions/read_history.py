"""What was ever done to a record, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from ..definition.names import is_system
from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..kernel.ids import is_id
from ..records import query
from ..records.history import LIMIT, field_of, history
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def read_history(
    inst: Installation,
    actor: Actor,
    form: str,
    record: str,
    *,
    limit: int = LIMIT,
    before: str | None = None,
    by: str | None = None,
    field: str | None = None,
) -> list[dict[str, Any]]:
    """Newest first, `before` an act's id only those older, `by` a member's id only that member's, `field` only changes of
    that field: {id, at, by, by_name, on_behalf, event, request_id, changes: [{field, row?, title, old, new, …}]}. Raises
    NotFound, Malformed (`cursor`, `unknown_field` for a field the actor may not see)."""

    def act(tx: Transaction) -> list[dict[str, Any]]:
        model = inst.catalog.live(tx)
        _, levels = query.get(tx, model, form, record)
        if before is not None and not is_id(before):
            raise Malformed("cursor")
        seen = field is None or is_system(field) or (
            field_of(model.definitions.form(form), field) is not None and levels.level(field) in ("read", "edit")
        )  # fmt: skip
        if not seen:
            raise Malformed("unknown_field", name=field)
        return history(tx, model, form, record, levels, limit=limit, before=before, by=by, field=field)

    return read(inst, actor, act)
