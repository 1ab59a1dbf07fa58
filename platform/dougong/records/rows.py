"""Rows between tables and memory: which column holds which name, reading rows as plain mappings, writing them back.

One rule: in memory a row is a dict by field name plus system names ($id, $number, $state, $version, $deleted …; a
subtable's row has $id, $parent and $position), its values canonical; nothing above this file knows a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, select

from ..storage.tables import SYSTEM_COLUMNS, FormTables

Row: TypeAlias = dict[str, Any]

MAIN_SYSTEM = {**SYSTEM_COLUMNS, "$deleted": "deleted_at"}
SUB_SYSTEM = {"$id": "id", "$parent": "parent", "$position": "position"}

#: A roll-up avg has its sum and count beside it, under its name and these.
SUM, COUNT = "$sum", "$n"

#: Rows asked for in one statement; both databases take at least this many parameters.
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Shape:
    """One table and its columns by name."""

    table: Table
    columns: Mapping[str, Column[Any]]


def shape(tables: FormTables, sub: str | None) -> Shape:
    """The shape of a form's records or of one subtable's rows; computed-at-read fields have no column here."""
    table = tables.main if sub is None else tables.subtables[sub]
    system = MAIN_SYSTEM if sub is None else SUB_SYSTEM
    columns = {name: table.c[column] for name, column in system.items()}
    columns.update(tables.stored(sub))
    for each in tables.shape.columns:
        if each.sub == sub and each.average:
            columns[each.name + SUM], columns[each.name + COUNT] = tables.average(each.name, sub)
    return Shape(table, columns)


def read(conn: Connection, of: Shape, where: ColumnElement[bool]) -> list[Row]:
    """The rows that satisfy `where`, in the order of their ids (positions for a subtable)."""
    order = of.columns.get("$position", of.columns["$id"])
    query = select(*of.columns.values()).where(where).order_by(order, of.columns["$id"])
    names = tuple(of.columns)
    return [dict(zip(names, found, strict=True)) for found in conn.execute(query)]


def read_ids(conn: Connection, of: Shape, ids: Iterable[str]) -> list[Row]:
    """The rows with these ids, ascending."""
    return [row for some in chunks(sorted(set(ids))) for row in read(conn, of, of.columns["$id"].in_(some))]


def pages(conn: Connection, of: Shape, size: int = 1_000) -> Iterator[list[Row]]:
    """All rows of a table, ascending by id, some at a time."""
    identity, names = of.columns["$id"], tuple(of.columns)
    query = select(*of.columns.values()).order_by(identity).limit(size)
    last: str | None = None
    while True:
        after = query if last is None else query.where(identity > last)
        found = [dict(zip(names, row, strict=True)) for row in conn.execute(after)]
        if found:
            yield found
        if len(found) < size:
            return
        last = found[-1]["$id"]


def lock_ids(conn: Connection, of: Shape, ids: Iterable[str]) -> None:
    """Lock rows in the order of their ids: against other writers, but not against foreign keys that point at them
    (docs/derived-values.md, Locks)."""
    identity = of.columns["$id"]
    for some in chunks(sorted(set(ids))):
        conn.execute(
            select(identity).where(identity.in_(some)).order_by(identity).with_for_update(key_share=True)
        ).all()


def insert(conn: Connection, of: Shape, rows: Sequence[Row]) -> None:
    """Write new rows; names without a column are left out."""
    if rows:
        values = [{column.name: row.get(name) for name, column in of.columns.items()} for row in rows]
        conn.execute(of.table.insert(), values)


def update(conn: Connection, of: Shape, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write changed values by row id: one statement for each set of columns, ids ascending."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row_id, values in sorted(changes.items()):
        names = tuple(sorted(name for name in values if name in of.columns))
        if names:
            groups.setdefault(names, []).append({"b_id": row_id, **{f"b_{i}": values[n] for i, n in enumerate(names)}})
    for names, parameters in groups.items():
        assignments = {
            of.columns[name].name: bindparam(f"b_{index}", type_=of.columns[name].type)
            for index, name in enumerate(names)
        }
        condition = of.columns["$id"] == bindparam("b_id", type_=of.columns["$id"].type)
        conn.execute(of.table.update().where(condition).values(assignments), parameters)


def delete(conn: Connection, of: Shape, ids: Iterable[str]) -> None:
    """Remove rows (only a subtable's rows are ever removed by a write)."""
    for some in chunks(sorted(ids)):
        conn.execute(of.table.delete().where(of.columns["$id"].in_(some)))


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """`items` in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
