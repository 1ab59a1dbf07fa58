"""The tenants of the installation."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from ...ddl import create_table
from ...types import Instant, Text


def upgrade(conn: Connection) -> None:
    create_table(conn, "dg_meta", Column("key", Text(), primary_key=True), Column("value", Text(), nullable=False))
    create_table(
        conn,
        "tenant",
        Column("name", Text(), primary_key=True),
        Column("title", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
    )
