"""Who opened which form how often, and what was refused there: one row per day, member, form and kind."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from ...ddl import create_table
from ...types import Day, Id, Int, Text


def upgrade(conn: Connection) -> None:
    create_table(
        conn,
        "dg_usage",
        Column("day", Day(), primary_key=True),
        Column("form", Text(), primary_key=True),
        Column("member", Id(), primary_key=True),
        Column("what", Text(), primary_key=True),
        Column("code", Text(), primary_key=True),
        Column("count", Int(), nullable=False),
    )
