"""Sessions: rows of the control database, known by the SHA-256 of a random token, so that a stolen database signs nobody
in. The token changes at sign-in and after a change of roles; idle and absolute limits end it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ..kernel.ids import new_token
from .tables import sessions

ABSOLUTE = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """`rotate`: roles changed since, the token must be replaced (rotate()) with this request. `touch`: `seen_at` is old
    enough to be worth writing (touch())."""

    hash: str
    account: str
    tenant: str
    created_at: datetime
    seen_at: datetime
    rotate: bool
    touch: bool
    network: str | None = None
    device: str | None = None

    @property
    def id(self) -> str:
        """What a page calls the session; it opens nothing."""
        return self.hash[:24]


def digest(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(
    control: Connection,
    account: str,
    tenant: str,
    now: datetime,
    *,
    network: str | None = None,
    device: str | None = None,
) -> str:
    """Open a session and return its token; only the token's hash is kept. `network` is the address it was opened from,
    `device` what the browser says it is."""
    token = new_token()
    row = {"hash": digest(token), "account": account, "tenant": tenant, "created_at": now, "seen_at": now}
    told = {"network": (network or "")[:64] or None, "device": (device or "")[:300] or None}
    control.execute(insert(sessions).values(**row, **told, rotate=False))
    return token


def read(control: Connection, token: str, now: datetime, idle: timedelta) -> Session | None:
    """The living session of a token, None when unknown, idle too long or too old."""
    row = control.execute(select(sessions).where(sessions.c.hash == digest(token))).one_or_none()
    if row is None or row.seen_at + idle <= now or row.created_at + ABSOLUTE <= now:
        return None
    return _session(row, now)


def of_account(control: Connection, account: str, tenant: str, now: datetime, idle: timedelta) -> list[Session]:
    """The living sessions of an account in a tenant, last used first."""
    c = sessions.c
    living = (c.account == account, c.tenant == tenant, c.seen_at > now - idle, c.created_at > now - ABSOLUTE)
    rows = control.execute(select(sessions).where(*living).order_by(c.seen_at.desc(), c.hash))
    return [_session(row, now) for row in rows]


def _session(row: Row[Any], now: datetime) -> Session:
    return Session(
        row.hash, row.account, row.tenant, row.created_at, row.seen_at, row.rotate, row.seen_at + _SEEN_EVERY <= now,
        row.network, row.device,
    )  # fmt: skip


def touch(control: Connection, session: Session, now: datetime) -> None:
    """Keep the session from idling out."""
    control.execute(update(sessions).where(sessions.c.hash == session.hash).values(seen_at=now))


def rotate(control: Connection, session: Session, now: datetime) -> str:
    """Give the session a new token; the old one is dead."""
    token = new_token()
    row = {"hash": digest(token), "seen_at": now, "rotate": False}
    control.execute(update(sessions).where(sessions.c.hash == session.hash).values(row))
    return token


def rotate_all(control: Connection, account: str, tenant: str) -> None:
    """Roles changed: every session of the account in this tenant gets a new token with its next request."""
    of = (sessions.c.account == account, sessions.c.tenant == tenant)
    control.execute(update(sessions).where(*of).values(rotate=True))


def end(control: Connection, token: str) -> None:
    """Sign out; an unknown token is no error."""
    control.execute(delete(sessions).where(sessions.c.hash == digest(token)))


def end_all(control: Connection, account: str, tenant: str | None = None) -> None:
    """Sign the account out everywhere (or everywhere in one tenant)."""
    which = [sessions.c.account == account] + ([sessions.c.tenant == tenant] if tenant else [])
    control.execute(delete(sessions).where(*which))


def end_one(control: Connection, account: str, session: str) -> None:
    """End one session of the account by what pages call it; one that is gone is no error."""
    c = sessions.c
    control.execute(delete(sessions).where(c.account == account, func.substr(c.hash, 1, 24) == session))


def end_others(control: Connection, account: str, keep: str) -> int:
    """End every session of the account but the one with the token `keep`; returns how many."""
    c = sessions.c
    return control.execute(delete(sessions).where(c.account == account, c.hash != digest(keep))).rowcount


def forget_dead(control: Connection, now: datetime, idle: timedelta) -> int:
    """Delete sessions that can no longer be used; returns how many."""
    dead = (sessions.c.seen_at <= now - idle) | (sessions.c.created_at <= now - ABSOLUTE)
    return control.execute(delete(sessions).where(dead)).rowcount
