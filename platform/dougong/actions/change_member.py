"""Changes a member: name, superior, roles, departments, active or not. Roles taken away are gone with the next request;
who is made inactive is signed out everywhere, and their API tokens are dead for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Invalid
from ..people import accounts, members, password_links, roles, sessions, tokens
from ..people.asking import KEEP, Kept, collecting
from ..people.members import Member
from ..storage.transaction import Transaction
from .add_user import unknown_places
from .installation import Installation
from .transaction import transaction

_TOLD = ("name", "superior", "roles", "departments", "active")


def change_member(
    inst: Installation,
    actor: Actor,
    member: str,
    *,
    name: str | None = None,
    superior: str | Kept | None = KEEP,
    give: Iterable[str] | None = None,
    departments: Sequence[str] | None = None,
    active: bool | None = None,
) -> Member:
    """Set what is given, keep what is not; only admins may. Raises Forbidden, NotFound, Invalid, Conflict `last_admin`."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_member")

    def change(tx: Transaction) -> tuple[Member, Member]:
        old = members.get(tx.conn, member)
        problems = unknown_places(tx, [each for each in departments or () if each not in old.departments])
        with collecting(problems):
            members.change(tx.conn, member, name=name, superior=superior)
        if problems:
            raise Invalid(problems)
        if give is not None:
            wanted = set(give)
            for role in sorted(wanted - set(old.roles)):
                roles.ensure(tx.conn, role)
            members.set_roles(tx.conn, member, wanted)
        if departments is not None:
            members.set_departments(tx.conn, member, departments)
        if active is not None:
            members.set_active(tx.conn, member, active)
        new = members.get(tx.conn, member)
        changes = [
            {"field": each, "old": getattr(old, each), "new": getattr(new, each)}
            for each in _TOLD
            if getattr(old, each) != getattr(new, each)
        ]
        if changes:
            tx.audit(None, member, "member_changed", changes)
        return old, new

    old, new = transaction(inst, actor.tenant, actor, change)
    if not new.active:
        _shut_out(inst, actor.tenant, new.account)
    elif old.roles != new.roles:
        with inst.database.control_write() as control:
            sessions.rotate_all(control, new.account, actor.tenant)
    return new


def sign_out_member(inst: Installation, actor: Actor, member: str) -> None:
    """End every session of a member, for a lost telephone; tokens stay. Raises Forbidden, NotFound."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="sign_out_member")

    def act(tx: Transaction) -> Member:
        found = members.get(tx.conn, member)
        tx.audit(None, member, "member_signed_out")
        return found

    found = transaction(inst, actor.tenant, actor, act)
    with inst.database.control_write() as control:
        sessions.end_all(control, found.account, actor.tenant)


def _shut_out(inst: Installation, tenant: str, account: str) -> None:
    with inst.database.control_write() as control:
        sessions.end_all(control, account, tenant)
        tokens.revoke_all(control, account, tenant, inst.clock.now())
        if accounts.tenants_of(control, account) == [tenant]:
            password_links.end(control, account)
