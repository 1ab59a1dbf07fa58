"""Failed sign-ins are counted per account and per network over a sliding quarter of an hour; nobody is locked for ever
and a name nobody has is counted like any other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from ..kernel.errors import TooMany
from ..kernel.ids import new_id
from .tables import tries

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_NETWORK = 50


def check(control: Connection, account: str, network: str | None, now: datetime) -> None:
    """Raises TooMany `too_many_sign_ins` with `retry_after` seconds when a limit is reached."""
    for key, limit in _keys(account, network):
        since = select(func.count(), func.min(tries.c.at)).where(tries.c.key == key, tries.c.at > now - WINDOW)
        count, first = control.execute(since).one()
        if count >= limit:
            raise TooMany("too_many_sign_ins", retry_after=max(1, int((first + WINDOW - now).total_seconds())))


def failed(control: Connection, account: str, network: str | None, now: datetime) -> None:
    """Count one failure and forget those that no longer matter."""
    control.execute(delete(tries).where(tries.c.at <= now - WINDOW))
    for key, _ in _keys(account, network):
        control.execute(insert(tries).values(id=new_id(), key=key, at=now))


def succeeded(control: Connection, account: str) -> None:
    """A right password forgives the account's failures, not the network's."""
    control.execute(delete(tries).where(tries.c.key == _account(account)))


def _account(account: str) -> str:
    return "account:" + account.strip().lower()[:254]


def _keys(account: str, network: str | None) -> list[tuple[str, int]]:
    keys = [(_account(account), PER_ACCOUNT)]
    return [*keys, ("network:" + network, PER_NETWORK)] if network else keys
