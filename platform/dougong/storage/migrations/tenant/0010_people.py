"""Members, their roles and departments, the tree of departments and the tenant's own roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Bool, Id, Instant, Int, Text


def upgrade(conn: Connection) -> None:
    _members(conn)
    _departments(conn)
    create_table(conn, "dg_role", Column("name", Text(), primary_key=True), Column("title", Text(), nullable=False))


def _members(conn: Connection) -> None:
    create_table(
        conn,
        "dg_member",
        Column("id", Id(), primary_key=True),
        Column("account", Id(), nullable=False, unique=True),
        Column("login", Text(), nullable=False, unique=True),
        Column("name", Text(), nullable=False),
        Column("superior", Id()),
        Column("active", Bool(), nullable=False),
        Column("created_at", Instant(), nullable=False),
    )
    role: Column[Any] = Column("role", Text(), primary_key=True)
    create_table(
        conn, "dg_member_role", Column("member", Id(), primary_key=True), role, Index("dg_member_role_role", role)
    )


def _departments(conn: Connection) -> None:
    department: Column[Any] = Column("department", Id(), primary_key=True)
    create_table(
        conn,
        "dg_member_department",
        Column("member", Id(), primary_key=True),
        department,
        Column("position", Int(), nullable=False),
        Index("dg_member_department_department", department),
    )
    create_table(
        conn,
        "dg_department",
        Column("id", Id(), primary_key=True),
        Column("code", Text(), unique=True),
        Column("name", Text(), nullable=False),
        Column("parent", Id()),
        Column("head", Id()),
        Column("position", Int(), nullable=False),
    )
