"""Where a session was opened and on what, when a token was last used, and links by which somebody sets a password."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import add_column, create_table, new_table
from ...types import Id, Instant, Text


def upgrade(conn: Connection) -> None:
    for table, name, kind in (
        ("session", "network", Text()),
        ("session", "device", Text()),
        ("token", "used_at", Instant()),
    ):
        column: Column[Any] = Column(name, kind)
        add_column(conn, new_table(table, Column("id", Id()), column), column)
    account: Column[Any] = Column("account", Id(), nullable=False)
    create_table(
        conn,
        "password_link",
        Column("hash", Text(), primary_key=True),
        account,
        Column("tenant", Text(), nullable=False),
        Column("expires_at", Instant(), nullable=False),
        Index("password_link_account", account),
    )
