"""Puts a form among one's favourites, or takes it away."""

from __future__ import annotations

from ..access import allowed
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, NotFound
from ..people import at_hand
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def change_favourites(inst: Installation, actor: Actor, form: str, wanted: bool) -> None:
    """Raises NotFound for a form the member may not see, Forbidden for who is no member."""
    member = actor.member
    if member is None:
        raise Forbidden("forbidden", action="favourite")

    def act(tx: Transaction) -> None:
        model = inst.catalog.live(tx)
        if wanted and not (form in model.definitions.forms and allowed(tx, model, form, "view")):
            raise NotFound("form", form=form)
        at_hand.set_favourite(tx.conn, member, form, wanted)

    transaction(inst, actor.tenant, actor, act)
