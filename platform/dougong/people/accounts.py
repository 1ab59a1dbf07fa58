"""Accounts: who signs in (control database). One rule: sign-in answers the same, and as late, for an unknown account as
for a wrong password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..kernel.errors import Invalid, NotFound
from ..kernel.ids import new_id
from . import names, passwords
from .tables import accounts, memberships


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is the normal form of the e-mail or phone number."""

    id: str
    name: str
    active: bool
    has_password: bool


def ensure(control: Connection, name: str, now: datetime, *, password: str | None = None) -> Account:
    """The account of that name, made when absent; a password given is set only on an account that has none, so that
    nobody takes over an account by naming it. Raises Invalid."""
    found = find(control, name)
    secret = passwords.hashed(password) if password is not None and not (found and found.has_password) else None
    if found is None:
        made = Account(new_id(), names.normal(name), True, secret is not None)
        row = {"id": made.id, "name": made.name, "secret": secret, "active": True, "created_at": now}
        control.execute(insert(accounts).values(row))
        return made
    if secret is not None:
        control.execute(update(accounts).where(accounts.c.id == found.id).values(secret=secret))
        return Account(found.id, found.name, found.active, True)
    return found


def find(control: Connection, name: str) -> Account | None:
    """The account of that name in any spelling. Raises Invalid when it is no name at all."""
    row = _row(control, names.spellings(name))
    return Account(row.id, row.name, row.active, row.secret is not None) if row else None


def _row(control: Connection, spellings: Sequence[str]) -> Row[Any] | None:
    """The account under the first of these names that is one; an active one goes before others."""
    rows = control.execute(select(accounts).where(accounts.c.name.in_(spellings))).all()
    return min(rows, key=lambda row: (not row.active, spellings.index(row.name)), default=None)


def get(control: Connection, account: str) -> Account:
    """The account with that id. Raises NotFound."""
    row = control.execute(select(accounts).where(accounts.c.id == account)).one_or_none()
    if row is None:
        raise NotFound("not_found", account=account)
    return Account(row.id, row.name, row.active, row.secret is not None)


def set_password(control: Connection, account: str, password: str) -> None:
    """Store a new password. Raises Invalid `length`."""
    control.execute(update(accounts).where(accounts.c.id == account).values(secret=passwords.hashed(password)))


def secret_of(control: Connection, name: str) -> tuple[str | None, str | None]:
    """(account id, stored hash) of an active account; (None, None) for a name nobody has, so that the caller can compare
    outside the transaction and in the same time."""
    try:
        row = _row(control, names.spellings(name))
    except Invalid:
        return None, None
    return (row.id, row.secret) if row and row.active else (None, None)


def join(control: Connection, account: str, tenant: str) -> None:
    """Note that the account is a member of the tenant; repeating it changes nothing."""
    if tenant not in tenants_of(control, account):
        control.execute(insert(memberships).values(account=account, tenant=tenant))


def leave(control: Connection, account: str, tenant: str) -> None:
    """The account is no longer a member of the tenant."""
    control.execute(delete(memberships).where(memberships.c.account == account, memberships.c.tenant == tenant))


def tenants_of(control: Connection, account: str) -> list[str]:
    """Names of the tenants the account is a member of, in order."""
    rows = select(memberships.c.tenant).where(memberships.c.account == account).order_by(memberships.c.tenant)
    return list(control.scalars(rows))
