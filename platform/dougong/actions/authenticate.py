"""Turns a session or an API token into an actor, read fresh with every request: the tenant comes from here and never from
a URL or a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, NotFound, Unauthenticated
from ..people import accounts, preferences, sessions, tokens
from ..people.acting import actor_of
from ..storage.own import tenant as tenants
from .installation import Installation


@dataclass(frozen=True, slots=True)
class Authenticated:
    """`new_token`: the session's token was replaced, the cookie must be set again; `preferences`: what the member has
    chosen for their own screens."""

    actor: Actor
    account: str
    account_name: str
    tenant_title: str
    new_token: str | None = None
    preferences: Mapping[str, str] = field(default_factory=dict)


def by_session(inst: Installation, token: str, *, awake: bool = True) -> Authenticated:
    """Who holds this session; `awake` False: the page asks by itself, which keeps no session from idling out. Raises
    Unauthenticated, Forbidden `tenant_suspended`."""
    now = inst.clock.now()
    with inst.database.control_read() as control:
        session = sessions.read(control, token, now, timedelta(hours=inst.settings.session_hours))
    if session is None:
        raise Unauthenticated("unauthenticated")
    found = _authenticated(inst, session.account, session.tenant)
    if not (session.rotate or (session.touch and awake)):
        return found
    with inst.database.control_write() as control:
        if not session.rotate:
            sessions.touch(control, session, now)
            return found
        renewed = sessions.rotate(control, session, now)
    return replace(found, new_token=renewed)


def by_token(inst: Installation, secret: str) -> Authenticated:
    """Whose API token this is. Raises Unauthenticated, Forbidden `tenant_suspended`."""
    with inst.database.control_read() as control:
        token = tokens.read(control, secret)
    if token is None:
        raise Unauthenticated("unauthenticated")
    found = _authenticated(inst, token.account, token.tenant)
    if tokens.stale(token, inst.clock.now()):
        with inst.database.control_write() as control:
            tokens.touch(control, token, inst.clock.now())
    return found


def by_account(inst: Installation, tenant: str, account: str) -> Authenticated:
    """The member an account is in a tenant: for the command line's --actor. Raises Unauthenticated, NotFound."""
    with inst.database.control_read() as control:
        found = accounts.find(control, account)
    if found is None:
        raise Unauthenticated("unauthenticated")
    return _authenticated(inst, found.id, tenant)


def _authenticated(inst: Installation, account: str, tenant: str) -> Authenticated:
    with inst.database.control_read() as control:
        row = control.execute(select(tenants).where(tenants.c.name == tenant)).one_or_none()
        try:
            found = accounts.get(control, account)
        except NotFound as error:
            raise Unauthenticated("unauthenticated") from error
    if row is None or not found.active:
        raise Unauthenticated("unauthenticated")
    if row.state == "suspended":
        raise Forbidden("tenant_suspended", tenant=tenant)
    with inst.database.tenant(tenant).read() as conn:
        actor = actor_of(conn, tenant, account)
        chosen = preferences.of(conn, actor.member) if actor.member is not None else {}
        return Authenticated(actor, account, found.name, row.title, preferences=chosen)
