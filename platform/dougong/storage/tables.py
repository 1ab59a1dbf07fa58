"""The Table objects of one form: its records, its subtables, its totals and its unique keys. One rule: they are a pure
function of the form and the columns chosen for it, so tenants with the same definition share them.

Main: system columns (id, number, state, owner, department, created_at/by, updated_at/by, version, deleted_at) and one
column per kept field. Subtable: id, parent, position and its fields. A roll-up avg keeps its sum and count in
`<column>__s` and `<column>__n`. Total: `key` (canonical text of the keys), `k_<key>`, `n`, `v_<value>` (avg: `v_<value>__s`
and `v_<value>__n`). Unique: `key`, `record`, `row`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ForeignKey, Table, text
from sqlalchemy.schema import SchemaItem

from ..definition.columns import BOOL, DAY, ID, INSTANT, INT, JSON, TEXT, TIME, ColumnSpec, dec
from ..definition.model import Field, Form, Unique
from ..definition.slug import column_name, cut, slug, table_name
from ..formula.types import Kind, Type
from .ddl import new_table
from .types import Dec, Id, Instant, Int, Text, column_type

MOST_COLUMNS = 400
DEFAULT_SCALE = 6

#: Column of a record's own table by the name formulas have for the system value. A deletion has a column, but no name.
SYSTEM_COLUMNS = {
    "$id": "id",
    "$number": "number",
    "$state": "state",
    "$owner": "owner",
    "$department": "department",
    "$created_at": "created_at",
    "$created_by": "created_by",
    "$updated_at": "updated_at",
    "$updated_by": "updated_by",
    "$version": "version",
}


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """The column of one kept field. `sub` is the subtable's name (None = the record itself), `zero`: an absent value is 0
    (sum and count), `average`: a hidden sum and count stand beside it."""

    sub: str | None
    name: str
    column: str
    spec: ColumnSpec
    zero: bool = False
    average: bool = False


@dataclass(frozen=True, slots=True)
class TotalShape:
    """Types of one total's keys and values; None for count()."""

    name: str
    keys: tuple[tuple[str, ColumnSpec], ...]
    values: tuple[tuple[str, str, ColumnSpec], ...]


@dataclass(frozen=True, slots=True)
class FormShape:
    """Everything the tables of a form depend on; equal shapes share their tables."""

    module: str
    form: str
    subtables: tuple[tuple[str, str], ...]
    columns: tuple[FieldColumn, ...]
    totals: tuple[TotalShape, ...] = ()
    uniques: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FormTables:
    """`subtables` by the subtable's name, `totals` by the total's name, `keys` by the unique rule's id."""

    form: str
    main: Table
    subtables: Mapping[str, Table]
    totals: Mapping[str, Table]
    keys: Mapping[str, Table]
    shape: FormShape
    _columns: Mapping[tuple[str | None, str], Column[Any]] = field(default_factory=dict)

    def table(self, sub: str | None = None) -> Table:
        """The records' table or a subtable's."""
        return self.main if sub is None else self.subtables[sub]

    def column(self, name: str, sub: str | None = None) -> Column[Any]:
        """The column of a field. Raises KeyError when the field is computed at read."""
        return self._columns[sub, name]

    def has(self, name: str, sub: str | None = None) -> bool:
        """Whether the field has a column."""
        return (sub, name) in self._columns

    def stored(self, sub: str | None = None) -> dict[str, Column[Any]]:
        """All fields that have a column, by name."""
        return {name: column for (at, name), column in self._columns.items() if at == sub}

    def average(self, name: str, sub: str | None = None) -> tuple[Column[Any], Column[Any]]:
        """The hidden sum and count of a roll-up avg."""
        column = self.column(name, sub)
        return self.table(sub).c[f"{column.name}__s"], self.table(sub).c[f"{column.name}__n"]

    def all_tables(self) -> Iterator[Table]:
        """Every table of the form, owners first."""
        yield self.main
        yield from self.subtables.values()
        yield from self.totals.values()
        yield from self.keys.values()


def main_name(form: str) -> str:
    """The table of the records of "module.form"."""
    return table_name(*form.split(".", 1))


def sub_name(main: str, slug_: str) -> str:
    """The table of a subtable; its slug (with or without "f_") is chosen like a column's name and kept."""
    return cut(f"{main}__{slug_.removeprefix('f_')}")


def uniques_of(form: Form) -> tuple[Unique, ...]:
    """The form's unique rules: those written as such and one for each `x-unique` field."""
    own = [Unique(f"x-unique:{each.id}", (each.name,)) for each in form.fields if each.unique]
    rows = [
        Unique(f"x-unique:{sub.id}:{each.id}", (f"{sub.name}.{each.name}",))
        for sub in form.subtables
        for each in sub.fields
        if each.unique
    ]
    taken = {each.fields for each in form.unique}
    return (*form.unique, *(each for each in (*own, *rows) if each.fields not in taken))


def fill_kind(each: Field) -> tuple[bool, bool]:
    """(zero, average) of a field's column."""
    if each.rollup is None:
        return False, False
    return each.rollup.fn in ("sum", "count", "lowest_running"), each.rollup.fn == "avg"


def key_spec(kind: Type) -> ColumnSpec:
    """The column in which a formula's result is kept as a key of a total."""
    return _KEYS.get(kind.kind) or value_spec(kind)


