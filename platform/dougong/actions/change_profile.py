"""What a member changes about themselves: the name others see, and what their own screens are like. Any member may, and
only for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import members, preferences
from ..people.asking import KEEP
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def change_own_name(inst: Installation, actor: Actor, name: str) -> None:
    """Be called otherwise from now on; what was written stays under the name of its time. Raises Forbidden, Invalid."""
    licence.require(licence.may_write(actor.tenant))
    member = _self(actor)

    def act(tx: Transaction) -> None:
        old = members.get(tx.conn, member)
        members.change(tx.conn, member, name=name, superior=KEEP)
        new = members.get(tx.conn, member)
        if new.name != old.name:
            tx.audit(None, member, "own_name_changed", [{"field": "name", "old": old.name, "new": new.name}])

    transaction(inst, actor.tenant, actor, act)


def choose(inst: Installation, actor: Actor, chosen: Mapping[str, str]) -> None:
    """Keep these choices (keys of people.preferences); an empty one is forgotten. A matter of taste, so it is neither
    audited nor bound to the licence. Raises Forbidden."""
    member = _self(actor)
    transaction(inst, actor.tenant, actor, lambda tx: preferences.put(tx.conn, member, chosen))


def _self(actor: Actor) -> str:
    if actor.member is None:
        raise Forbidden("forbidden", action="change_profile")
    return actor.member
