"""Changes one's own password. Every session of the account ends; who changed it goes on with a new one."""

from __future__ import annotations

from sqlalchemy import select

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import accounts, password_links, passwords, sessions, throttle
from ..people.tables import accounts as table
from .installation import Installation
from .transaction import transaction


def has_password(inst: Installation, account: str) -> bool:
    """Whether the account (an id) can sign in with a password."""
    with inst.database.control_read() as control:
        return accounts.get(control, account).has_password


def change_password(
    inst: Installation,
    actor: Actor,
    account: str,
    old: str,
    new: str,
    *,
    network: str | None = None,
    device: str | None = None,
) -> str:
    """The token of a fresh session of the actor's tenant. An account without a password needs no old one. Raises
    Forbidden `old_password`, Invalid `length`, TooMany."""
    now = inst.clock.now()
    with inst.database.control_read() as control:
        name = accounts.get(control, account).name
        throttle.check(control, name, None, now)
        secret = control.scalar(select(table.c.secret).where(table.c.id == account))
    if secret is not None and not passwords.matches(secret, old):
        with inst.database.control_write() as control:
            throttle.failed(control, name, None, now)
        raise Forbidden("old_password")
    with inst.database.control_write() as control:
        accounts.set_password(control, account, new)
        sessions.end_all(control, account)
        password_links.end(control, account)
        fresh = sessions.start(control, account, actor.tenant, now, network=network, device=device)
    transaction(inst, actor.tenant, actor, lambda tx: tx.audit(None, actor.member, "own_password_changed"))
    return fresh