def value_spec(kind: Type) -> ColumnSpec:
    """The column of a summed value: 18 digits at the formula's own scale, six places where it has none."""
    return dec(18, DEFAULT_SCALE if kind.scale is None else min(kind.scale, DEFAULT_SCALE))


_KEYS = {
    Kind.TEXT: TEXT,
    Kind.TIME: TIME,
    Kind.BOOLEAN: BOOL,
    Kind.DATE: DAY,
    Kind.DATETIME: INSTANT,
    Kind.RECORD: ID,
    Kind.MEMBER: ID,
    Kind.DEPARTMENT: ID,
    Kind.LIST: JSON,
    Kind.JSON: JSON,
}


# -------------------------------------------------------------------------------------------------- building


@lru_cache(maxsize=4096)
def build(shape: FormShape) -> FormTables:
    """The tables of a shape."""
    full = f"{shape.module}.{shape.form}"
    name = table_name(shape.module, shape.form)
    rollups = any(each.zero or each.average for each in shape.columns)
    main = new_table(name, *_system(), *_fields(shape, None), fillfactor=85 if rollups else None)
    subtables = {sub: _subtable(shape, main, sub, slug_) for sub, slug_ in shape.subtables}
    totals = {each.name: total_table(name, each) for each in shape.totals}
    keys = {each: _unique_table(name, each) for each in shape.uniques}
    columns = {
        (each.sub, each.name): (main if each.sub is None else subtables[each.sub]).c[each.column]
        for each in shape.columns
    }
    return FormTables(full, main, subtables, totals, keys, shape, columns)


def _system() -> Iterator[SchemaItem]:
    yield Column("id", Id(), primary_key=True)
    yield Column("number", Text())
    yield Column("state", Text(), nullable=False)
    yield Column("owner", Id())
    yield Column("department", Id())
    yield Column("created_at", Instant(), nullable=False)
    yield Column("created_by", Id())
    yield Column("updated_at", Instant(), nullable=False)
    yield Column("updated_by", Id())
    yield Column("version", Int(), nullable=False)
    yield Column("deleted_at", Instant())


def _subtable(shape: FormShape, main: Table, sub: str, slug_: str) -> Table:
    parent: Column[str] = Column("parent", Id(), ForeignKey(main.c.id, ondelete="CASCADE"), nullable=False)
    return new_table(
        sub_name(main.name, slug_),
        Column("id", Id(), primary_key=True),
        parent,
        Column("position", Int(), nullable=False),
        *_fields(shape, sub),
    )


def _fields(shape: FormShape, sub: str | None) -> Iterator[Column[Any]]:
    for each in shape.columns:
        if each.sub == sub:
            yield from field_columns(each)


def field_columns(each: FieldColumn, *, building: bool = False) -> Iterator[Column[Any]]:
    """The column of a field and the hidden ones beside it. A column that is being built starts as null."""
    zero = text("0") if each.zero and not building else None
    yield Column(each.column, column_type(each.spec), server_default=zero)
    if each.average:
        scale = each.spec.scale if each.spec.kind == "dec" else DEFAULT_SCALE
        start = None if building else text("0")
        yield Column(f"{each.column}__s", Dec(18, scale), server_default=start)
        yield Column(f"{each.column}__n", Int(), server_default=start)


def total_table(main: str, shape: TotalShape) -> Table:
    """The table of a total; its columns answer to `k_<key>` and `v_<value>`, whatever they are called physically."""
    used: list[str] = []
    columns: list[Column[Any]] = [Column("key", Text(), primary_key=True), Column("n", Int(), nullable=False)]
    for name, spec in shape.keys:
        columns.append(_named("k_", name, spec, used, nullable=True))
    for name, fn, spec in shape.values:
        if fn == "avg":
            columns.append(_named("v_", f"{name}__s", spec, used))
            columns.append(_named("v_", f"{name}__n", INT, used))
        else:
            columns.append(_named("v_", name, INT if fn == "count" else spec, used))
    return new_table(_derived_name(main, "total", shape.name), *columns)


def _named(prefix: str, name: str, spec: ColumnSpec, used: list[str], *, nullable: bool = False) -> Column[Any]:
    physical = column_name(name, [each.replace(prefix, "f_", 1) for each in used]).replace("f_", prefix, 1)
    used.append(physical)
    zero = None if nullable else text("0")
    return Column(physical, column_type(spec), key=prefix + name, nullable=nullable, server_default=zero)


def _unique_table(main: str, rule: str) -> Table:
    return new_table(
        _derived_name(main, "unique", rule),
        Column("key", Text(), primary_key=True),
        Column("record", Id(), nullable=False),
        Column("row", Id()),
    )


def _derived_name(main: str, kind: str, name: str) -> str:
    """A name of our own; where the slug lost something of `name`, a hash tells it from its neighbours."""
    lossless = slug(name) == name
    return cut(f"{main}__{kind}__{slug(name)}", mark=None if lossless else f"{main}__{kind}__{name}")


def shape_text(parts: Iterable[Any]) -> str:
    """A canonical text by which two shapes are compared."""
    return json.dumps(list(parts), ensure_ascii=False, sort_keys=True, default=str)
