"""The tables of people as SQLAlchemy sees them; storage/migrations made them (control and tenant 0010, later
ones in 0020 and 0060)."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table

from ..storage.types import Bool, Day, Id, Instant, Int, Text

control = MetaData()
tenant = MetaData()

accounts = Table(
    "account",
    control,
    Column("id", Id(), primary_key=True),
    Column("name", Text(), nullable=False),
    Column("secret", Text()),
    Column("active", Bool(), nullable=False),
    Column("created_at", Instant(), nullable=False),
)
memberships = Table(
    "membership",
    control,
    Column("account", Id(), primary_key=True),
    Column("tenant", Text(), primary_key=True),
)
sessions = Table(
    "session",
    control,
    Column("hash", Text(), primary_key=True),
    Column("account", Id(), nullable=False),
    Column("tenant", Text(), nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("seen_at", Instant(), nullable=False),
    Column("rotate", Bool(), nullable=False),
    Column("network", Text()),
    Column("device", Text()),
)
tokens = Table(
    "token",
    control,
    Column("id", Id(), primary_key=True),
    Column("hash", Text(), nullable=False),
    Column("account", Id(), nullable=False),
    Column("tenant", Text(), nullable=False),
    Column("name", Text(), nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("revoked_at", Instant()),
    Column("used_at", Instant()),
)
password_links = Table(
    "password_link",
    control,
    Column("hash", Text(), primary_key=True),
    Column("account", Id(), nullable=False),
    Column("tenant", Text(), nullable=False),
    Column("expires_at", Instant(), nullable=False),
)
tries = Table(
    "sign_in_try",
    control,
    Column("id", Id(), primary_key=True),
    Column("key", Text(), nullable=False),
    Column("at", Instant(), nullable=False),
)

members = Table(
    "dg_member",
    tenant,
    Column("id", Id(), primary_key=True),
    Column("account", Id(), nullable=False),
    Column("login", Text(), nullable=False),
    Column("name", Text(), nullable=False),
    Column("superior", Id()),
    Column("active", Bool(), nullable=False),
    Column("created_at", Instant(), nullable=False),
)
member_roles = Table(
    "dg_member_role",
    tenant,
    Column("member", Id(), primary_key=True),
    Column("role", Text(), primary_key=True),
)
member_departments = Table(
    "dg_member_department",
    tenant,
    Column("member", Id(), primary_key=True),
    Column("department", Id(), primary_key=True),
    Column("position", Int(), nullable=False),
)
departments = Table(
    "dg_department",
    tenant,
    Column("id", Id(), primary_key=True),
    Column("code", Text()),
    Column("name", Text(), nullable=False),
    Column("parent", Id()),
    Column("head", Id()),
    Column("position", Int(), nullable=False),
    Column("disabled_at", Instant()),
)
roles = Table(
    "dg_role",
    tenant,
    Column("name", Text(), primary_key=True),
    Column("title", Text(), nullable=False),
)
preferences = Table(
    "dg_preference",
    tenant,
    Column("member", Id(), primary_key=True),
    Column("key", Text(), primary_key=True),
    Column("value", Text(), nullable=False),
)
usage = Table(
    "dg_usage",
    tenant,
    Column("day", Day(), primary_key=True),
    Column("form", Text(), primary_key=True),
    Column("member", Id(), primary_key=True),
    Column("what", Text(), primary_key=True),
    Column("code", Text(), primary_key=True),
    Column("count", Int(), nullable=False),
)
