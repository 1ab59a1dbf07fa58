"""DDL in the words of both databases. One rule: every table of ours on SQLite is STRICT, every identifier is quoted by the
dialect, and DDL runs inside the caller's transaction only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable, SchemaItem

from ..definition.slug import cut


def new_table(name: str, *items: SchemaItem, fillfactor: int | None = None) -> Table:
    """A Table object of its own, strict on SQLite."""
    options: dict[str, Any] = {"sqlite_strict": True}
    if fillfactor is not None:
        options["postgresql_with"] = {"fillfactor": fillfactor}
    return Table(name, MetaData(), *items, **options)


def create_table(conn: Connection, name: str, *items: SchemaItem) -> Table:
    """Create a table and its indexes; returns the Table."""
    made = new_table(name, *items)
    emit_table(conn, made)
    return made


def emit_table(conn: Connection, table: Table) -> None:
    """CREATE TABLE and its indexes."""
    conn.execute(CreateTable(table))
    for each in sorted(table.indexes, key=lambda index: str(index.name)):
        conn.execute(CreateIndex(each))


def add_column(conn: Connection, table: Table, column: Column[Any]) -> None:
    """ALTER TABLE … ADD COLUMN; the column belongs to `table` already."""
    words = CreateColumn(column).compile(dialect=conn.dialect)
    conn.exec_driver_sql(literal(conn, f"ALTER TABLE {quoted(conn, table.name)} ADD COLUMN {words}"))


def drop_table(conn: Connection, name: str) -> None:
    """DROP TABLE; only of derived tables, which can be computed again."""
    conn.exec_driver_sql(f"DROP TABLE {quoted(conn, name)}")


def create_index(conn: Connection, name: str, table: Table, columns: Sequence[str], where: str = "") -> None:
    """CREATE INDEX over physical columns, of the rows of which `where` (SQL of ours) is true. Not by an Index object: that
    would hang itself on a Table that tenants share."""
    listed = ", ".join(quoted(conn, each) for each in columns)
    words = f"CREATE INDEX {quoted(conn, name)} ON {quoted(conn, table.name)} ({listed})"
    conn.exec_driver_sql(literal(conn, f"{words} WHERE {where}" if where else words))


def drop_index(conn: Connection, name: str) -> None:
    """DROP INDEX, when it is there."""
    conn.exec_driver_sql(f"DROP INDEX IF EXISTS {quoted(conn, name)}")


def quoted(conn: Connection, name: str) -> str:
    """The identifier as this database wants it quoted, always."""
    return conn.dialect.identifier_preparer.quote_identifier(name)


def index_name(table: str, definition: str) -> str:
    """An index's name: its table's and a hash of what it is."""
    return cut(f"{table}__ix", mark=f"{table} {definition}")


def literal(conn: Connection, words: str) -> str:
    """The words as driver SQL; psycopg reads a `%` only where parameters come with it, SQLAlchemy always sends them."""
    return words.replace("%", "%%") if conn.dialect.name == "postgresql" else words
