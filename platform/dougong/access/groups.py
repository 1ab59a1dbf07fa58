"""Group forms: whether the actor is a member in force of a group record (a project, a team), by its `x-members` rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists, or_, select

from ..definition.model import MembersRule
from ..kernel.ids import is_id
from ..storage.model import Model
from ..storage.transaction import Transaction


def in_force(tx: Transaction, model: Model, group: str) -> bool:
    """Whether the actor has a row in force today in the group record with that id, whatever its form."""
    if tx.actor.member is None or not is_id(group):
        return False
    today = tx.now.astimezone(tx.zone).date()
    conditions = []
    for form in model.definitions.forms.values():
        for sub in form.subtables:
            if sub.members is not None:
                tables = model.table(form.full_name)
                columns = {each.name: tables.column(each.name, sub.name) for each in sub.fields}
                rows = tables.subtables[sub.name]
                mine = _mine(columns, sub.members, tx.actor.member, today)
                conditions.append(exists(select(rows.c.id).where(rows.c.parent == group, mine)))
    return bool(conditions) and bool(tx.conn.scalar(select(or_(*conditions))))


def _mine(columns: Mapping[str, Column[Any]], rule: MembersRule, member: str, today: date) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [columns[rule.user] == member]
    if rule.start is not None:
        conditions.append(or_(columns[rule.start].is_(None), columns[rule.start] <= today))
    if rule.end is not None:
        conditions.append(or_(columns[rule.end].is_(None), columns[rule.end] >= today))
    return and_(*conditions)
