"""Where the account of a member is signed in and which API tokens it has in this tenant, and ending them: one's own only."""

from __future__ import annotations

from datetime import timedelta

from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..people import sessions, tokens
from ..people.sessions import Session
from ..people.tokens import Token
from .installation import Installation
from .transaction import transaction


def own_sessions(inst: Installation, actor: Actor, account: str) -> list[Session]:
    """The living sessions, last used first."""
    with inst.database.control_read() as control:
        idle = timedelta(hours=inst.settings.session_hours)
        return sessions.of_account(control, account, actor.tenant, inst.clock.now(), idle)


def end_session(inst: Installation, account: str, session: str) -> None:
    """End one of the account's own by what the page calls it; one that is gone is no error."""
    with inst.database.control_write() as control:
        sessions.end_one(control, account, session)


def end_other_sessions(inst: Installation, account: str, token: str) -> int:
    """End all but the one with this token, in other tenants too; how many."""
    with inst.database.control_write() as control:
        return sessions.end_others(control, account, token)


def own_tokens(inst: Installation, actor: Actor, account: str) -> list[Token]:
    """The living API tokens."""
    with inst.database.control_read() as control:
        return tokens.of_account(control, account, actor.tenant)


def revoke_token(inst: Installation, actor: Actor, account: str, token: str) -> None:
    """End one of one's own tokens; the next request with it is refused. Raises NotFound."""
    found = next((each for each in own_tokens(inst, actor, account) if each.id == token), None)
    if found is None:
        raise NotFound("token")
    with inst.database.control_write() as control:
        tokens.revoke(control, token, inst.clock.now())
    changes = [{"field": "name", "old": found.name, "new": None}]
    transaction(inst, actor.tenant, actor, lambda tx: tx.audit(None, actor.member, "token_revoked", changes))
