"""Changes a member: name, superior, roles, departments, active or not. Roles taken away are gone with the next request;
who is made inactive is signed out everywhere, and their API tokens are dead for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Invalid
from ..people import accounts, members, password_links, roles, sessions, tokens
from ..people.asking import KEEP, Kept, collecting
from ..people.members import Member
from ..storage.transaction import Transaction
from .add_user import unknown_places
from .as_seen import Seen, overtaken, wanted_of
from .installation import Installation
from .transaction import transaction

_TOLD = ("name", "superior", "roles", "departments", "active")
#: What the audit calls the fields of the form.
_CALLED = {"name": "name", "superior": "superior", "main": "departments"}


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

    def change(tx: Transaction) -> tuple[Member, Member]:
        old = members.locked(tx.conn, member)
        return old, _write(tx, old, name, superior, give, departments, active)

    return _carried_out(inst, actor, change)


def change_profile(inst: Installation, actor: Actor, member: str, given: Seen, seen: Seen | None) -> Member:
    """Set of `given` (name, superior, main, departments, roles; ids, "" for nobody) what differs from what was `seen`.
    Raises Forbidden, NotFound, Invalid (`overtaken` when somebody else changed the same), Conflict `last_admin`."""

    def change(tx: Transaction) -> tuple[Member, Member]:
        old = members.locked(tx.conn, member)
        stands = profile_of(old)
        wanted, clashes = wanted_of(seen, stands, given)
        if clashes:
            raise overtaken(tx, "member_changed", member, {each: _CALLED[each] for each in clashes}, stands)
        new: dict[str, Any] = {**stands, **wanted}
        places = list(dict.fromkeys(each for each in (new["main"], *new["departments"]) if each))
        superior = (new["superior"] or None) if "superior" in wanted else KEEP
        return old, _write(
            tx, old, wanted.get("name"), superior, wanted.get("roles"),
            places if {"main", "departments"} & set(wanted) else None, None,
        )  # fmt: skip

    return _carried_out(inst, actor, change)


def profile_of(found: Member) -> dict[str, Any]:
    """A member as the form shows them; the main department stands apart from the others."""
    return {
        "name": found.name, "superior": found.superior or "", "roles": list(found.roles),
        "main": found.departments[0] if found.departments else "", "departments": list(found.departments[1:]),
    }  # fmt: skip


def _write(
    tx: Transaction,
    old: Member,
    name: str | None,
    superior: str | Kept | None,
    give: Iterable[str] | None,
    departments: Sequence[str] | None,
    active: bool | None,
) -> Member:
    problems = unknown_places(tx, [each for each in departments or () if each not in old.departments])
    with collecting(problems):
        members.change(tx.conn, old.id, name=name, superior=superior)
    if problems:
        raise Invalid(problems)
    if give is not None:
        wanted = set(give)
        for role in sorted(wanted - set(old.roles)):
            roles.ensure(tx.conn, role)
        members.set_roles(tx.conn, old.id, wanted)
    if departments is not None:
        members.set_departments(tx.conn, old.id, departments)
    if active is not None:
        members.set_active(tx.conn, old.id, active)
    new = members.get(tx.conn, old.id)
    differs = [each for each in _TOLD if getattr(old, each) != getattr(new, each)]
    changes = [{"field": each, "old": getattr(old, each), "new": getattr(new, each)} for each in differs]
    if changes:
        tx.audit(None, old.id, "member_changed", changes)
    return new


def _carried_out(inst: Installation, actor: Actor, change: Callable[[Transaction], tuple[Member, Member]]) -> Member:
    """In one transaction, and sessions as what came of it asks."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_member")
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
