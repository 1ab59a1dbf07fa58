"""Remembers which record a member opened, for the list of those opened lately. One rule: it never stands in the way of the
page; opening the same record again and again writes once in a while only."""

from __future__ import annotations

from ..kernel.actor import Actor
from ..kernel.errors import DougongError
from ..people import at_hand
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read, transaction


def note_opened(inst: Installation, actor: Actor, form: str, record: str) -> None:
    """The record was shown to the actor."""
    member = actor.member
    if member is None:
        return

    def known(tx: Transaction) -> bool:
        return at_hand.just_opened(tx.conn, member, form, record, tx.now)

    def act(tx: Transaction) -> None:
        at_hand.note_opened(tx.conn, member, form, record, tx.now)

    try:
        if not read(inst, actor, known):
            transaction(inst, actor.tenant, actor, act)
    except DougongError:
        return
