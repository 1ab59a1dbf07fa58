"""Makes and changes departments: only admins may."""

from __future__ import annotations

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import departments, members
from ..people.departments import Department
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read, transaction


def list_departments(inst: Installation, actor: Actor) -> list[Department]:
    """Every department of the actor's tenant, in order."""
    return read(inst, actor, lambda tx: departments.all_of(tx.conn))


def add_department(
    inst: Installation, actor: Actor, name: str, *, code: str | None = None, parent: str | None = None
) -> Department:
    """Make a department below `parent` (an id). Raises Forbidden, Invalid, NotFound."""
    _require(actor)

    def act(tx: Transaction) -> Department:
        made = departments.add(tx.conn, name, code=code, parent=parent)
        tx.audit(None, made.id, "department_added", [{"field": "name", "old": None, "new": made.name}])
        return made

    return transaction(inst, actor.tenant, actor, act)


def change_department(
    inst: Installation, actor: Actor, department: str, *, name: str, parent: str | None, head: str | None
) -> Department:
    """Rename, move or give a head (a member's id). Raises Forbidden, NotFound, Invalid `cycle`."""
    _require(actor)

    def act(tx: Transaction) -> Department:
        old = departments.get(tx.conn, department)
        if parent is not None:
            departments.get(tx.conn, parent)
        if head is not None:
            members.get(tx.conn, head)
        departments.change(tx.conn, department, name=name, parent=parent, head=head)
        new = departments.get(tx.conn, department)
        differs = [each for each in ("name", "parent", "head") if getattr(old, each) != getattr(new, each)]
        changes = [{"field": each, "old": getattr(old, each), "new": getattr(new, each)} for each in differs]
        tx.audit(None, department, "department_changed", changes)
        return new

    return transaction(inst, actor.tenant, actor, act)


def _require(actor: Actor) -> None:
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_department")
