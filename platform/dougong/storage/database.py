"""The installation's storage: the control database and one store per tenant, opened on demand with their own migrations
checked. One rule: no transaction spans two stores, so every step between them can be repeated."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, insert, select, update

from ..kernel.clock import Clock, SystemClock
from ..kernel.errors import Conflict, Invalid, NotFound
from ..kernel.problems import Problem
from ..kernel.settings import Settings
from . import upgrade
from .own import tenant as tenant_table
from .postgres import PostgresStore, assert_supported, postgres_engine
from .sqlite import SqliteStore

TENANT_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


class Store(Protocol):
    """One file or one schema."""

    dialect: str

    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...
    def exists(self) -> bool: ...
    def create(self) -> None: ...
    def drop(self) -> None: ...
    def backup(self, to: Path) -> None: ...
    def close(self) -> None: ...


class TenantStore:
    """One tenant's data. `read()` is one snapshot, `write()` the writer's transaction; both give a Connection."""

    def __init__(self, name: str, store: Store) -> None:
        self.name, self.store, self.dialect = name, store, store.dialect

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.store.read() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.store.write() as conn:
            yield conn


class Database:
    """All storage of one installation; `open` it once per process."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.dialect = "postgresql" if settings.database_url else "sqlite"
        self._engine: Engine | None = postgres_engine(settings.database_url) if settings.database_url else None
        self._tenants: dict[str, TenantStore] = {}
        self._opening = threading.RLock()
        self._control = self._control_store()

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> Database:
        """Open, creating the control database when absent. Raises Refused on an unsafe SQLite, an old server, newer data."""
        database = cls(settings, clock or SystemClock())
        if database._engine is not None:
            assert_supported(database._engine)
        database._control.create()
        upgrade.migrate(database._control, "control", database.clock.now())
        return database

    def close(self) -> None:
        for each in (*(tenant.store for tenant in self._tenants.values()), self._control):
            each.close()
        if self._engine is not None:
            self._engine.dispose()

    def control_read(self) -> AbstractContextManager[Connection]:
        """A snapshot of the control database."""
        return self._control.read()

    def control_write(self) -> AbstractContextManager[Connection]:
        """A writing transaction on the control database."""
        return self._control.write()

    def tenants(self) -> list[str]:
        """Names of all tenants that are ready, in order."""
        with self.control_read() as conn:
            names = conn.execute(
                select(tenant_table.c.name).where(tenant_table.c.state != "creating").order_by(tenant_table.c.name)
            )
            return list(names.scalars())

    def tenant(self, name: str) -> TenantStore:
        """The tenant's store, its own migrations applied. Raises NotFound, Refused (`newer_data`)."""
        found = self._tenants.get(name)
        if found is not None:
            return found
        with self._opening:
            if name not in self._tenants:
                if name not in self.tenants():
                    raise NotFound("tenant", name=name)
                self._tenants[name] = self._open_tenant(name)
            return self._tenants[name]

    def create_tenant(self, name: str, title: str = "") -> TenantStore:
        """Make a tenant; repeatable after a crash half-way. Raises Invalid for a bad name, Conflict for a taken one."""
        if not TENANT_NAME.fullmatch(name) or "__" in name or name == "control":
            raise Invalid([Problem("pattern", "/name", {"name": name})], "tenant_name")
        if name in self.tenants():
            raise Conflict("tenant_exists", name=name)
        with self.control_write() as conn:
            conn.execute(delete(tenant_table).where(tenant_table.c.name == name))
            row = {"name": name, "title": title or name, "state": "creating", "created_at": self.clock.now()}
            conn.execute(insert(tenant_table).values(row))
        with self._opening:
            self._store(name).create()
            store = self._tenants[name] = self._open_tenant(name)
        with self.control_write() as conn:
            conn.execute(update(tenant_table).where(tenant_table.c.name == name).values(state="active"))
        return store

    def drop_tenant(self, name: str) -> None:
        """Delete a tenant and everything it holds."""
        store = self.tenant(name)
        with self.control_write() as conn:
            conn.execute(update(tenant_table).where(tenant_table.c.name == name).values(state="creating"))
        with self._opening:
            self._tenants.pop(name, None)
            store.store.drop()
        with self.control_write() as conn:
            conn.execute(delete(tenant_table).where(tenant_table.c.name == name))

    def upgrade(self, name: str) -> list[int]:
        """Apply the tenant's missing own migrations now; the numbers that were applied."""
        with self._opening:
            self._tenants.pop(name, None)
            return upgrade.migrate(self._store(name), "tenant", self.clock.now(), self._backups(name))

    def _open_tenant(self, name: str) -> TenantStore:
        store = self._store(name)
        upgrade.migrate(store, "tenant", self.clock.now(), self._backups(name))
        return TenantStore(name, store)

    def _backups(self, name: str) -> Path:
        return self.settings.data / "backups" / name

    def _control_store(self) -> Store:
        if self._engine is not None:
            return PostgresStore(self._engine, "dg_control")
        return SqliteStore(self.settings.data / "control.sqlite")

    def _store(self, name: str) -> Store:
        if self._engine is not None:
            return PostgresStore(self._engine, f"t_{name}")
        return SqliteStore(self.settings.data / "tenants" / f"{name}.sqlite")
