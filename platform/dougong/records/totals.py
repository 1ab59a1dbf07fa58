"""Totals: keyed summaries kept in the writing transaction
(docs/derived-values.md, Totals): what stands, what an act adds
to it, and reading both together. The differences are added at the flush in the order of their keys.

One rule: a total's row is found by `key`, the canonical text of its keys, so a null key is a key like any other; rows are
locked after every record, always in the order (total, key)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ..formula.types import Kind, Type, Value
from ..storage import exact_json
from ..storage.tables import DEFAULT_SCALE
from .fitting import fit_number, quotient
from .plan import TotalPlan, plan_of
from .rows import chunks
from .write_set import WriteSet

TotalKey: TypeAlias = tuple[str, str]
"""(full name of the total, canonical text of its keys)."""

Sums: TypeAlias = dict[str, Decimal | int]
"""Columns of a total's row that are added to: "n", "v_<value>", "v_<value>__s", "v_<value>__n"."""


@dataclass(slots=True)
class Delta:
    """What an act adds to one row of a total."""

    keys: tuple[Value, ...]
    sums: Sums = field(default_factory=dict)

    def add(self, sums: Mapping[str, Decimal | int], sign: int) -> None:
        """Add or take away one row's contribution."""
        for name, value in sums.items():
            self.sums[name] = self.sums.get(name, 0) + sign * value


@dataclass
class TotalState:
    """The totals of one write set: what stands (read once), what is added, and which keys are locked."""

    base: dict[TotalKey, Sums] = field(default_factory=dict)
    deltas: dict[TotalKey, Delta] = field(default_factory=dict)
    locked: set[TotalKey] = field(default_factory=set)
    asked: dict[TotalKey, tuple[Value, ...]] | None = None


def state_of(ws: WriteSet) -> TotalState:
    """The totals of this write set."""
    found: TotalState | None = ws.memo.get(TotalState)
    if found is None:
        found = ws.memo[TotalState] = TotalState()
        ws.at_flush.append(lambda: flush(ws))
    return found


# ---------------------------------------------------------------------------------------------------- keys


def key_text(total: TotalPlan, keys: Sequence[Value]) -> str:
    """The canonical text of a total's keys."""
    plain = [_key_part(key_value(value, kind)) for value, kind in zip(keys, total.key_types, strict=True)]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def key_value(value: Value, kind: Type) -> Value:
    """A key as its column holds it: numbers rounded to the column's places."""
    if kind.kind is Kind.NUMBER and isinstance(value, Decimal):
        return fit_number(value, _scale(kind))
    return value


