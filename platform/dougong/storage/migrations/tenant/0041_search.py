"""What searches look at: the texts of records with their pinyin."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Text


def upgrade(conn: Connection) -> None:
    form: Column[Any] = Column("form", Text(), nullable=False)
    create_table(
        conn,
        "dg_search",
        Column("record", Id(), primary_key=True),
        form,
        Column("name", Text(), nullable=False),
        Column("others", Text(), nullable=False),
        Index("dg_search_form_index", form),
    )
    create_table(
        conn,
        "dg_search_form",
        Column("form", Text(), primary_key=True),
        Column("shape", Text(), nullable=False),
    )
