"""Forms while they are being filled in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, Int, JsonText, Text


def upgrade(conn: Connection) -> None:
    member: Column[Any] = Column("member", Id())
    updated: Column[Any] = Column("updated_at", Instant(), nullable=False)
    create_table(
        conn,
        "dg_sheet",
        Column("token", Text(), primary_key=True),
        member,
        Column("form", Text(), nullable=False),
        Column("record", Id()),
        Column("version", Int()),
        Column("digest", Text(), nullable=False),
        Column("content", JsonText(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        updated,
        Index("dg_sheet_member", member, updated),
        Index("dg_sheet_updated", updated),
    )
