"""One check to run on one row: how far it is from being met, and where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..definition.model import Check
from ..formula.types import Value
from ..kernel.errors import FormulaError
from ..kernel.problems import pointer
from .env import RowEnv
from .plan import CheckPlan, Gap
from .write_set import RowChange, WriteSet


@dataclass(frozen=True, slots=True)
class Case:
    """One check to run on one row. `own`: at the record's own moments, else because a derived value changed; `repair`:
    whether the repair rule may pass it."""

    plan: CheckPlan
    row: RowChange
    record: RowChange
    own: bool
    repair: bool


def gap_of(gap: Gap, env: RowEnv) -> Decimal | None:
    """How far a comparison of numbers is from being met; negative = room left. None for anything else."""
    if gap.left is None or gap.right is None:
        return None
    left, right = answer(gap.left, env), answer(gap.right, env)
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    return right - left if gap.operator in (">=", ">") else left - right


def answer(run: Any, env: RowEnv) -> Value:
    """A rule that leaves its range of numbers has no answer and refuses nothing."""
    try:
        return run(env)
    except FormulaError:
        return None


def at_of(ws: WriteSet, case: Case) -> str:
    """Where a record's own check is shown: `at` inside the row or record as it was sent."""
    base = case.record.pointer or ""
    if case.row is not case.record and case.row.sub is not None:
        base = row_pointer(ws, case.row)
    return base + (pointer(*_at_parts(case.plan.check)) if case.plan.check.at else "")


def _at_parts(check: Check) -> list[str]:
    at = check.at or ""
    if check.each is not None:
        at = at.removeprefix(check.each + ".")
    return at.split(".")


def row_pointer(ws: WriteSet, row: RowChange) -> str:
    """A row's place as sent, else its place among the rows that stay."""
    if row.pointer is not None:
        return row.pointer
    owner = ws.owner_of(row)
    if row.sub is None:
        return owner.pointer or ""
    stay = [each.id for each in ws.children(row.form, row.sub, owner.id) if each.now is not None]
    index = stay.index(row.id) if row.id in stay else 0
    return (owner.pointer or "") + pointer(*row.sub.split("."), index)
