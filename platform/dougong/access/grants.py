"""Who may do what to which rows. `scope` is the one condition every read and every write adds to its SELECT."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select, true

from ..kernel.errors import Forbidden, NotFound
from ..kernel.ids import is_id
from ..storage.model import Model
from ..storage.transaction import Transaction
from .policies import granting
from .rows import matching, mine

#: Acts that belong to the flow; until flows run, to admins.
_FLOW = frozenset({"approve", "reject"})


def scope(
    tx: Transaction, model: Model, form: str, action: str, table: FromClause | None = None
) -> ColumnElement[bool]:
    """The condition over the form's main table (or `table`, an alias of it) that holds for the rows on which the actor
    may do `action`; false() where no policy grants it. Rows in the recycle bin are not excluded here."""
    if tx.actor.is_admin:
        return true()
    if action in _FLOW:
        return false()
    definition = model.definitions.form(form)
    main = model.table(form).main if table is None else table
    granted = [matching(tx, model, definition, each, main) for each in granting(tx.actor, definition, action)]
    if not granted:
        return false()
    rows = or_(*granted)
    return and_(rows, mine(tx.actor, main)) if action == "withdraw" else rows


def allowed(tx: Transaction, model: Model, form: str, action: str) -> bool:
    """Whether any policy at all grants the action on some row: for menus, buttons and an early 403."""
    if tx.actor.is_admin:
        return True
    return action not in _FLOW and bool(granting(tx.actor, model.definitions.form(form), action))


def require(tx: Transaction, model: Model, form: str, action: str, id: str) -> None:  # noqa: A002
    """Raises NotFound when the record is absent or invisible, Forbidden when it may be seen but not acted upon. A record
    in the recycle bin is seen by who may delete it."""
    main = model.table(form).main
    if not is_id(id):
        raise NotFound("not_found", form=form, id=id)
    seen, granted = scope(tx, model, form, "view"), scope(tx, model, form, action)
    row = tx.conn.execute(
        select(main.c.deleted_at, seen.label("seen"), granted.label("granted")).where(main.c.id == id)
    ).one_or_none()
    if row is None or not row.seen or (row.deleted_at is not None and action != "restore"):
        raise NotFound("not_found", form=form, id=id)
    if not row.granted:
        raise Forbidden("forbidden", form=form, action=action)


def require_form(tx: Transaction, model: Model, form: str, action: str = "view") -> None:
    """For acts on a form as a whole (list, create, import). Raises NotFound when the actor may do nothing with the form,
    Forbidden when it may do other things."""
    definition = model.definitions.form(form)
    if allowed(tx, model, form, action):
        return
    if any(granting(tx.actor, definition, each) for each in ("view", "create", "edit")):
        raise Forbidden("forbidden", form=form, action=action)
    raise NotFound("form", form=form)
