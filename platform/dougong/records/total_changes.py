"""What the rows of an act add to totals: each row's keys and values before and after, netted by key."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..formula.types import Value
from .contributions import alive
from .env import RowEnv
from .fitting import fit_number
from .plan import TotalPlan, plan_of
from .totals import Delta, Sums, TotalState, key_text, key_value, state_of
from .write_set import RowChange, WriteSet


def collect(ws: WriteSet) -> None:
    """Net what every changed row gave to its totals before and gives now."""
    plan, state = plan_of(ws.model), state_of(ws)
    state.deltas.clear()
    for kind, some in plan.totals.items():
        rows = _changed(ws, kind, some)
        for total in some:
            for change in rows:
                for old, sign in ((True, -1), (False, 1)):
                    _add(state, total, contribution(ws, total, change, old), sign)
    for key in [key for key, delta in state.deltas.items() if not any(delta.sums.values())]:
        del state.deltas[key]


def contribution(ws: WriteSet, total: TotalPlan, change: RowChange, old: bool) -> tuple[tuple[Value, ...], Sums] | None:
    """Keys and sums of one row; None when it does not count."""
    if not alive(ws, change, total.by_state, old):
        return None
    env = RowEnv(ws, change, old=old)
    if total.where is not None and total.where(env) is not True:
        return None
    keys = tuple(key_value(run(env), kind) for run, kind in zip(total.keys, total.key_types, strict=True))
    return keys, sums_of(total, env)


def sums_of(total: TotalPlan, env: RowEnv) -> Sums:
    """The columns one counted row adds to."""
    sums: Sums = {"n": 1}
    for name, fn, run, scale in total.values:
        value = run(env) if run is not None else Decimal(1)
        if fn == "count":
            sums[f"v_{name}"] = int(value is not None)
        elif value is not None:
            exact = fit_number(Decimal(value), scale)
            sums[f"v_{name}" if fn == "sum" else f"v_{name}__s"] = exact
            if fn == "avg":
                sums[f"v_{name}__n"] = 1
    return sums


def _add(state: TotalState, total: TotalPlan, found: tuple[tuple[Value, ...], Sums] | None, sign: int) -> None:
    if found is not None:
        keys, sums = found
        key = (total.name, key_text(total, keys))
        state.deltas.setdefault(key, Delta(keys)).add(sums, sign)


def _changed(ws: WriteSet, kind: tuple[str, str | None], some: Sequence[TotalPlan]) -> list[RowChange]:
    """Rows that may give something else now; `derive` has brought in those that look at a changed record."""
    form, sub = kind
    if form not in {each for each, _ in ws.rows}:
        return []
    looking = any(total.look for total in some)
    if sub is None:
        return [each for each in ws.of(form) if each.dirty or looking]
    owners = {each.id for each in ws.of(form) if each.dirty}
    ws.load_children(form, sub, owners)
    return [each for each in ws.of(form, sub) if each.dirty or each.owner in owners or looking]
