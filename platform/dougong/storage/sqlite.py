"""SQLite as we run it: a safe library, WAL, full durability, explicit transactions, a fair queue of writers.

One rule: no statement runs outside an explicit BEGIN, otherwise DDL would be committed at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine, event

from ..formula.sqlite import sqlite_functions
from ..kernel.errors import Refused
from . import fifo, outages

#: Below this the WAL-reset bug can corrupt a file (sqlite.org/wal.html#walresetbug).
SAFE_VERSION = (3, 51, 3)
#: What a pooled connection remembers of itself: whether it may write.
_WRITING = "dougong_write"
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 5000",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",
)


def assert_safe(version: tuple[int, ...] = driver.sqlite_version_info) -> None:
    """Refuse to start on a SQLite that may corrupt files."""
    if version < SAFE_VERSION:
        raise Refused("sqlite_too_old", version=".".join(map(str, version)))


class SqliteStore:
    """One file: its engine and its queue of writers."""

    dialect = "sqlite"

    def __init__(self, file: Path) -> None:
        assert_safe()
        self.file = file.resolve()
        self._queue = fifo.lock_of(str(self.file))
        self.engine = _engine(self.file)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot, writing refused."""
        with outages.told(), self.engine.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only writer of the file, until commit. Raises Busy when the turn does not come in time."""
        with outages.told(), self._queue.turn(), self.engine.connect() as bare:
            conn = bare.execution_options(dougong_write=True)
            with conn.begin():
                yield conn

    def exists(self) -> bool:
        return self.file.exists()

    def create(self) -> None:
        """Make the folder; the file itself comes with the first write."""
        self.file.parent.mkdir(parents=True, exist_ok=True)

    def drop(self) -> None:
        """Delete the file and what belongs to it."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)

    def backup(self, to: Path) -> None:
        """A consistent copy (VACUUM INTO needs no lock beyond a read)."""
        to.parent.mkdir(parents=True, exist_ok=True)
        to.unlink(missing_ok=True)
        raw = driver.connect(str(self.file), isolation_level=None)
        try:
            raw.execute("VACUUM INTO ?", (str(to),))
        finally:
            raw.close()

    def close(self) -> None:
        self.engine.dispose()


def _engine(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}", module=driver, pool_size=16, max_overflow=48, pool_timeout=30, connect_args={"timeout": 5}
    )
    event.listen(engine, "connect", _connect)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for name, count, function in sqlite_functions():
        connection.create_function(name, count, function, deterministic=True)


def _begin(conn: Connection) -> None:
    """Readers see one snapshot and cannot write; writers hold the lock from the start (a deferred one that reads before it
    writes fails with "database is locked" whatever the time-out). What cannot
    fail goes to the driver itself: it is done several times a request."""
    writing = conn.get_execution_options().get("dougong_write", False)
    bare: Any = conn.connection.driver_connection
    if conn.info.get(_WRITING) is not writing:
        bare.execute(f"PRAGMA query_only = {0 if writing else 1}")
        conn.info[_WRITING] = writing
    if writing:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        bare.execute("BEGIN")
