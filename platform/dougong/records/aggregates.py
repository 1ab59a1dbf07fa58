"""Roll-ups asked of the database: the rows that count, their parents and values, as SQL. The same conditions as
contributions.py states for one row, for all rows at once; the doctor and publish hold the two against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    func,
    literal,
    null,
    select,
    type_coerce,
)

from ..formula.printer import name_text
from ..formula.to_sql import to_sql, to_stored
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from ..storage.types import Day, Dec
from .plan import Feed
from .rows import chunks
from .states import COUNTED
from .write_set import WriteSet

#: In the statement itself, not bound: else no database sees that an index of these records alone will do.
_COUNTED: BindParameter[Any] = bindparam("counted", COUNTED, expanding=True, literal_execute=True)


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that feed a roll-up: where they come from, under which conditions they count, whom and what they give, and
    for running sums on which day."""

    tables: FromClause
    conditions: tuple[ColumnElement[bool], ...]
    row: ColumnElement[str]
    parent: ColumnElement[str]
    value: ColumnElement[Any]
    day: ColumnElement[date] | None = None


def source(tx: Transaction, model: Model, feed: Feed) -> Source:
    """The feed as SQL."""
    form, sub = feed.source
    tables = model.table(form)
    main, table = tables.main, tables.table(sub)
    resolver = Resolver(model, form, sub, tx=tx)
    joined: FromClause = table if sub is None else table.join(main, main.c.id == table.c.parent)
    holder = None if feed.via_owner else sub
    parent = tables.column(feed.via, holder)
    conditions: list[ColumnElement[bool]] = [main.c.deleted_at.is_(None), parent.is_not(None)]
    if feed.by_state:
        conditions.append(main.c.state.in_(_COUNTED))
    if feed.where is not None:
        conditions.append(to_sql(feed.where.checked, resolver))
    day = None if feed.by is None else type_coerce(_named(model, resolver, feed, feed.by), Day())
    return Source(joined, tuple(conditions), table.c.id, parent, _value(model, resolver, feed), day)


def _value(model: Model, resolver: Resolver, feed: Feed) -> ColumnElement[Any]:
    if feed.value is None:
        return literal(1)
    if feed.amount is not None:
        checked = model.definitions.checked(name_text(feed.value), *feed.source)
        return to_stored(checked, resolver, _places(feed))
    return _named(model, resolver, feed, feed.value)


def _named(model: Model, resolver: Resolver, feed: Feed, path: tuple[str, ...]) -> ColumnElement[Any]:
    ref = next(iter(model.definitions.checked(name_text(path), *feed.source).reads))
    return resolver.column(ref.anchor, ref.path)  # type: ignore[no-any-return]


def _places(feed: Feed) -> int:
    """Places that the rows' numbers are rounded to before they are added."""
    return 10 if feed.amount is None or feed.amount.scale is None else feed.amount.scale


def by_parent(tx: Transaction, model: Model, feed: Feed, parents: Sequence[str] | None = None) -> Select[Any]:
    """(parent, n, value) of every parent that has a row which counts, or of those of `parents`; `n` is how many rows
    have given something."""
    if feed.by is not None:
        return _lowest(tx, model, feed, parents)
    found = source(tx, model, feed)
    columns: list[ColumnElement[Any]] = [found.parent.label("parent"), func.count(found.value).label("n")]
    if feed.rollup.fn in ("sum", "avg"):
        columns.append(func.sum(found.value, type_=Dec(18, _places(feed))).label("value"))
    elif feed.rollup.fn in ("min", "max"):
        columns.append(getattr(func, feed.rollup.fn)(found.value, type_=found.value.type).label("value"))
    query = select(*columns).select_from(found.tables).where(*found.conditions).group_by(found.parent)
    return query if parents is None else query.where(found.parent.in_(parents))


def by_day(tx: Transaction, model: Model, feed: Feed, parents: Sequence[str] | None = None) -> Select[Any]:
    """(parent, day, n, value) of a running roll-up: how many rows give how much on each day, nulls left out."""
    found = source(tx, model, feed)
    columns = found.parent.label("parent"), (null() if found.day is None else found.day).label("day")
    rows = select(*columns, found.value.label("value")).select_from(found.tables).where(*found.conditions)
    given = (rows if parents is None else rows.where(found.parent.in_(parents))).subquery()
    total = func.sum(given.c.value, type_=Dec(18, _places(feed))).label("value")
    query = select(given.c.parent, given.c.day, func.count().label("n"), total)
    return query.where(given.c.value.is_not(None)).group_by(given.c.parent, given.c.day)


def _lowest(tx: Transaction, model: Model, feed: Feed, parents: Sequence[str] | None) -> Select[Any]:
    """(parent, n, value): the lowest sum at the end of a day, or the first day it stands at; no day comes first."""
    days = by_day(tx, model, feed, parents).subquery()
    running = func.sum(days.c.value, type_=days.c.value.type).over(
        partition_by=days.c.parent, order_by=days.c.day.asc().nulls_first()
    )
    sums = select(days.c.parent, days.c.day, days.c.n, running.label("amount")).subquery()
    order = sums.c.amount.asc(), sums.c.day.asc().nulls_first()
    rank = func.row_number().over(partition_by=sums.c.parent, order_by=order).label("rank")
    ranked = select(sums, rank).subquery()
    value = ranked.c.day if feed.rollup.fn == "lowest_running_day" else ranked.c.amount
    return select(ranked.c.parent, ranked.c.n, value.label("value")).where(ranked.c.rank == 1)


def extreme(ws: WriteSet, feed: Feed, parent: str, without: Sequence[str]) -> Any:
    """The smallest or largest value one parent receives from rows other than these, as the database has them."""
    found = source(ws.tx, ws.model, feed)
    best = getattr(func, feed.rollup.fn)(found.value, type_=found.value.type)
    query = select(best).select_from(found.tables).where(*found.conditions, found.parent == parent)
    for some in chunks(without):
        query = query.where(found.row.not_in(some))
    value = ws.tx.conn.scalar(query)
    return Decimal(value) if type(value) is int else value
