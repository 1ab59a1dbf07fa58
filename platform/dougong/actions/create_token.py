"""Makes an API token for a member. It can do what the member can, no more, and only in this tenant."""

from __future__ import annotations

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, NotFound
from ..people import accounts, members, tokens
from ..people.asking import bounded
from .installation import Installation
from .transaction import transaction


def create_token(inst: Installation, actor: Actor, account: str, *, name: str = "") -> str:
    """The secret of a new token, shown once. Members make tokens for themselves, admins for anybody in their tenant.
    Raises NotFound when the account is no active member, Invalid for too long a name."""
    licence.require(licence.may_write(actor.tenant))
    with inst.database.control_read() as control:
        found = accounts.find(control, account)
    with inst.database.tenant(actor.tenant).read() as conn:
        member = members.by_account(conn, found.id) if found else None
    if found is None or member is None or not member.active:
        raise NotFound("member", account=account)
    if not actor.is_admin and actor.member != member.id:
        raise Forbidden("forbidden", action="create_token")
    called = bounded(name, "name", 100) or "token"
    with inst.database.control_write() as control:
        secret = tokens.create(control, found.id, actor.tenant, called, inst.clock.now())
    changes = [{"field": "name", "old": None, "new": called}]
    transaction(inst, actor.tenant, actor, lambda tx: tx.audit(None, member.id, "token_created", changes))
    return secret
