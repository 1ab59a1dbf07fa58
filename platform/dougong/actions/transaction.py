"""Runs an act as one transaction of one tenant, again when the database could not serialise it, at most three times.

An act is a closure without side effects outside the transaction: no mail, no HTTP, no deletion of files."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from ..access.groups import in_force
from ..formula.types import Context
from ..kernel.actor import Actor
from ..kernel.errors import Busy, NotFound
from ..kernel.ids import new_id
from ..people.asked import Asked
from ..records.calendars import Calendars
from ..storage import idempotency
from ..storage.transaction import Transaction
from .installation import Installation

T = TypeVar("T")

TRIES = 3
_PAUSE = 0.02
#: SQLSTATEs worth another try: serialization failure, deadlock, lock not available.
_AGAIN = frozenset({"40001", "40P01", "55P03"})


@dataclass(slots=True)
class Once:
    """An idempotency key: the act with this key and body hash happens once, later calls get the first one's answer.
    `replayed` tells the caller afterwards which of the two this was. The act's result must be JSON."""

    key: str
    digest: str
    replayed: bool = field(default=False, init=False)


def transaction(
    inst: Installation,
    tenant: str,
    actor: Actor,
    act: Callable[[Transaction], T],
    *,
    write: bool = True,
    request_id: str | None = None,
    once: Once | None = None,
) -> T:
    """Run `act` and commit; whatever it raises leaves nothing. Raises Busy when the database stays contended, KeyReused
    when `once` was used with another body."""
    request = request_id or new_id()
    for attempt in range(1, TRIES + 1):
        try:
            return _attempt(inst, tenant, actor, act, write, request, once)
        except DBAPIError as error:
            if not _worth_another(error):
                raise
            if attempt == TRIES:
                raise Busy(retry_after=1) from error
            time.sleep(_PAUSE * attempt * (1 + random.random()))
    raise Busy(retry_after=1)


def read(inst: Installation, actor: Actor, act: Callable[[Transaction], T]) -> T:
    """Run `act` on one snapshot of the actor's tenant."""
    return transaction(inst, actor.tenant, actor, act, write=False)


def _attempt(
    inst: Installation,
    tenant: str,
    actor: Actor,
    act: Callable[[Transaction], T],
    write: bool,
    request: str,
    once: Once | None,
) -> T:
    store = inst.database.tenant(tenant)
    with store.write() if write else store.read() as conn:
        tx = Transaction(store, conn, actor, inst.clock.now(), inst.settings.zone, request, write)
        tx.memo[Context] = _context(inst, tx)
        result: T = act(tx) if once is None else _once(tx, act, once)
        if write:
            tx.flush()
        return result


def _context(inst: Installation, tx: Transaction) -> Context:
    """What formulas of this transaction know of the moment, of people and of work calendars."""
    people = Asked(tx.conn, tx.actor, lambda group: in_force(tx, inst.catalog.live(tx), group))
    calendars = Calendars(tx, lambda: inst.catalog.live(tx))
    return Context(now=tx.now, zone=tx.zone, me=tx.actor.member, people=people, calendars=calendars)


def _once(tx: Transaction, act: Callable[[Transaction], Any], once: Once) -> Any:
    stored = idempotency.claim(tx, once.key, once.digest)
    if stored is not None:
        once.replayed = True
        return stored.body
    result = act(tx)
    idempotency.store(tx, once.key, 200, result)
    return result


def _worth_another(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    return state in _AGAIN or "database is locked" in text or "database table is locked" in text


def tenant_of(inst: Installation, name: str) -> str:
    """The name, when there is such a tenant. Raises NotFound."""
    if name not in inst.database.tenants():
        raise NotFound("tenant", name=name)
    return name
