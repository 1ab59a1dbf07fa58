"""A view `v_<module>__<form>` (and one per subtable) with the names people know, for SQL tools. One rule: the program itself
never reads them; they are made again whenever their form changes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from ..definition.slug import cut
from . import ddl
from .draft import Plan
from .model import Model
from .tables import FormTables

NAME_BYTES = 63


def refresh(conn: Connection, model: Model, plan: Plan) -> None:
    """Make the views of all forms the plan touches again."""
    touched = {each.form for each in plan.steps}
    for name, tables in sorted(model.tables.items()):
        if name in touched:
            for view, table, columns in views_of(tables):
                _replace(conn, view, table, columns)


def views_of(tables: FormTables) -> Iterator[tuple[str, Table, list[tuple[str, str]]]]:
    """(view, table, [(column, shown as)]) of a form."""
    for sub in (None, *tables.subtables):
        table = tables.table(sub)
        yield cut(f"v_{table.name}"), table, _labels(tables, sub)


def _labels(tables: FormTables, sub: str | None) -> list[tuple[str, str]]:
    """System columns as formulas call them ($id), fields by their names; names that differ only in case get a number."""
    own = {column.name: name for name, column in tables.stored(sub).items()}
    labels: list[tuple[str, str]] = []
    used: set[str] = set()
    for column in tables.table(sub).c:
        if column.name in own:
            labels.append((column.name, _unused(own[column.name], used)))
        elif not column.name.startswith("f_"):
            labels.append((column.name, _unused("$" + column.name, used)))
    return labels


def _unused(name: str, used: set[str]) -> str:
    number = 1
    while True:
        end = f"_{number}" if number > 1 else ""
        label = _short(name.replace("\x00", ""), NAME_BYTES - len(end)) + end
        if label.lower() not in used:
            used.add(label.lower())
            return label
        number += 1


def _short(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8, no character cut in two."""
    return text.encode("utf-8", "ignore")[:size].decode("utf-8", "ignore")


def _replace(conn: Connection, view: str, table: Table, columns: list[tuple[str, str]]) -> None:
    shown = ", ".join(f"{ddl.quoted(conn, column)} AS {ddl.quoted(conn, label)}" for column, label in columns)
    for words in (
        f"DROP VIEW IF EXISTS {ddl.quoted(conn, view)}",
        f"CREATE VIEW {ddl.quoted(conn, view)} AS SELECT {shown} FROM {ddl.quoted(conn, table.name)}",
    ):
        conn.exec_driver_sql(ddl.literal(conn, words))
