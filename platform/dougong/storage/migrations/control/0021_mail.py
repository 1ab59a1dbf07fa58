"""How a tenant sends mail. Here and not in the tenant's own store, so that a tenant's export or backup holds no secret."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from ...ddl import create_table
from ...types import Instant, Int, Text


def upgrade(conn: Connection) -> None:
    create_table(
        conn,
        "mail",
        Column("tenant", Text(), primary_key=True),
        Column("host", Text(), nullable=False),
        Column("port", Int(), nullable=False),
        Column("security", Text(), nullable=False),
        Column("login", Text(), nullable=False),
        Column("secret", Text(), nullable=False),
        Column("sender", Text(), nullable=False),
        Column("sender_name", Text(), nullable=False),
        Column("changed_at", Instant(), nullable=False),
    )
