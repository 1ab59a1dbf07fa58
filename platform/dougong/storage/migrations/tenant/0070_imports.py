"""Imports: the files members brought, what became of their rows, and which column of which file went where."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, Int, JsonText, Text


def upgrade(conn: Connection) -> None:
    _batches(conn)
    create_table(
        conn,
        "dg_import_row",
        Column("batch", Id(), primary_key=True),
        Column("line", Int(), primary_key=True),
        Column("record", Id(), nullable=False),
        Column("event", Text(), nullable=False),
        Column("version", Int(), nullable=False),
        Column("old", JsonText()),
    )
    create_table(
        conn,
        "dg_import_mapping",
        Column("form", Text(), primary_key=True),
        Column("heads", Text(), primary_key=True),
        Column("chosen", JsonText(), nullable=False),
        Column("updated_at", Instant(), nullable=False),
    )


def _batches(conn: Connection) -> None:
    created: Column[Any] = Column("created_at", Instant(), nullable=False)
    form: Column[Any] = Column("form", Text(), nullable=False)
    create_table(
        conn,
        "dg_import",
        Column("id", Id(), primary_key=True),
        form,
        Column("member", Id()),
        Column("member_name", Text(), nullable=False),
        Column("file_name", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("table_", JsonText(), nullable=False),
        Column("wanted", JsonText(), nullable=False),
        Column("report", JsonText()),
        Column("error", JsonText()),
        Column("changed_at", Instant(), nullable=False),
        Column("written_at", Instant()),
        created,
        Index("dg_import_form", form, created),
        Index("dg_import_created", created),
    )
