"""Roll-ups asked of the database: the rows that count, their parents and values, as SQL. The same conditions as
contributions.py states for one row, for all rows at once; the doctor and publish hold the two against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select

from ..formula.printer import name_text
from ..formula.to_sql import to_sql, to_stored
from ..formula.types import Kind, Type
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from ..storage.types import Dec
from .plan import Feed
from .rows import chunks
from .states import COUNTED
from .write_set import WriteSet


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that feed a roll-up: where they come from, under which conditions they count, whom and what they give."""

    tables: FromClause
    conditions: tuple[ColumnElement[bool], ...]
    row: ColumnElement[str]
    parent: ColumnElement[str]
    value: ColumnElement[Any]


def source(tx: Transaction, model: Model, feed: Feed, kind: Type) -> Source:
    """The feed as SQL; `kind` is the roll-up's own type, whose places sums are rounded to."""
    form, sub = feed.source
    tables = model.table(form)
    main, table = tables.main, tables.table(sub)
    resolver = Resolver(model, form, sub, tx=tx)
    joined: FromClause = table if sub is None else table.join(main, main.c.id == table.c.parent)
    holder = None if feed.via_owner else sub
    parent = tables.column(feed.via, holder)
    conditions: list[ColumnElement[bool]] = [main.c.deleted_at.is_(None), parent.is_not(None)]
    if feed.by_state:
        conditions.append(main.c.state.in_(COUNTED))
    if feed.where is not None:
        conditions.append(to_sql(feed.where.checked, resolver))
    return Source(joined, tuple(conditions), table.c.id, parent, _value(model, resolver, feed, kind))


def _value(model: Model, resolver: Resolver, feed: Feed, kind: Type) -> ColumnElement[Any]:
    if feed.value is None:
        return literal(1)
    form, sub = feed.source
    checked = model.definitions.checked(name_text(feed.value), form, sub)
    if kind.kind is Kind.NUMBER and feed.rollup.fn in ("sum", "avg"):
        return to_stored(checked, resolver, 10 if kind.scale is None else kind.scale)
    ref = next(iter(checked.reads))
    return resolver.column(ref.anchor, ref.path)  # type: ignore[no-any-return]


def by_parent(tx: Transaction, model: Model, feed: Feed, kind: Type) -> Select[Any]:
    """(parent, count, sum | min | max) of every parent that has a row which counts."""
    found = source(tx, model, feed, kind)
    counted = func.count(found.value)
    columns: list[ColumnElement[Any]] = [found.parent.label("parent"), counted.label("n")]
    if feed.rollup.fn in ("sum", "avg"):
        columns.append(
            func.sum(found.value, type_=Dec(18, kind.scale if kind.scale is not None else 10)).label("value")
        )
    elif feed.rollup.fn in ("min", "max"):
        columns.append(getattr(func, feed.rollup.fn)(found.value, type_=found.value.type).label("value"))
    return select(*columns).select_from(found.tables).where(*found.conditions).group_by(found.parent)


def extreme(ws: WriteSet, feed: Feed, kind: Type, parent: str, without: Sequence[str]) -> Any:
    """The smallest or largest value one parent receives from rows other than these, as the database has them."""
    found = source(ws.tx, ws.model, feed, kind)
    best = getattr(func, feed.rollup.fn)(found.value, type_=found.value.type)
    query = select(best).select_from(found.tables).where(*found.conditions, found.parent == parent)
    for some in chunks(without):
        query = query.where(found.row.not_in(some))
    value = ws.tx.conn.scalar(query)
    return Decimal(value) if type(value) is int else value
