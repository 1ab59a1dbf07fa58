"""Changes of many records at once: who changed what, so that it can be taken back."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from ...ddl import create_table
from ...types import Id, Instant, Int, Text


def upgrade(conn: Connection) -> None:
    create_table(
        conn,
        "dg_change",
        Column("id", Id(), primary_key=True),
        Column("form", Text(), nullable=False),
        Column("member", Id()),
        Column("act", Text(), nullable=False),
        Column("count", Int(), nullable=False),
        Column("undone_at", Instant()),
        Column("created_at", Instant(), nullable=False),
    )
