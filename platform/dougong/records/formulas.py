"""An author's formulas run over rows of the write set: defaults, conditions, `where`s, effects. One rule: a formula is
compiled once for a model and a condition holds only where it is true; null is false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..definition.model import Expr, Field
from ..definition.reads import Slot
from ..formula.to_python import Env, to_python
from ..formula.types import Value
from ..kernel.errors import FormulaError, Invalid
from .env import RowEnv
from .fitting import fit
from .plan import plan_of
from .write_set import RowChange, WriteSet


class Formulas:
    """Formulas of one act."""

    def __init__(self, ws: WriteSet) -> None:
        self._ws = ws

    def value(self, expr: Expr, change: RowChange, *, old: bool = False, holder: RowChange | None = None) -> Value:
        """The formula's value on a row as it is now (or was, `old`). `holder`: the row that holds a reference whose
        `x-ref-where` this is; `change` is then the row referred to."""
        behind = RowEnv(self._ws, holder) if holder is not None else None
        return self._run(expr, change, holder)(RowEnv(self._ws, change, old=old, holder=behind))

    def holds(self, expr: Expr, change: RowChange, *, old: bool = False, holder: RowChange | None = None) -> bool:
        """Whether the condition is true there."""
        return self.value(expr, change, old=old, holder=holder) is True

    def _run(self, expr: Expr, change: RowChange, holder: RowChange | None) -> Callable[[Env], Value]:
        held = holder.kind if holder is not None else None
        key: Any = ("formula", expr, change.kind, held)
        run: Callable[[Env], Value] | None = self._ws.model.memo.get(key)
        if run is None:
            checked = self._ws.model.definitions.checked(expr, change.form, change.sub, holder=held)
            run = self._ws.model.memo[key] = to_python(checked)
        return run


def value_of(ws: WriteSet, row: RowChange, each: Field, *, old: bool = False) -> Any:
    """A field's value on a row, also where no column keeps it; null where its formula has no answer."""
    plan, slot = plan_of(ws.model), Slot(row.form, row.sub, each.name)
    run = plan.computed.get(slot)
    if run is None:
        return (row.side(old) or {}).get(each.name)
    if row.side(old) is None:
        return None
    try:
        return fit(run(RowEnv(ws, row, old=old)), plan.types[slot])
    except (FormulaError, Invalid):
        return None
