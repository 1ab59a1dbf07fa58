"""Turns a session or an API token into an actor, asked afresh with every request: the tenant comes from here and never from
a URL or a body. One rule: session, token, account and tenant are read each time, what a member is only under the mark that
stands (storage/marks.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, true

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Unauthenticated
from ..people import accounts, preferences, sessions, tokens
from ..people.acting import actor_of
from ..people.tables import accounts as account_table
from ..storage import marks
from ..storage.own import tenant as tenants
from .installation import Installation
from .known import Who

_BOTH = (
    select(
        account_table.c.id.label("account"), account_table.c.name, account_table.c.active,
        tenants.c.name.label("tenant"), tenants.c.title, tenants.c.state,
    )
    .join(tenants, true())
    .where(account_table.c.id == bindparam("account"), tenants.c.name == bindparam("tenant"))
)  # fmt: skip


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
        admitted = _admitted(control, session.account, session.tenant)
    found = _authenticated(inst, admitted)
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
        admitted = _admitted(control, token.account, token.tenant)
    found = _authenticated(inst, admitted)
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
        admitted = _admitted(control, found.id, tenant)
    return _authenticated(inst, admitted)


def _admitted(control: Connection, account: str, tenant: str) -> Any:
    """The account and the tenant it wants into, both in use."""
    row = control.execute(_BOTH, {"account": account, "tenant": tenant}).one_or_none()
    if row is None or not row.active:
        raise Unauthenticated("unauthenticated")
    if row.state == "suspended":
        raise Forbidden("tenant_suspended", tenant=tenant)
    return row


def _authenticated(inst: Installation, admitted: Any) -> Authenticated:
    with inst.database.tenant(admitted.tenant).read() as conn:
        key = (admitted.tenant, admitted.account, marks.read(conn, "people"))
        actor, chosen = inst.known.get(key) or inst.known.keep(key, _member(conn, admitted.tenant, admitted.account))
    return Authenticated(actor, admitted.account, admitted.name, admitted.title, preferences=chosen)


def _member(conn: Connection, tenant: str, account: str) -> Who:
    actor = actor_of(conn, tenant, account)
    return actor, preferences.of(conn, actor.member) if actor.member is not None else {}
