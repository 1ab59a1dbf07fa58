"""Our own migrations: numbered modules `migrations/<place>/NNNN_name.py`, each with `upgrade(conn)`, forward only.

One rule: a store is migrated whole or not at all (one transaction, under its lock, after a backup), and a store that knows
a number this program does not is refused."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal, Protocol

from sqlalchemy import Column, Connection, insert, inspect, select, text

from ..kernel.errors import Refused
from . import ddl, own
from .types import Instant, Int, Text

Place = Literal["control", "tenant"]
_NAME = re.compile(r"(\d{4})_(\w+)")


class _Store(Protocol):
    dialect: str

    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...
    def backup(self, to: Path) -> None: ...


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    module: ModuleType


def known(place: Place) -> Mapping[int, Migration]:
    """Every migration of this program, by number. Raises ValueError when two share one."""
    package = import_module(f"{__package__}.migrations.{place}")
    found: dict[int, Migration] = {}
    for info in pkgutil.iter_modules(package.__path__):
        match = _NAME.fullmatch(info.name)
        if match is None:
            continue
        number = int(match[1])
        if number in found:
            raise ValueError(f"two migrations are numbered {number} in {place}")
        found[number] = Migration(number, match[2], import_module(f"{package.__name__}.{info.name}"))
    return dict(sorted(found.items()))


def migrate(store: _Store, place: Place, now: datetime, backups: Path | None = None) -> list[int]:
    """Apply what is missing; the numbers that were applied. Raises Refused `newer_data`."""
    todo = known(place)
    with store.read() as conn:
        done = _applied(conn, todo)
    if len(done) == len(todo):
        return []
    if done and backups is not None:
        store.backup(backups / f"before-{max(todo):04d}-{now:%Y%m%dT%H%M%S}.sqlite")
    with store.write() as conn:
        return _apply(conn, todo, now)


def _apply(conn: Connection, todo: Mapping[int, Migration], now: datetime) -> list[int]:
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(current_schema()))"))
    done = _applied(conn, todo)
    if not inspect(conn).has_table(own.migration.name):
        number: Column[int] = Column("number", Int(), primary_key=True, autoincrement=False)
        ddl.create_table(conn, own.migration.name, number, Column("name", Text()), Column("applied_at", Instant()))
    fresh = [each for number, each in todo.items() if number not in done]
    for each in fresh:
        each.module.upgrade(conn)
        row = {"number": each.number, "name": each.name, "applied_at": now}
        conn.execute(insert(own.migration).values(row))
    return [each.number for each in fresh]


def _applied(conn: Connection, todo: Mapping[int, Migration]) -> set[int]:
    if not inspect(conn).has_table(own.migration.name):
        return set()
    done = set(conn.execute(select(own.migration.c.number)).scalars())
    unknown = done - set(todo)
    if unknown:
        raise Refused("newer_data", migration=max(unknown), known=max(todo))
    return done
