"""Links by which somebody sets a password without an old one. One rule: a link works once, for three days, and only while
its account belongs to the one tenant whose admin made it, so that no admin reaches into another company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from ..kernel.errors import Conflict, NotFound
from ..kernel.ids import new_token
from . import accounts
from .sessions import digest
from .tables import password_links

LIFE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Link:
    account: str
    tenant: str
    expires_at: datetime


def make(control: Connection, account: str, tenant: str, now: datetime) -> str:
    """The secret of a new link; earlier ones of the account are dead. Raises Conflict `shared_account`."""
    _only(control, account, tenant)
    secret = new_token()
    control.execute(delete(password_links).where(password_links.c.account == account))
    row = {"hash": digest(secret), "account": account, "tenant": tenant, "expires_at": now + LIFE}
    control.execute(insert(password_links).values(row))
    return secret


def read(control: Connection, secret: str, now: datetime) -> Link:
    """The living link. Raises NotFound `password_link` when it was used, is too old or never was."""
    row = control.execute(select(password_links).where(password_links.c.hash == digest(secret))).one_or_none()
    if row is None or row.expires_at <= now:
        raise NotFound("password_link")
    _only(control, row.account, row.tenant)
    return Link(row.account, row.tenant, row.expires_at)


def end(control: Connection, account: str) -> None:
    """Every link of the account is dead."""
    control.execute(delete(password_links).where(password_links.c.account == account))


def _only(control: Connection, account: str, tenant: str) -> None:
    if accounts.tenants_of(control, account) != [tenant]:
        raise Conflict("shared_account")
