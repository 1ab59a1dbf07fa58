"""Marks: any change of a table that programs keep something of, however it is made, gives another mark."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, column, delete, insert, inspect, table, update

from dougong.kernel.ids import new_id
from dougong.storage import marks
from dougong.storage.database import TenantStore

PAIRS = [(name, each) for name, tables in marks.TABLES.items() for each in tables]


def a_row(conn: Connection, name: str) -> dict[str, Any]:
    """Something that fits every column of a table."""
    fitting = {"INTEGER": 1, "BIGINT": 1, "SMALLINT": 1, "BOOLEAN": True, "UUID": new_id()}
    return {each["name"]: fitting.get(str(each["type"]), "7") for each in inspect(conn).get_columns(name)}


@pytest.mark.parametrize(("name", "of"), PAIRS)
def test_whatever_is_done_to_a_table_gives_a_new_mark(name: Any, of: str, tenant_store: TenantStore) -> None:
    with tenant_store.write() as conn:
        row = {key: value for key, value in a_row(conn, of).items() if not key.endswith("_at")}
        if of == "dg_member":
            row["created_at"] = conn.exec_driver_sql("SELECT applied_at FROM dg_migration").scalar()
        some = table(of, *map(column, row))
        seen = [marks.read(conn, name)]
        conn.execute(delete(some))
        for statement in (
            insert(some).values(row),
            update(some).values({next(iter(row)): next(iter(row.values()))}),
            delete(some),
        ):
            conn.execute(statement)
            seen.append(marks.read(conn, name))
    assert len(set(seen)) == len(seen)
