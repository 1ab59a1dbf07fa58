"""How a member gets in: password or none, living sessions and tokens, and who stands below them. For admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import accounts, departments, members, sessions, tokens
from ..people.members import Member
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


@dataclass(frozen=True, slots=True)
class Access:
    """`heads`: names of the departments the member is head of; `below`: names of those whose superior they are."""

    has_password: bool
    sessions: int
    seen_at: datetime | None
    tokens: int
    shared: bool
    heads: tuple[str, ...]
    below: tuple[str, ...]


def access_of(inst: Installation, actor: Actor, member: str) -> Access:
    """Raises Forbidden, NotFound."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="member_access")

    def act(tx: Transaction) -> tuple[Member, tuple[str, ...], tuple[str, ...]]:
        heads = tuple(each.name for each in departments.all_of(tx.conn) if each.head == member and each.active)
        below = tuple(each.name for each in members.all_of(tx.conn) if each.superior == member and each.active)
        return members.get(tx.conn, member), heads, below

    found, heads, below = read(inst, actor, act)
    with inst.database.control_read() as control:
        idle = timedelta(hours=inst.settings.session_hours)
        living = sessions.of_account(control, found.account, actor.tenant, inst.clock.now(), idle)
        return Access(
            accounts.get(control, found.account).has_password,
            len(living),
            max((each.seen_at for each in living), default=None),
            len(tokens.of_account(control, found.account, actor.tenant)),
            accounts.tenants_of(control, found.account) != [actor.tenant],
            heads,
            below,
        )
