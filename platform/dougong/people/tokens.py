"""API tokens: a secret shown once, its hash kept; a token is one account in one tenant and has no right of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..kernel.ids import new_id, new_token
from .sessions import digest
from .tables import tokens

PREFIX = "dg_"
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Token:
    id: str
    account: str
    tenant: str
    name: str
    created_at: datetime
    used_at: datetime | None = None


def create(control: Connection, account: str, tenant: str, name: str, now: datetime) -> str:
    """Make a token and return its secret, which nobody can read again."""
    secret = PREFIX + new_token()
    row = {"id": new_id(), "hash": digest(secret), "account": account, "tenant": tenant, "name": name}
    control.execute(insert(tokens).values(**row, created_at=now))
    return secret


def read(control: Connection, secret: str) -> Token | None:
    """The living token of a secret."""
    living = select(tokens).where(tokens.c.hash == digest(secret), tokens.c.revoked_at.is_(None))
    row = control.execute(living).one_or_none()
    return _token(row) if row else None


def touch(control: Connection, token: Token, now: datetime) -> None:
    """Note that the token was used."""
    control.execute(update(tokens).where(tokens.c.id == token.id).values(used_at=now))


def stale(token: Token, now: datetime) -> bool:
    """Whether its last use lies back far enough to be worth writing down."""
    return token.used_at is None or token.used_at + _SEEN_EVERY <= now


def revoke(control: Connection, token: str, now: datetime) -> None:
    """End a token by its id; the next request with it is refused."""
    control.execute(update(tokens).where(tokens.c.id == token).values(revoked_at=now))


def of_account(control: Connection, account: str, tenant: str) -> list[Token]:
    """The living tokens of one account in one tenant, newest last."""
    mine = (tokens.c.account == account, tokens.c.tenant == tenant, tokens.c.revoked_at.is_(None))
    rows = control.execute(select(tokens).where(*mine).order_by(tokens.c.id))
    return [_token(row) for row in rows]


def revoke_all(control: Connection, account: str, tenant: str, now: datetime) -> int:
    """End every token of the account in the tenant; how many."""
    mine = (tokens.c.account == account, tokens.c.tenant == tenant, tokens.c.revoked_at.is_(None))
    return control.execute(update(tokens).where(*mine).values(revoked_at=now)).rowcount


def _token(row: Row[Any]) -> Token:
    return Token(row.id, row.account, row.tenant, row.name, row.created_at, row.used_at)
