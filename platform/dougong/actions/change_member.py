"""Changes a member: roles, departments, superior, name, active or not. Roles taken away are gone with the next request;
every session of the member gets a new token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import members, roles, sessions
from ..people.members import Member
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def change_member(
    inst: Installation,
    actor: Actor,
    member: str,
    *,
    give: Iterable[str] | None = None,
    departments: Sequence[str] | None = None,
    active: bool | None = None,
) -> Member:
    """Set what is given, keep what is None; only admins may. Raises Forbidden, NotFound, Conflict `last_admin`."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_member")

    def change(tx: Transaction) -> tuple[Member, Member]:
        old = members.get(tx.conn, member)
        if give is not None:
            for role in give:
                roles.ensure(tx.conn, role)
            members.set_roles(tx.conn, member, give)
        if departments is not None:
            members.set_departments(tx.conn, member, departments)
        if active is not None:
            members.set_active(tx.conn, member, active)
        new = members.get(tx.conn, member)
        differs = [name for name in ("roles", "departments", "active") if getattr(old, name) != getattr(new, name)]
        changes = [{"field": name, "old": getattr(old, name), "new": getattr(new, name)} for name in differs]
        tx.audit(None, member, "member_changed", changes)
        return old, new

    old, new = transaction(inst, actor.tenant, actor, change)
    if old.roles != new.roles or not new.active:
        with inst.database.control_write() as control:
            sessions.rotate_all(control, new.account, actor.tenant)
    return new
