"""Files that members asked for: what was asked, who may fetch it, until when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, Int, JsonText, Text


def upgrade(conn: Connection) -> None:
    member: Column[Any] = Column("member", Id())
    created: Column[Any] = Column("created_at", Instant(), nullable=False)
    create_table(
        conn,
        "dg_export",
        Column("id", Id(), primary_key=True),
        member,
        Column("form", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("asked", JsonText(), nullable=False),
        Column("job", Id()),
        Column("rows", Int()),
        Column("finished_at", Instant()),
        created,
        Index("dg_export_member", member, created),
    )
