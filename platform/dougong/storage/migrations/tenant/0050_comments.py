"""Comments on records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, JsonText, Text


def upgrade(conn: Connection) -> None:
    record: Column[Any] = Column("record", Id(), nullable=False)
    made: Column[Any] = Column("id", Id(), primary_key=True)
    create_table(
        conn,
        "dg_comment",
        made,
        Column("form", Text(), nullable=False),
        record,
        Column("text", Text(), nullable=False),
        Column("mentions", JsonText(), nullable=False),
        Column("written_by", Id()),
        Column("written_by_name", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("edited_at", Instant()),
        Column("deleted_at", Instant()),
        Index("dg_comment_record", record, made),
    )
