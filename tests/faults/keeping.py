"""Everything an installation keeps, as one value that can be compared: every row of every table, and the tables' make.

One rule: it asks the database, not the program."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect, text

from dougong.actions.installation import Installation

Kept = dict[str, Any]

_MAKE = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT c.relkind::text, c.relname::text, "
    "string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',' ORDER BY a.attnum) FROM pg_class c "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "WHERE c.relnamespace = current_schema()::regnamespace GROUP BY c.relkind, c.relname",
}  # fmt: skip


def kept(inst: Installation, tenant: str = "demo", leave: tuple[str, ...] = ()) -> Kept:
    """All of the tenant but for the tables to `leave` out."""
    with inst.database.tenant(tenant).read() as conn:
        return kept_in(conn, leave)


def kept_in(conn: Connection, leave: tuple[str, ...] = ()) -> Kept:
    names = [each for each in inspect(conn).get_table_names() if each not in leave]
    found: Kept = {name: sorted(map(str, conn.execute(text(f'SELECT * FROM "{name}"')))) for name in names}
    found["(make)"] = sorted(map(str, conn.execute(text(_MAKE[conn.dialect.name]))))
    return found


def differences(before: Kept, after: Kept) -> dict[str, tuple[list[str], list[str]]]:
    """What is gone and what is new, by table."""
    found = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name, []), after.get(name, [])
        if old != new:
            found[name] = [each for each in old if each not in new], [each for each in new if each not in old]
    return found
