"""Moves a saved view among its like."""

from __future__ import annotations

from ..access import require_form
from ..kernel.actor import Actor
from ..records import saved_views
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def move_view(inst: Installation, actor: Actor, form: str, view: str, by: int) -> None:
    """One place up (-1) or down (1). Raises NotFound, Forbidden."""

    def act(tx: Transaction) -> None:
        model = inst.catalog.live(tx)
        require_form(tx, model, form)
        saved_views.move(tx, model, form, view, by)

    transaction(inst, actor.tenant, actor, act)
