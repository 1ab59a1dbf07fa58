"""Departments out of use, what members prefer, and the audit by person and by form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import add_column, create_index, create_table, new_table
from ...types import Id, Instant, Text


def upgrade(conn: Connection) -> None:
    since: Column[Any] = Column("disabled_at", Instant())
    add_column(conn, new_table("dg_department", Column("id", Id(), primary_key=True), since), since)
    member: Column[Any] = Column("member", Id(), primary_key=True)
    create_table(
        conn,
        "dg_preference",
        member,
        Column("key", Text(), primary_key=True),
        Column("value", Text(), nullable=False),
        Index("dg_preference_key", "key", "value"),
    )
    audit = new_table("dg_audit")
    create_index(conn, "dg_audit_actor", audit, ["actor", "id"])
    create_index(conn, "dg_audit_form", audit, ["form", "id"])
