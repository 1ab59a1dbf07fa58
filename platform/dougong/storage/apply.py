"""Carries a plan out. One rule: DDL, conversions, fills, the version row and the audit row are one transaction;
killed at any statement, the tenant has the old version whole or the new one whole."""

from __future__ import annotations

from collections.abc import Callable

from ..kernel.errors import Conflict, DefinitionError, WithProblems
from ..kernel.problems import Problem
from . import guard, jobs, versions, views
from .changes import Site
from .draft import Plan
from .model import Model, load_model, make_model
from .transaction import Transaction

Fill = Callable[[Transaction, Model, Plan], None]
BUILD_JOB = "build_column"


def apply(tx: Transaction, plan: Plan, *, reason: str = "", allow_loss: bool = False, fill: Fill | None = None) -> int:
    """Publish; the number of the version that is live afterwards. `fill` computes `plan.refill`, `plan.uniques` and
    `plan.totals` with the new model. Raises DefinitionError with the plan's errors or with `loss`, Conflict
    `definition_changed` when somebody else published since the plan was made, and what `fill` raises."""
    if plan.errors:
        raise DefinitionError(plan.errors)
    if plan.loss and not allow_loss:
        raise DefinitionError(_losses(plan), "loss", values=plan.loss)
    if guard.hold(tx) != plan.base:
        raise Conflict("definition_changed", version=plan.base)
    if plan.empty:
        return plan.base
    model = _run(tx, plan)
    if fill is not None:
        fill(tx, model, plan)
    _note(tx, plan, model, reason)
    return model.version


def rehearse(tx: Transaction, plan: Plan, fill: Fill | None = None) -> tuple[Problem, ...]:
    """Do it all and take it back: every problem, those included that only the data can show (doubles under a new unique
    rule). `tx` must be writing."""
    if plan.errors or plan.empty:
        return plan.problems
    guard.hold(tx)
    step = tx.conn.begin_nested()
    try:
        model = _run(tx, plan)
        if fill is not None:
            fill(tx, model, plan)
    except WithProblems as error:
        return (*plan.problems, *error.problems)
    finally:
        step.rollback()
    return plan.problems


def _run(tx: Transaction, plan: Plan) -> Model:
    number = plan.base + 1
    model = make_model(plan.definitions, plan.types, plan.columns, number, plan.building, plan.graph)
    site = Site(tx.conn, model, number)
    for change in plan.changes:
        change.run(site)
    views.refresh(tx.conn, model, plan)
    return load_marks(tx, model, plan)


def load_marks(tx: Transaction, model: Model, plan: Plan) -> Model:
    """The model with the marks that stood before as well."""
    found = load_model(tx.conn, plan.definitions, plan.types, plan.graph)
    return make_model(plan.definitions, plan.types, plan.columns, model.version, found.building, plan.graph)


def _losses(plan: Plan) -> list[Problem]:
    return [
        Problem("loss", "", {"form": step.form, "field": step.field, "op": step.op, "values": step.loss})
        for step in plan.steps
        if step.loss
    ]


def _note(tx: Transaction, plan: Plan, model: Model, reason: str) -> None:
    steps = [each.as_json() for each in plan.steps]
    versions.record(tx, plan.definitions.modules.values(), model.version, reason, steps)
    for form, sub, name in sorted(model.building, key=str):
        payload = {"form": form, "sub": sub, "field": name}
        jobs.enqueue(tx, BUILD_JOB, payload, unique_key=f"build {form} {sub or ''} {name} {model.version}")
    told = {"version": (plan.base, model.version), "steps": (None, steps), "reason": (None, reason)}
    changes = [{"field": name, "old": old, "new": new} for name, (old, new) in told.items()]
    tx.audit(None, None, "published", changes)
