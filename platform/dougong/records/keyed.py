"""Totals computed again from all their rows, compared with their tables and written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select

from ..formula.types import Value
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import rows as table_rows
from .plan import TotalPlan, plan_of
from .total_changes import contribution
from .totals import Delta, Sums, key_columns, key_text
from .write_set import WriteSet

Sum = dict[str, Delta]


def computed(tx: Transaction, model: Model, name: str) -> Sum:
    """What the total should hold, by key."""
    total = plan_of(model).totals_by_name[name]
    found: Sum = {}
    for keys, sums in _contributions(tx, model, total):
        found.setdefault(key_text(total, keys), Delta(keys)).add(sums, 1)
    return found


def _contributions(tx: Transaction, model: Model, total: TotalPlan) -> Iterator[tuple[tuple[Value, ...], Sums]]:
    sub = total.total.each
    of = table_rows.shape(model.table(total.form), sub)
    for page in table_rows.pages(tx.conn, of):
        ws = WriteSet(tx, model)
        changes = ws.take((total.form, sub), page)
        if sub is not None:
            ws.load(total.form, {row["$parent"] for row in page})
        for change in changes:
            found = contribution(ws, total, change, False)
            if found is not None:
                yield found


def stored(tx: Transaction, model: Model, name: str) -> dict[str, dict[str, Any]]:
    """What the total's table holds, by key; rows that count nothing left out."""
    form, _, short = name.rpartition(".")
    table = model.table(form).totals[short]
    sums = [each for each in table.c if _is_sum(each.key)]
    found = tx.conn.execute(select(table.c.key, *sums))
    rows = {row[0]: dict(zip((each.key for each in sums), row[1:], strict=True)) for row in found}
    return {key: row for key, row in rows.items() if any(row.values())}


def differences(tx: Transaction, model: Model, name: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Keys whose stored sums are not what the rows give: {key: (stored, right)}."""
    right = {key: {k: v for k, v in delta.sums.items() if v} for key, delta in computed(tx, model, name).items()}
    now = {key: {k: v for k, v in row.items() if v} for key, row in stored(tx, model, name).items()}
    return {key: (now.get(key, {}), right.get(key, {})) for key in {*right, *now} if now.get(key) != right.get(key)}


def rebuild(tx: Transaction, model: Model, name: str) -> int:
    """Write the total's table anew; how many keys were wrong."""
    wrong = len(differences(tx, model, name))
    if not wrong:
        return 0
    total = plan_of(model).totals_by_name[name]
    table = model.table(total.form).totals[total.total.name]
    sums = [each.key for each in table.c if _is_sum(each.key)]
    tx.conn.execute(delete(table))
    rows = [
        {"key": key, **key_columns(total, delta.keys), **{each: delta.sums.get(each, 0) for each in sums}}
        for key, delta in sorted(computed(tx, model, name).items())
    ]
    if rows:
        tx.conn.execute(table.insert(), rows)
    return wrong


def sweep(tx: Transaction, model: Model) -> int:
    """Remove rows of totals that count nothing any more; how many."""
    removed = 0
    for tables in model.tables.values():
        for table in tables.totals.values():
            removed += tx.conn.execute(delete(table).where(*(c == 0 for c in table.c if _is_sum(c.key)))).rowcount
    return removed


def _is_sum(key: str) -> bool:
    return key == "n" or key.startswith("v_")
