"""Why somebody may or may not: every policy of the form with what it says to this actor. One rule: who may not see a record
gets no explanation about it, for that would say that it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, true

from ..definition.model import Policy
from ..kernel.errors import Malformed
from ..storage.model import Model
from ..storage.transaction import Transaction
from .grants import allowed, require, require_form, scope
from .policies import EVERYBODY, words
from .rows import matching

#: What may be asked about.
ASKED = frozenset(
    (
        *("view", "create", "edit", "delete", "submit", "withdraw", "void", "close", "disable", "enable", "restore"),
        *("approve", "reject", "import", "export", "print", "comment", "design"),
    )
)

Verdict = Literal["grants", "other_role", "other_action", "other_rows"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One policy: its roles as written, and why it does or does not let the actor act."""

    policy: str
    roles: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """`why`: `admin`, `policy` (see reasons), `flow` (an act of a task), `no_policy`, or `none` of the policies."""

    allowed: bool
    why: Literal["admin", "policy", "flow", "no_policy", "none"]
    reasons: tuple[Reason, ...] = ()


def explain(tx: Transaction, model: Model, form: str, action: str, record: str | None = None) -> Explanation:
    """Whether the actor may do `action` on the form, or on one record of it, and why. Raises Malformed for an unknown
    action, NotFound where the actor may not see."""
    if action not in ASKED:
        raise Malformed("unknown_action", action=action)
    if record is None:
        _require_sight(tx, model, form)
    else:
        require(tx, model, form, "view", record)
    if tx.actor.is_admin:
        return Explanation(True, "admin")
    if action in ("approve", "reject"):
        return Explanation(False, "flow")
    definition = model.definitions.form(form)
    if not definition.policies:
        return Explanation(False, "no_policy")
    reasons = tuple(_reason(tx, model, form, action, each, record) for each in definition.policies)
    granted = _granted(tx, model, form, action, record)
    return Explanation(granted, "policy" if granted else "none", reasons)


def _require_sight(tx: Transaction, model: Model, form: str) -> None:
    """Whoever may do anything with the form may ask about it."""
    if not any(allowed(tx, model, form, each) for each in ("create", "edit")):
        require_form(tx, model, form, "view")


def _granted(tx: Transaction, model: Model, form: str, action: str, record: str | None) -> bool:
    if record is None:
        return allowed(tx, model, form, action)
    main = model.table(form).main
    return bool(tx.conn.scalar(select(scope(tx, model, form, action)).where(main.c.id == record)))


def _reason(tx: Transaction, model: Model, form: str, action: str, policy: Policy, record: str | None) -> Reason:
    definition = model.definitions.form(form)
    verdict: Verdict = "grants"
    if EVERYBODY not in policy.roles and tx.actor.roles.isdisjoint(policy.roles):
        verdict = "other_role"
    elif words(definition, action).isdisjoint(policy.actions):
        verdict = "other_action"
    elif record is not None:
        main = model.table(form).main
        rows = matching(tx, model, definition, policy, main)
        if not tx.conn.scalar(select(true()).select_from(main).where(main.c.id == record, rows)):
            verdict = "other_rows"
    return Reason(policy.id, policy.roles, verdict)
