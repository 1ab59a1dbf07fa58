"""The physical changes of a publish. One rule: only CREATE, ADD COLUMN and CREATE INDEX touch the tables of records; nothing
an author's value stands in is ever dropped, and each change also records what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Table, delete, insert, select, update

from . import ddl, own, rows
from .model import Model, Types
from .rows import Converter, Stage
from .standing import SUBTABLE, Kept, settings_of
from .tables import field_columns
from .types import column_type
from .wants import Want


@dataclass(frozen=True, slots=True)
class Site:
    """Where changes happen: the connection, the model as it will be, the number of the new version."""

    conn: Connection
    model: Model
    number: int


class Change(Protocol):
    """One physical change."""

    def run(self, site: Site) -> None: ...


@dataclass(frozen=True, slots=True)
class CreateForm:
    """The tables of a new form with all their columns; the columns are recorded by `AddColumn(table=False)`."""

    form: str

    def run(self, site: Site) -> None:
        tables = site.model.table(self.form)
        for each in (tables.main, *tables.subtables.values()):
            ddl.emit_table(site.conn, each)
        site.conn.execute(insert(own.form).values(form=self.form, state="live", since=site.number))


@dataclass(frozen=True, slots=True)
class SetForm:
    """A form goes out of sight with all it holds, or comes back."""

    form: str
    live: bool

    def run(self, site: Site) -> None:
        values = {"state": "live", "until": None} if self.live else {"state": "retired", "until": site.number}
        site.conn.execute(update(own.form).where(own.form.c.form == self.form).values(values))


@dataclass(frozen=True, slots=True)
class AddColumn:
    """A new column, or a subtable's table. `table` False: it came with its table, it is only recorded."""

    want: Want
    column: str
    table: bool = True
    building: bool = False

    def run(self, site: Site) -> None:
        if self.table:
            self._add(site)
        _record(site, self.want, self.column)
        if self.building:
            mark_building(site, self.want, self.column, None)

    def _add(self, site: Site) -> None:
        tables = site.model.table(self.want.form)
        if self.want.spec is None:
            ddl.emit_table(site.conn, tables.subtables[self.want.field.name])
            return
        table = tables.table(self.want.sub_name)
        for each in field_columns(self.want.column(self.column), building=self.building):
            ddl.add_column(site.conn, table, each)


@dataclass(frozen=True, slots=True)
class Retire:
    """A column or subtable goes out of sight with all it holds."""

    kept: Kept

    def run(self, site: Site) -> None:
        _set_state(site, self.kept, "retired", site.number)
        _unmark(site.conn, self.kept)


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A retired column or subtable comes back, data and all."""

    kept: Kept
    want: Want

    def run(self, site: Site) -> None:
        _set_state(site, self.kept, "live", None)
        _relabel(site, self.kept, self.want)


@dataclass(frozen=True, slots=True)
class Relabel:
    """The same column under another name, type of equal values, or text of the definition."""

    kept: Kept
    want: Want

    def run(self, site: Site) -> None:
        _relabel(site, self.kept, self.want)


@dataclass(frozen=True, slots=True)
class ConvertColumn:
    """A type change: the values go over into a column of the new type, the old one is retired. `reuse`: a retired column
    of the new type, which takes part in the conversion; None = a new one. `between`: see `converter`."""

    old: Kept
    want: Want
    column: str
    reuse: Kept | None
    building: bool
    between: tuple[Kept, ...] = ()

    def run(self, site: Site) -> None:
        if self.old.state == "live":
            Retire(self.old).run(site)
        if self.reuse is None:
            AddColumn(self.want, self.column).run(site)
        else:
            TakeBack(self.reuse, self.want).run(site)
        _came_from(site, self.want, self.column, self.old.column)
        if self.building:
            mark_building(site, self.want, self.column, self.old.column)
        else:
            convert_all(site, self)


def convert_all(site: Site, change: ConvertColumn) -> None:
    """Convert every row now."""
    want = change.want
    if want.spec is None:
        return
    table = site.model.table(want.form).table(want.sub_name)
    types = {change.old.column: change.old.column_type, change.column: column_type(want.spec)}
    by = converter(site.model.types, change.old, want, change.between)
    rows.convert(
        site.conn, rows.loose(table.name, **types), change.old.column, change.column, by, reuse=change.reuse is not None
    )


def converter(types: Types, old: Kept, want: Want, between: Sequence[Kept] = ()) -> Converter:
    """What takes the old column's values to the wanted field; `between`: the lives from the wanted column's to the old's."""
    if want.spec is None:
        raise TypeError(f"{want.label} is a subtable")
    new = Stage(types[want.field.value_type], want.field, column_type(want.spec))
    return Converter(_stage(types, old), new, [_stage(types, each) for each in between])


