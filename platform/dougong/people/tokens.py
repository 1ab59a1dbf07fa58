"""API tokens: a secret shown once, its hash kept; a token is one account in one tenant and has no right of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from ..kernel.ids import new_id, new_token
from .sessions import digest
from .tables import tokens

PREFIX = "dg_"


@dataclass(frozen=True, slots=True)
class Token:
    id: str
    account: str
    tenant: str
    name: str
    created_at: datetime


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
    return Token(row.id, row.account, row.tenant, row.name, row.created_at) if row else None


def revoke(control: Connection, token: str, now: datetime) -> None:
    """End a token by its id; the next request with it is refused."""
    control.execute(update(tokens).where(tokens.c.id == token).values(revoked_at=now))


def of_account(control: Connection, account: str, tenant: str) -> list[Token]:
    """The living tokens of one account in one tenant, newest last."""
    mine = (tokens.c.account == account, tokens.c.tenant == tenant, tokens.c.revoked_at.is_(None))
    rows = control.execute(select(tokens).where(*mine).order_by(tokens.c.id))
    return [Token(row.id, row.account, row.tenant, row.name, row.created_at) for row in rows]