def _key_part(value: Value) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, datetime):
        return exact_json.instant_text(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return json.loads(exact_json.dumps(value))


def _scale(kind: Type) -> int:
    return DEFAULT_SCALE if kind.scale is None else min(kind.scale, DEFAULT_SCALE)


# ---------------------------------------------------------------------------------------------------- reading


def value(ws: WriteSet, name: str, keys: Sequence[Value], column: str, *, old: bool = False) -> Value:
    """One value of a total's row, with what this act adds unless `old`. A missing row is 0, for avg null."""
    total = plan_of(ws.model).totals_by_name[name]
    state = state_of(ws)
    key = (name, key_text(total, keys))
    if state.asked is not None:
        state.asked[key] = tuple(keys)
    if key not in state.base:
        read(ws, [key])
    sums = dict(state.base[key])
    if not old and key in state.deltas:
        for each, more in state.deltas[key].sums.items():
            sums[each] = sums.get(each, 0) + more
    return _value(total, sums, column)


def _value(total: TotalPlan, sums: Sums, column: str) -> Value:
    if column == "n" and column not in total.total.values:
        return Decimal(sums.get("n", 0))
    fn, scale = next((fn, scale) for name, fn, _, scale in total.values if name == column)
    if fn != "avg":
        return Decimal(sums.get(f"v_{column}", 0))
    count = int(sums.get(f"v_{column}__n", 0))
    return quotient(Decimal(sums[f"v_{column}__s"]), count, max(scale, 4)) if count else None


def read(ws: WriteSet, keys: Iterable[TotalKey], *, lock: bool = False) -> None:
    """Read these rows into the state, one statement for each total."""
    state = state_of(ws)
    for name, texts in _by_total(keys).items():
        table = table_of(ws, name)
        sums = [each for each in table.c if each.key == "n" or each.key.startswith("v_")]
        for some in chunks(texts):
            query = select(table.c.key, *sums).where(table.c.key.in_(some)).order_by(table.c.key)
            if lock:
                query = query.with_for_update(key_share=True)
            state.base.update({(name, text): {} for text in some})
            for found in ws.tx.conn.execute(query):
                state.base[name, found[0]] = dict(zip((each.key for each in sums), found[1:], strict=True))


def table_of(ws: WriteSet, name: str) -> Table:
    """The table of a total by its full name."""
    form, _, short = name.rpartition(".")
    return ws.model.table(form).totals[short]


def _by_total(keys: Iterable[TotalKey]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in sorted(set(keys)):
        found.setdefault(name, []).append(text)
    return found


# ---------------------------------------------------------------------------------------------------- writing


def lock(ws: WriteSet, asked: Mapping[TotalKey, tuple[Value, ...]]) -> None:
    """Lock the rows that checks read, made first where they are missing, in the order of their keys
    (docs/derived-values.md, Totals)."""
    state = state_of(ws)
    wanted = {key: keys for key, keys in asked.items() if key not in state.locked}
    locking = ws.tx.dialect == "postgresql" and ws.tx.writing
    if locking and wanted:
        for name, texts in _by_total(wanted).items():
            _ensure(ws.tx.conn, table_of(ws, name), plan_of(ws.model).totals_by_name[name], texts, wanted)
    read(ws, wanted, lock=locking)
    state.locked.update(wanted)


def _ensure(
    conn: Connection, table: Table, total: TotalPlan, texts: Sequence[str], keys: Mapping[TotalKey, tuple[Value, ...]]
) -> None:
    rows = [{"key": text, "n": 0, **key_columns(total, keys[total.name, text])} for text in texts]
    conn.execute(_upsert(conn.dialect.name, table, rows[0], ()), rows)


def key_columns(total: TotalPlan, keys: Sequence[Value]) -> dict[str, Value]:
    """The columns that show the keys."""
    pairs = zip(total.total.key, keys, total.key_types, strict=True)
    return {f"k_{name}": key_value(each, kind) for name, each, kind in pairs}


def flush(ws: WriteSet) -> None:
    """Add the differences to the totals' rows, in the order of their keys, missing rows made."""
    state, plan = state_of(ws), plan_of(ws.model)
    for name, texts in _by_total(state.deltas).items():
        table, total = table_of(ws, name), plan.totals_by_name[name]
        sums = [each.key for each in table.c if each.key == "n" or each.key.startswith("v_")]
        rows = []
        for text in texts:
            delta = state.deltas[name, text]
            values = {each: delta.sums.get(each, 0) for each in sums}
            rows.append({"key": text, **key_columns(total, delta.keys), **values})
        ws.tx.conn.execute(_upsert(ws.tx.dialect, table, rows[0], sums), rows)


def _upsert(dialect: str, table: Table, names: Iterable[str], sums: Sequence[str]) -> Any:
    """INSERT; where the row is there already: add to these columns, or leave it alone."""
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns = [table.c[each] for each in sorted(names)]
    statement = make(table).values({each: bindparam(each.key, type_=each.type) for each in columns})
    if not sums:
        return statement.on_conflict_do_nothing(index_elements=[table.c.key])
    added = {table.c[each]: table.c[each] + statement.excluded[each] for each in sums}
    return statement.on_conflict_do_update(index_elements=[table.c.key], set_=added)