def _stage(types: Types, kept: Kept) -> Stage:
    return Stage(types[kept.type], kept.as_field(), kept.column_type)


@dataclass(frozen=True, slots=True)
class CreateDerived:
    """The table of a unique rule or a total; the publish's `fill` puts its rows in."""

    form: str
    kind: str
    id: str
    shape: str

    def run(self, site: Site) -> None:
        tables = site.model.table(self.form)
        table = tables.keys[self.id] if self.kind == "unique" else tables.totals[self.id]
        ddl.emit_table(site.conn, table)
        found = self._found_by(table)
        if found:
            ddl.create_index(site.conn, ddl.index_name(table.name, "i"), table, found)
        row = {"name": table.name, "form": self.form, "kind": self.kind, "id": self.id, "shape": self.shape}
        site.conn.execute(insert(own.derived_table).values(row))

    def _found_by(self, table: Table) -> list[str]:
        """A unique rule's rows are found by their record, a total's by its keys."""
        return ["record"] if self.kind == "unique" else [each.name for each in table.c if each.key.startswith("k_")]


@dataclass(frozen=True, slots=True)
class DropDerived:
    """A table whose rows can be computed again goes."""

    name: str

    def run(self, site: Site) -> None:
        ddl.drop_table(site.conn, self.name)
        site.conn.execute(delete(own.derived_table).where(own.derived_table.c.name == self.name))


@dataclass(frozen=True, slots=True)
class CreateIndex:
    form: str
    name: str
    sub: str | None
    columns: tuple[str, ...]
    definition: str
    where: str = ""

    def run(self, site: Site) -> None:
        table = site.model.table(self.form).table(self.sub)
        ddl.create_index(site.conn, self.name, table, self.columns, self.where)
        row = {"name": self.name, "form": self.form, "on_table": table.name, "definition": self.definition}
        site.conn.execute(insert(own.index).values(row))


@dataclass(frozen=True, slots=True)
class DropIndex:
    name: str

    def run(self, site: Site) -> None:
        ddl.drop_index(site.conn, self.name)
        site.conn.execute(delete(own.index).where(own.index.c.name == self.name))


# -------------------------------------------------------------------------------------------------- records of it


def _record(site: Site, want: Want, column: str) -> None:
    spec = want.spec
    row = {
        "form": want.form,
        "sub": want.sub_id,
        "column": column,
        "field": want.field.id,
        "kind": want.kind,
        "precision": spec.precision if spec else 0,
        "scale": spec.scale if spec else 0,
        "type": SUBTABLE if spec is None else want.field.value_type,
        "name": want.field.name,
        "settings": settings_of(want.field),
        "state": "live",
        "since": site.number,
        "until": None,
        "source": None,
    }
    site.conn.execute(insert(own.field_column).values(row))


def _at(kept: Kept) -> Any:
    c = own.field_column.c
    return (c.form == kept.form) & (c.sub == kept.sub) & (c.column == kept.column)


def _set_state(site: Site, kept: Kept, state: str, until: int | None) -> None:
    site.conn.execute(update(own.field_column).where(_at(kept)).values(state=state, until=until))


def _relabel(site: Site, kept: Kept, want: Want) -> None:
    type_ = SUBTABLE if want.spec is None else want.field.value_type
    values = {"name": want.field.name, "type": type_, "settings": settings_of(want.field)}
    site.conn.execute(update(own.field_column).where(_at(kept)).values(values))


def _came_from(site: Site, want: Want, column: str, source: str) -> None:
    """Remember which column the values were converted from."""
    c = own.field_column.c
    at = (c.form == want.form) & (c.sub == want.sub_id) & (c.column == column)
    site.conn.execute(update(own.field_column).where(at).values(source=source))


def mark_building(site: Site, want: Want, column: str, source: str | None) -> None:
    """Note that the column is filled in the background: from the column `source`, or computed when None."""
    table = site.model.table(want.form).table(want.sub_name)
    row = {
        "form": want.form,
        "sub": want.sub_id,
        "field": want.field.id,
        "column": column,
        "source": source,
        "cursor": None,
        "rows_done": 0,
        "rows_all": rows.count_rows(site.conn, table.name),
        "version": site.number,
    }
    site.conn.execute(insert(own.building).values(row))


def _unmark(conn: Connection, kept: Kept) -> None:
    c = own.building.c
    at = (c.form == kept.form) & (c.sub == kept.sub) & (c.field == kept.field)
    if conn.execute(select(c.form).where(at)).first() is not None:
        conn.execute(delete(own.building).where(at))
