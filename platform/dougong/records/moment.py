"""The moment of an act as formulas know it: now, the zone, who acts. Built once in a transaction."""

from __future__ import annotations

from ..formula.types import Context
from ..storage.transaction import Transaction


def context_of(tx: Transaction) -> Context:
    """The context of every formula this transaction evaluates."""
    found: Context | None = tx.memo.get(Context)
    if found is None:
        found = tx.memo[Context] = Context(now=tx.now, zone=tx.zone, me=tx.actor.member)
    return found
