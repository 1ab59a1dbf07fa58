"""The rows a policy speaks of, as a condition over the form's main table. One rule: a row matches only where the
condition is true; null counts as false, so conditions are joined by and and or and never negated."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, false, or_, true

from ..definition.model import Expr, Form, Policy
from ..formula.to_sql import to_sql
from ..kernel.actor import Actor
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction


def matching(tx: Transaction, model: Model, form: Form, policy: Policy, table: FromClause) -> ColumnElement[bool]:
    """The condition under which a row of `table` (the main table or an alias of it) is one of the policy's rows."""
    if isinstance(policy.rows, Expr):
        return _formula(tx, model, form, policy.rows, table)
    return _word(tx.actor, policy.rows, table)


def mine(actor: Actor, table: FromClause) -> ColumnElement[bool]:
    """Rows that belong to the actor or were written by it first: the applicant's own."""
    if actor.member is None:
        return false()
    return or_(table.c.owner == actor.member, table.c.created_by == actor.member)


def _word(actor: Actor, word: str, table: FromClause) -> ColumnElement[bool]:
    if word == "all":
        return true()
    if word == "department":
        return _among(table.c.department, actor.departments)
    if word == "department_tree":
        return _among(table.c.department, tuple(sorted(actor.department_tree)))
    if word == "taking_part":
        return mine(actor, table)
    return table.c.owner == actor.member if actor.member else false()


def _among(column: ColumnElement[str], ids: tuple[str, ...]) -> ColumnElement[bool]:
    return column.in_(ids) if ids else false()


def _formula(tx: Transaction, model: Model, form: Form, rule: Expr, table: FromClause) -> ColumnElement[bool]:
    checked = model.definitions.checked(rule, form.full_name)
    return to_sql(checked, Resolver(model, form.full_name, tx=tx, alias=table))
