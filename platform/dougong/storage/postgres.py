"""PostgreSQL as we run it: one schema per tenant, psycopg 3.

One rule: the search path is set in `_begin`, for one transaction, and nowhere else; the default path is empty, so whoever
forgets it finds no table instead of another tenant's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from ..kernel.errors import Refused
from . import exact_json, outages

LEAST_VERSION = 15
_WRITER = "SET LOCAL search_path TO {schema}; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = '{limit}'"
_READER = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; " + _WRITER


def postgres_engine(url: str) -> Engine:
    """An engine with exact JSON and an empty default path, shared by all schemas of the database."""
    target = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        target,
        pool_size=16,
        max_overflow=16,
        pool_pre_ping=True,
        # never a prepared statement: its result types would be those of another tenant's table, or of an older version
        connect_args={"options": "-csearch_path= -ctimezone=UTC", "prepare_threshold": None},
        json_serializer=exact_json.dumps,
        json_deserializer=exact_json.loads,
    )
    event.listen(engine, "begin", _begin)
    return engine


def assert_supported(engine: Engine) -> None:
    """Refuse a server older than we test on."""
    with engine.connect() as conn:
        number = int(conn.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number < LEAST_VERSION * 10_000:
        raise Refused("postgresql_too_old", version=number // 10_000)


class PostgresStore:
    """One schema of the shared database."""

    dialect = "postgresql"

    def __init__(self, engine: Engine, schema: str) -> None:
        self.engine, self.schema = engine, schema

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot (REPEATABLE READ READ ONLY)."""
        with self._connect(False) as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """READ COMMITTED: each statement after a lock sees what the earlier holder committed."""
        with self._connect(True) as conn:
            yield conn

    @contextmanager
    def _connect(self, writing: bool) -> Iterator[Connection]:
        with outages.told(), self.engine.connect() as bare:
            conn = bare.execution_options(dougong_schema=self.schema, dougong_write=writing)
            with conn.begin():
                yield conn

    def exists(self) -> bool:
        query = text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :name")
        with self.engine.connect() as conn:
            return conn.execute(query, {"name": self.schema}).first() is not None

    def create(self) -> None:
        with self.engine.connect() as conn, conn.begin():
            conn.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")

    def drop(self) -> None:
        with self.engine.connect() as conn, conn.begin():
            conn.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def backup(self, to: Path) -> None:
        """Nothing here: a server's operator backs it up (pg_dump of the schema, pgBackRest)."""

    def close(self) -> None:
        """The engine belongs to the database, not to the schema."""


def _begin(conn: Connection) -> None:
    options = conn.get_execution_options()
    schema = options.get("dougong_schema")
    if schema is None:
        return
    words = _WRITER if options.get("dougong_write") else _READER
    limit = options.get("dougong_timeout", "60s")
    cursor: Any = conn.connection.cursor()
    try:
        cursor.execute(words.format(schema=schema, limit=limit), prepare=False)
    finally:
        cursor.close()
