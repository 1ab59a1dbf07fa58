"""Makes a link by which a member sets a password, for somebody new or somebody who forgot it, and sets the password when
the link is used. The secret is shown once; who made it never learns the password."""

from __future__ import annotations

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Forbidden
from ..people import accounts, members, password_links, sessions, throttle
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def invite_member(inst: Installation, actor: Actor, member: str) -> str:
    """The secret of a new link for an active member; earlier links are dead, the present password goes on until the link
    is used. Raises Forbidden, NotFound, Conflict `shared_account`, `member_inactive`."""
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="invite_member")

    def act(tx: Transaction) -> str:
        found = members.get(tx.conn, member)
        if not found.active:
            raise Conflict("member_inactive")
        tx.audit(None, member, "password_link_made")
        return found.account

    account = transaction(inst, actor.tenant, actor, act)
    with inst.database.control_write() as control:
        return password_links.make(control, account, actor.tenant, inst.clock.now())


def linked_account(inst: Installation, secret: str) -> str:
    """The name of the account a link is for. Raises NotFound `password_link`, Conflict `shared_account`."""
    with inst.database.control_read() as control:
        return accounts.get(control, password_links.read(control, secret, inst.clock.now()).account).name


def use_password_link(
    inst: Installation, secret: str, password: str, *, network: str | None = None, device: str | None = None
) -> str:
    """Set the password, end the account's sessions and the link; the token of a fresh session. Raises NotFound, Conflict,
    Invalid `length`."""
    now = inst.clock.now()
    with inst.database.control_write() as control:
        link = password_links.read(control, secret, now)
        accounts.set_password(control, link.account, password)
        password_links.end(control, link.account)
        sessions.end_all(control, link.account)
        throttle.succeeded(control, accounts.get(control, link.account).name)
        return sessions.start(control, link.account, link.tenant, now, network=network, device=device)
