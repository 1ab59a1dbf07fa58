"""Marks of what programs keep between requests, changed by triggers (see storage/marks.py)."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from ...ddl import create_table
from ...types import Int, Text

_MARKS = {
    "people": ("dg_member", "dg_member_role", "dg_member_department", "dg_department", "dg_preference"),
    "definition": ("dg_live", "dg_module", "dg_building"),
}
#: Beyond 2^53 nothing is gained, and PostgreSQL's random() has no more bits.
_SQLITE = "abs(random()) % 9007199254740992"
_POSTGRES = "floor(random() * 9007199254740992)::bigint"


def upgrade(conn: Connection) -> None:
    create_table(conn, "dg_mark", Column("name", Text(), primary_key=True), Column("mark", Int(), nullable=False))
    number = _POSTGRES if conn.dialect.name == "postgresql" else _SQLITE
    for name, tables in _MARKS.items():
        conn.exec_driver_sql(f"INSERT INTO dg_mark (name, mark) VALUES ('{name}', {number})")
        if conn.dialect.name == "postgresql":
            _on_postgres(conn, name, tables, number)
        else:
            _on_sqlite(conn, name, tables, number)


def _on_postgres(conn: Connection, name: str, tables: tuple[str, ...], number: str) -> None:
    conn.exec_driver_sql(
        f"CREATE FUNCTION dg_mark_{name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS "
        f"$$BEGIN UPDATE dg_mark SET mark = {number} WHERE name = '{name}'; RETURN NULL; END$$"
    )
    for table in tables:
        conn.exec_driver_sql(
            f"CREATE TRIGGER dg_mark AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION dg_mark_{name}()"
        )


def _on_sqlite(conn: Connection, name: str, tables: tuple[str, ...], number: str) -> None:
    for table in tables:
        for event in ("INSERT", "UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER {table}_mark_{event.lower()} AFTER {event} ON {table} "
                f"BEGIN UPDATE dg_mark SET mark = {number} WHERE name = '{name}'; END"
            )
