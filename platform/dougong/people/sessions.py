"""Sessions: rows of the control database, known by the SHA-256 of a random token, so that a stolen database signs nobody
in. The token changes at sign-in and after a change of roles; idle and absolute limits end it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

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


def digest(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(control: Connection, account: str, tenant: str, now: datetime) -> str:
    """Open a session and return its token; only the token's hash is kept."""
    token = new_token()
    row = {"hash": digest(token), "account": account, "tenant": tenant, "created_at": now, "seen_at": now}
    control.execute(insert(sessions).values(**row, rotate=False))
    return token


def read(control: Connection, token: str, now: datetime, idle: timedelta) -> Session | None:
    """The living session of a token, None when unknown, idle too long or too old."""
    row = control.execute(select(sessions).where(sessions.c.hash == digest(token))).one_or_none()
    if row is None or row.seen_at + idle <= now or row.created_at + ABSOLUTE <= now:
        return None
    return Session(
        row.hash, row.account, row.tenant, row.created_at, row.seen_at, row.rotate, row.seen_at + _SEEN_EVERY <= now
    )


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


def forget_dead(control: Connection, now: datetime, idle: timedelta) -> int:
    """Delete sessions that can no longer be used; returns how many."""
    dead = (sessions.c.seen_at <= now - idle) | (sessions.c.created_at <= now - ABSOLUTE)
    return control.execute(delete(sessions).where(dead)).rowcount
