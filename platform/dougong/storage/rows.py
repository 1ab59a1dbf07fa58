"""Counting and converting what stands in a column. One rule: rows are read by id in batches, never all at once, and what a
conversion would lose is known before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    TableClause,
    TypeDecorator,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from ..definition.model import Field
from ..fields.type import FieldType, Unreadable
from ..kernel.errors import Invalid
from .types import Id

BATCH = 2_000


class _Lost:
    """The mark of a value that does not convert."""


LOST = _Lost()


@dataclass(frozen=True, slots=True)
class Stage:
    """A field at one time of its life: its type, what it said, the column it stood in."""

    type: FieldType
    field: Field
    column: TypeEngine[Any]

    def take(self, value: Any, before: Stage, dialect: Any) -> Any:
        """A value of the stage before as this one keeps it, or LOST."""
        if value is None:
            return None
        try:
            found = self.type.convert(value, before.type, before.field, self.field)
            if isinstance(self.column, TypeDecorator):
                self.column.process_bind_param(found, dialect)
        except (Unreadable, Invalid, ValueError, ArithmeticError, TypeError):
            return LOST
        return LOST if found is None else found


class Converter:
    """Takes values of an old field to a new one. Where the new column kept a value from an earlier life that, taken through
    all the stages `between`, gives what stands now, nobody has changed it since and it is that value again: so a type change
    and its way back lose nothing."""

    def __init__(self, old: Stage, new: Stage, between: Sequence[Stage] = ()) -> None:
        self.old, self.new = old, new
        self._way = (new, *between, old)

    def forward(self, value: Any, dialect: Any) -> Any:
        """The value in the new type, or LOST."""
        return self.new.take(value, self.old, dialect)

    def choose(self, value: Any, kept: Any, dialect: Any) -> Any:
        """What the new column gets, given what stands in the old one and what the new one kept from before."""
        if kept is not None and self._again(kept, dialect) == value:
            return kept
        return self.forward(value, dialect)

    def _again(self, kept: Any, dialect: Any) -> Any:
        """What a kept value became on its way to the old column."""
        for before, stage in pairwise(self._way):
            kept = stage.take(kept, before, dialect)
            kept = None if kept is LOST else kept
        return kept


def loose(name: str, **columns: TypeEngine[Any]) -> TableClause:
    """A table by its physical name with just these columns and its id; for columns no definition knows any more."""
    return table(name, column("id", Id()), *(column(each, type_) for each, type_ in columns.items()))


def count_rows(conn: Connection, name: str) -> int:
    """All rows of a table, deleted ones too."""
    return int(conn.execute(select(func.count()).select_from(table(name))).scalar_one())


def count_values(conn: Connection, name: str, of: str) -> int:
    """Rows that hold a value in a column."""
    return int(conn.execute(select(func.count(column(of))).select_from(table(name))).scalar_one())


def batches(
    conn: Connection, of: TableClause, columns: Sequence[ColumnElement[Any]], after: str | None = None
) -> Iterator[Sequence[Any]]:
    """Rows (id, *columns) in which one of the columns holds a value, in the order of the ids, in batches."""
    filled = or_(*(each.is_not(None) for each in columns))
    while True:
        more = filled if after is None else and_(filled, of.c.id > after)
        found = conn.execute(select(of.c.id, *columns).where(more).order_by(of.c.id).limit(BATCH)).all()
        if not found:
            return
        yield found
        after = found[-1][0]


def count_loss(conn: Connection, of: TableClause, old: str, kept: str | None, by: Converter) -> int:
    """Values that would not convert."""
    lost = 0
    for batch in batches(conn, of, _read(of, old, kept)):
        lost += sum(by.choose(row[1], row[2] if kept else None, conn.dialect) is LOST for row in batch)
    return lost


def count_changed(conn: Connection, of: TableClause, old: str, by: Converter) -> int:
    """Values that would not be the very same afterwards."""
    changed = 0
    for batch in batches(conn, of, [of.c[old]]):
        changed += sum(by.forward(row[1], conn.dialect) != row[1] for row in batch)
    return changed


def convert(conn: Connection, of: TableClause, old: str, new: str, by: Converter, *, reuse: bool) -> None:
    """Fill the new column from the old one; what does not convert becomes null. `reuse`: the new column holds values from
    an earlier life."""
    change = of.update().where(of.c.id == bindparam("b_id", type_=Id()))
    change = change.values({new: bindparam("b_value", type_=of.c[new].type)})
    for batch in batches(conn, of, _read(of, old, new if reuse else None)):
        parameters = []
        for row in batch:
            kept = row[2] if reuse else None
            value = by.choose(row[1], kept, conn.dialect)
            value = None if value is LOST else value
            if value != kept:
                parameters.append({"b_id": row[0], "b_value": value})
        if parameters:
            conn.execute(change, parameters)


def _read(of: TableClause, old: str, kept: str | None) -> list[ColumnElement[Any]]:
    return [of.c[old]] if kept is None else [of.c[old], of.c[kept]]
