"""Uploaded files and who holds them; effects that have happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Id, Instant, Int, Text


def upgrade(conn: Connection) -> None:
    _files(conn)
    _effects(conn)


def _files(conn: Connection) -> None:
    create_table(
        conn,
        "dg_file",
        Column("id", Id(), primary_key=True),
        Column("sha256", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("size", Int(), nullable=False),
        Column("type", Text(), nullable=False),
        Column("uploaded_by", Id()),
        Column("created_at", Instant(), nullable=False),
    )
    record: Column[Any] = Column("record", Id(), primary_key=True)
    create_table(
        conn,
        "dg_file_holder",
        Column("file", Id(), primary_key=True),
        Column("form", Text(), nullable=False),
        record,
        Column("field", Text(), primary_key=True),
        Index("dg_file_holder_record", record),
    )


def _effects(conn: Connection) -> None:
    target: Column[Any] = Column("target", Id())
    create_table(
        conn,
        "dg_effect",
        Column("source", Id(), primary_key=True),
        Column("row", Text(), primary_key=True),
        Column("effect", Text(), primary_key=True),
        Column("source_form", Text(), nullable=False),
        Column("target_form", Text(), nullable=False),
        target,
        Column("happened_at", Instant(), nullable=False),
        Index("dg_effect_target", target),
    )
