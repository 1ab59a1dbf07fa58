"""Deletes a saved view."""

from __future__ import annotations

from ..access import require_form
from ..kernel.actor import Actor
from ..records import saved_views
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def delete_view(inst: Installation, actor: Actor, form: str, view: str) -> None:
    """Delete it. Raises NotFound, Forbidden."""

    def act(tx: Transaction) -> None:
        model = inst.catalog.live(tx)
        require_form(tx, model, form)
        saved_views.remove(tx, model, form, view)

    transaction(inst, actor.tenant, actor, act)
