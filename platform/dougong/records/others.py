"""What another member may see, asked inside the transaction of the one who acts: who may be mentioned, who may be told.

One rule: the other member is built from what stands now, as for a request of that member's own."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from ..access import scope
from ..access.groups import in_force
from ..formula.types import Context
from ..kernel.errors import NotFound
from ..people import members
from ..people.acting import actor_for
from ..people.asked import Asked
from ..people.members import Member
from ..storage.model import Model
from ..storage.transaction import Transaction
from .calendars import Calendars


def seen_by(tx: Transaction, model: Model, member: Member) -> Transaction:
    """The same transaction through the eyes of another member; for asking only."""
    other = replace(tx, actor=actor_for(tx.conn, tx.actor.tenant, member), memo={}, _audit=[], _outbox=[])
    people = Asked(tx.conn, other.actor, lambda group: in_force(other, model, group))
    other.memo[Context] = Context(
        now=tx.now, zone=tx.zone, me=member.id, people=people, calendars=Calendars(other, lambda: model)
    )
    return other


def may_view(tx: Transaction, model: Model, form: str, record: str, member: str | Member) -> bool:
    """Whether this member, if active, may view the record; one in the recycle bin nobody may."""
    try:
        found = members.get(tx.conn, member) if isinstance(member, str) else member
    except NotFound:
        return False
    if not found.active:
        return False
    other, main = seen_by(tx, model, found), model.table(form).main
    visible = select(main.c.id).where(main.c.id == record, main.c.deleted_at.is_(None))
    return tx.conn.execute(visible.where(scope(other, model, form, "view"))).first() is not None
