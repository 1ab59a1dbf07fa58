"""Notices to members inside the application."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, JsonText, Text


def upgrade(conn: Connection) -> None:
    member: Column[Any] = Column("member", Id(), nullable=False)
    read_at: Column[Any] = Column("read_at", Instant())
    made: Column[Any] = Column("id", Id(), primary_key=True)
    create_table(
        conn,
        "dg_notice",
        made,
        member,
        Column("kind", Text(), nullable=False),
        Column("form", Text()),
        Column("record", Id()),
        Column("params", JsonText(), nullable=False),
        Column("sent_by", Id()),
        Column("sent_by_name", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        read_at,
        Index("dg_notice_member", member, made),
        Index("dg_notice_unread", member, read_at),
    )
