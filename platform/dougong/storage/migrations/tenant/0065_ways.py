"""What a member keeps at hand: favourite forms, and the records opened lately."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index, PrimaryKeyConstraint

from ...ddl import create_table
from ...types import Id, Instant, Int, Text


def upgrade(conn: Connection) -> None:
    create_table(
        conn,
        "dg_favourite",
        Column("member", Id(), nullable=False),
        Column("form", Text(), nullable=False),
        Column("position", Int(), nullable=False),
        PrimaryKeyConstraint("member", "form"),
    )
    member: Column[Any] = Column("member", Id(), nullable=False)
    opened: Column[Any] = Column("opened_at", Instant(), nullable=False)
    create_table(
        conn,
        "dg_recent",
        member,
        Column("form", Text(), nullable=False),
        Column("record", Id(), nullable=False),
        opened,
        PrimaryKeyConstraint("member", "form", "record"),
        Index("dg_recent_member", member, opened),
    )
