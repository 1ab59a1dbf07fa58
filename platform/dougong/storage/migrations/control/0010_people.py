"""Accounts, the tenants they are members of, sessions, tokens and failed sign-ins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index

from ...ddl import create_table
from ...types import Bool, Id, Instant, Text


def upgrade(conn: Connection) -> None:
    _accounts(conn)
    _keys(conn)
    key: Column[Any] = Column("key", Text(), nullable=False)
    at: Column[Any] = Column("at", Instant(), nullable=False)
    create_table(conn, "sign_in_try", Column("id", Id(), primary_key=True), key, at, Index("sign_in_try_key", key, at))


def _accounts(conn: Connection) -> None:
    create_table(
        conn,
        "account",
        Column("id", Id(), primary_key=True),
        Column("name", Text(), nullable=False, unique=True),
        Column("secret", Text()),
        Column("active", Bool(), nullable=False),
        Column("created_at", Instant(), nullable=False),
    )
    create_table(
        conn,
        "membership",
        Column("account", Id(), primary_key=True),
        Column("tenant", Text(), primary_key=True),
    )


def _keys(conn: Connection) -> None:
    create_table(
        conn,
        "session",
        Column("hash", Text(), primary_key=True),
        Column("account", Id(), nullable=False),
        Column("tenant", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("seen_at", Instant(), nullable=False),
        Column("rotate", Bool(), nullable=False),
    )
    create_table(
        conn,
        "token",
        Column("id", Id(), primary_key=True),
        Column("hash", Text(), nullable=False, unique=True),
        Column("account", Id(), nullable=False),
        Column("tenant", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("revoked_at", Instant()),
    )
