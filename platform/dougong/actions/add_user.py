"""Makes somebody a member of a tenant, with roles, departments and a superior. Repeating it adds what is missing and takes
nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Invalid
from ..kernel.problems import Problem
from ..people import accounts, departments, members, names, roles, sessions
from ..people.asking import bounded, collecting
from ..people.members import Member
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read, transaction


def add_user(
    inst: Installation,
    actor: Actor,
    account: str,
    *,
    name: str = "",
    give: Iterable[str] = (),
    password: str | None = None,
    places: Sequence[str] = (),
    superior: str | None = None,
    newcomer: bool = False,
) -> Member:
    """Give the account a place in the actor's tenant with the roles `give` and, where given, the departments `places`
    (ids) and a superior; only admins may. `newcomer`: somebody who is a member already is refused. Raises Forbidden,
    Invalid."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="add_user")
    read(inst, actor, lambda tx: _check(tx, account, name, places, superior, newcomer))
    with inst.database.control_write() as control:
        found = accounts.ensure(control, account, inst.clock.now(), password=password)
        accounts.join(control, found.id, actor.tenant)

    def join(tx: Transaction) -> tuple[Member, bool]:
        member = members.add(tx.conn, found.id, found.name, name, tx.now)
        wanted = {*member.roles, *give}
        for role in sorted(wanted - set(member.roles)):
            roles.ensure(tx.conn, role)
        changed = members.set_roles(tx.conn, member.id, wanted)
        if places:
            members.set_departments(tx.conn, member.id, places)
        if superior is not None:
            members.change(tx.conn, member.id, superior=superior)
        tx.audit(
            None, member.id, "member_added", [{"field": "roles", "old": list(member.roles), "new": sorted(wanted)}]
        )
        return members.get(tx.conn, member.id), changed

    member, changed = transaction(inst, actor.tenant, actor, join)
    if changed:
        with inst.database.control_write() as control:
            sessions.rotate_all(control, found.id, actor.tenant)
    return member


def _check(
    tx: Transaction, account: str, name: str, places: Sequence[str], superior: str | None, newcomer: bool
) -> None:
    """What the tenant can say before the account is made."""
    problems: list[Problem] = []
    login = ""
    with collecting(problems):
        login = names.normal(account)
    with collecting(problems):
        bounded(name, "name", 100)
    known = {names.normal(each.login): each for each in members.all_of(tx.conn)}
    if newcomer and login in known:
        problems.append(Problem("member_exists", "/account", {"value": login}))
    if superior is not None and superior not in {each.id for each in known.values()}:
        problems.append(Problem("reference", "/superior", {"value": superior}))
    problems += unknown_places(tx, places)
    if problems:
        raise Invalid(problems)


def unknown_places(tx: Transaction, places: Sequence[str]) -> list[Problem]:
    """A problem when one of these is no department."""
    there = {each.id for each in departments.all_of(tx.conn)} if places else set()
    missing = [each for each in places if each not in there]
    return [Problem("reference", "/departments", {"value": missing[0]})] if missing else []
