"""Saves a view of a list: a new one, or changes to one that stands."""

from __future__ import annotations

from .. import licence
from ..access import require_form
from ..kernel.actor import Actor
from ..records import saved_views
from ..records.saved_views import Look
from ..records.seen import Eyes
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def save_view(
    inst: Installation,
    actor: Actor,
    form: str,
    view: str | None = None,
    *,
    title: str | None = None,
    look: Look | None = None,
    shared: bool | None = None,
) -> str:
    """Add a view (`view` None) or change what is given of one; its id. Raises NotFound, Forbidden, Invalid, Malformed (a
    filter the actor himself could not ask)."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> str:
        model = inst.catalog.live(tx)
        require_form(tx, model, form)
        if look is not None and look.filter:
            Eyes(tx, model, form).condition(look.filter)
        if view is None:
            return saved_views.add(tx, model, form, title or "", look or Look(), shared=bool(shared))
        saved_views.change(tx, model, form, view, title=title, look=look, shared=shared)
        return view

    return transaction(inst, actor.tenant, actor, act)
