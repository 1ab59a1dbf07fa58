"""Makes somebody a member of a tenant, with roles. Repeating it adds what is missing and takes nothing away."""

from __future__ import annotations

from collections.abc import Iterable

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import accounts, members, roles, sessions
from ..people.members import Member
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def add_user(
    inst: Installation,
    actor: Actor,
    account: str,
    *,
    name: str = "",
    give: Iterable[str] = (),
    password: str | None = None,
) -> Member:
    """Give the account a place in the actor's tenant with the roles `give`; only admins may. Raises Forbidden, Invalid."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="add_user")
    with inst.database.control_write() as control:
        found = accounts.ensure(control, account, inst.clock.now(), password=password)
        accounts.join(control, found.id, actor.tenant)

    def join(tx: Transaction) -> tuple[Member, bool]:
        member = members.add(tx.conn, found.id, found.name, name, tx.now)
        wanted = {*member.roles, *give}
        for role in sorted(wanted - set(member.roles)):
            roles.ensure(tx.conn, role)
        changed = members.set_roles(tx.conn, member.id, wanted)
        tx.audit(
            None, member.id, "member_added", [{"field": "roles", "old": list(member.roles), "new": sorted(wanted)}]
        )
        return members.get(tx.conn, member.id), changed

    member, changed = transaction(inst, actor.tenant, actor, join)
    if changed:
        with inst.database.control_write() as control:
            sessions.rotate_all(control, found.id, actor.tenant)
    return member
