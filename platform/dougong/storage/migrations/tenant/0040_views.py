"""Saved views of lists, and what each member has chosen for himself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Bool, Id, Instant, Int, JsonText, Text


def upgrade(conn: Connection) -> None:
    form: Column[Any] = Column("form", Text(), nullable=False)
    create_table(
        conn,
        "dg_saved_view",
        Column("id", Id(), primary_key=True),
        form,
        Column("member", Id()),
        Column("shared", Bool(), nullable=False),
        Column("title", Text(), nullable=False),
        Column("position", Int(), nullable=False),
        Column("look", JsonText(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("updated_at", Instant(), nullable=False),
        Index("dg_saved_view_form", form),
    )
    create_table(
        conn,
        "dg_view_choice",
        Column("member", Id(), primary_key=True),
        Column("form", Text(), primary_key=True),
        Column("view", Text(), primary_key=True),
        Column("starred", Bool(), nullable=False),
        Column("columns", JsonText()),
    )
