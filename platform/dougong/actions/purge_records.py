"""Removes deleted records for good before their time; only an admin may."""

from __future__ import annotations

from collections.abc import Sequence

from .. import licence
from ..access import require_form
from ..kernel.actor import Actor
from ..records.purge import purge
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def purge_records(inst: Installation, actor: Actor, form: str, ids: Sequence[str]) -> int:
    """How many went. Raises NotFound, Forbidden, Conflict `state` for one that is not in the recycle bin."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> int:
        model = inst.catalog.live(tx)
        require_form(tx, model, form, "delete")
        return purge(tx, model, form, ids)

    return transaction(inst, actor.tenant, actor, act)
