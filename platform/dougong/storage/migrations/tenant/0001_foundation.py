"""Definitions with their versions and columns, audit, outbox, jobs, idempotency keys and counters."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Connection, Index, insert

from ... import own
from ...ddl import create_table
from ...types import Bool, Id, Instant, Int, Json, JsonText, Text


def upgrade(conn: Connection) -> None:
    _definitions(conn)
    _physical(conn)
    _audit(conn)
    _jobs(conn)
    _keys(conn)
    conn.execute(insert(own.live).values(one=1, version=0))


def _definitions(conn: Connection) -> None:
    create_table(conn, "dg_meta", Column("key", Text(), primary_key=True), Column("value", Text(), nullable=False))
    create_table(
        conn,
        "dg_live",
        Column("one", Int(), CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
        Column("version", Int(), nullable=False),
    )
    digest: Column[str] = Column("digest", Text(), primary_key=True)
    create_table(conn, "dg_content", digest, Column("files", JsonText(), nullable=False))
    create_table(
        conn,
        "dg_module",
        Column("name", Text(), primary_key=True),
        Column("title", Text(), nullable=False),
        Column("digest", Text(), nullable=False),
        Column("enabled", Bool(), nullable=False),
        Column("version", Int(), nullable=False),
    )
    create_table(
        conn,
        "dg_version",
        Column("number", Int(), primary_key=True, autoincrement=False),
        Column("based_on", Int(), nullable=False),
        Column("modules", JsonText(), nullable=False),
        Column("author_kind", Text(), nullable=False),
        Column("author", Text()),
        Column("author_name", Text(), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("plan", JsonText(), nullable=False),
        Column("created_at", Instant(), nullable=False),
    )


def _physical(conn: Connection) -> None:
    create_table(
        conn,
        "dg_form",
        Column("form", Text(), primary_key=True),
        Column("state", Text(), nullable=False),
        Column("since", Int(), nullable=False),
        Column("until", Int()),
    )
    create_table(
        conn,
        "dg_column",
        Column("form", Text(), primary_key=True),
        Column("sub", Text(), primary_key=True),
        Column("column", Text(), primary_key=True),
        Column("field", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("precision", Int(), nullable=False),
        Column("scale", Int(), nullable=False),
        Column("type", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("settings", JsonText(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("since", Int(), nullable=False),
        Column("until", Int()),
        Column("source", Text()),
    )
    create_table(
        conn,
        "dg_derived_table",
        Column("name", Text(), primary_key=True),
        Column("form", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("id", Text(), nullable=False),
        Column("shape", Text(), nullable=False),
    )
    create_table(
        conn,
        "dg_index",
        Column("name", Text(), primary_key=True),
        Column("form", Text(), nullable=False),
        Column("on_table", Text(), nullable=False),
        Column("definition", Text(), nullable=False),
    )
    create_table(
        conn,
        "dg_building",
        Column("form", Text(), primary_key=True),
        Column("sub", Text(), primary_key=True),
        Column("field", Text(), primary_key=True),
        Column("column", Text(), nullable=False),
        Column("source", Text()),
        Column("cursor", Text()),
        Column("rows_done", Int(), nullable=False),
        Column("rows_all", Int(), nullable=False),
        Column("version", Int(), nullable=False),
    )


def _audit(conn: Connection) -> None:
    made = create_table(
        conn,
        "dg_audit",
        Column("id", Id(), primary_key=True),
        Column("at", Instant(), nullable=False),
        Column("actor_kind", Text(), nullable=False),
        Column("actor", Text()),
        Column("actor_name", Text(), nullable=False),
        Column("on_behalf", Text()),
        Column("request_id", Text(), nullable=False),
        Column("form", Text()),
        Column("record_id", Text()),
        Column("event", Text(), nullable=False),
        Column("changes", JsonText(), nullable=False),
        Column("seq", Int(), unique=True),
        Column("hash", Text()),
    )
    _index(conn, Index("dg_audit_record", made.c.record_id, made.c.id))
    unsealed = made.c.seq.is_(None)
    _index(conn, Index("dg_audit_unsealed", made.c.id, sqlite_where=unsealed, postgresql_where=unsealed))


def _jobs(conn: Connection) -> None:
    outbox = create_table(
        conn,
        "dg_outbox",
        Column("id", Id(), primary_key=True),
        Column("at", Instant(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("payload", Json(), nullable=False),
        Column("state", Text(), nullable=False),
    )
    _index(conn, Index("dg_outbox_state", outbox.c.state, outbox.c.id))
    job = create_table(
        conn,
        "dg_job",
        Column("id", Id(), primary_key=True),
        Column("kind", Text(), nullable=False),
        Column("payload", Json(), nullable=False),
        Column("unique_key", Text(), unique=True),
        Column("state", Text(), nullable=False),
        Column("due_at", Instant(), nullable=False),
        Column("attempts", Int(), nullable=False),
        Column("lease_until", Instant()),
        Column("fence", Int(), nullable=False),
        Column("progress", Json()),
        Column("error", Text()),
        Column("created_at", Instant(), nullable=False),
        Column("finished_at", Instant()),
    )
    _index(conn, Index("dg_job_due", job.c.state, job.c.due_at))


def _keys(conn: Connection) -> None:
    create_table(
        conn,
        "dg_idempotency",
        Column("member", Text(), primary_key=True),
        Column("key", Text(), primary_key=True),
        Column("body_hash", Text(), nullable=False),
        Column("status", Int()),
        Column("answer", JsonText()),
        Column("created_at", Instant(), nullable=False),
    )
    create_table(conn, "dg_counter", Column("key", Text(), primary_key=True), Column("value", Int(), nullable=False))


def _index(conn: Connection, index: Index) -> None:
    index.create(conn)
