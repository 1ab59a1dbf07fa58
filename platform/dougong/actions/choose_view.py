"""What a member chooses for himself: the view a list begins with, and his columns of a view."""

from __future__ import annotations

from collections.abc import Sequence

from ..access import require_form
from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..records import saved_views
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction

#: Columns of one list.
MOST = 100


def choose_view(
    inst: Installation,
    actor: Actor,
    form: str,
    view: str,
    *,
    starred: bool | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """`view` is the name of an authored view or the id of a saved one; `columns` () = those of the view. Raises NotFound,
    Malformed."""
    if len(view) > 100 or len(columns or ()) > MOST or any(len(each) > 300 for each in columns or ()):
        raise Malformed("too_many", limit=MOST)

    def act(tx: Transaction) -> None:
        model = inst.catalog.live(tx)
        require_form(tx, model, form)
        if starred is not None:
            saved_views.star(tx, form, view if starred else "")
        if columns is not None:
            saved_views.keep_columns(tx, form, view, columns)

    transaction(inst, actor.tenant, actor, act)
