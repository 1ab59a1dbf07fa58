"""Our own migrations: an older file is brought up to date, a newer one is refused, a failing one leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text

from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Refused
from dougong.kernel.settings import Settings
from dougong.storage import own, upgrade
from dougong.storage.database import Database
from dougong.storage.upgrade import Migration

NUMBER = 9_000


def made(change: Any) -> Mapping[int, Migration]:
    """All migrations and one more."""
    return {**upgrade.known("tenant"), NUMBER: Migration(NUMBER, "more", SimpleNamespace(upgrade=change))}  # type: ignore[arg-type]


@pytest.fixture
def reopened(settings: Settings, clock: FixedClock, database: Database) -> Iterator[Database]:
    """The same installation, opened again by a later program; tenant `demo` is of the earlier one."""
    with database.create_tenant("demo").write() as conn:
        conn.execute(own.counter.insert().values(key="n", value=7))
    other = Database.open(settings, clock)
    yield other
    other.close()


def test_an_older_file_is_migrated_at_its_first_opening_after_a_backup(
    reopened: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(conn: Connection) -> None:
        conn.execute(text("ALTER TABLE dg_counter ADD COLUMN note TEXT"))

    migrations = made(change)
    monkeypatch.setattr(upgrade, "known", lambda place: migrations)
    with reopened.tenant("demo").read() as conn:
        assert conn.execute(text("SELECT value, note FROM dg_counter")).one() == (7, None)
        assert max(conn.execute(select(own.migration.c.number)).scalars()) == NUMBER
    backups = list((settings.data / "backups" / "demo").glob("*.sqlite"))
    assert len(backups) == (1 if reopened.dialect == "sqlite" else 0)


def test_a_failing_migration_leaves_the_file_as_it_was(reopened: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(conn: Connection) -> None:
        conn.execute(text("ALTER TABLE dg_counter ADD COLUMN note TEXT"))
        raise ZeroDivisionError

    migrations = made(change)
    monkeypatch.setattr(upgrade, "known", lambda place: migrations)
    with pytest.raises(ZeroDivisionError):
        reopened.tenant("demo")
    monkeypatch.undo()
    with reopened.tenant("demo").read() as conn:
        assert "note" not in {each["name"] for each in inspect(conn).get_columns("dg_counter")}


def test_a_newer_file_refuses_an_older_program(reopened: Database, clock: FixedClock) -> None:
    with reopened.tenant("demo").write() as conn:
        conn.execute(own.migration.insert().values(number=NUMBER, name="later", applied_at=clock.now()))
    with pytest.raises(Refused) as refused:
        reopened.upgrade("demo")
    assert refused.value.code == "newer_data"


def test_upgrade_says_which_numbers_it_applied(reopened: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reopened.upgrade("demo") == []
    migrations = made(lambda conn: conn.execute(text("ALTER TABLE dg_counter ADD COLUMN note TEXT")))
    monkeypatch.setattr(upgrade, "known", lambda place: migrations)
    assert reopened.upgrade("demo") == [NUMBER]
    assert reopened.upgrade("demo") == []


def test_the_runtime_tables_are_what_the_migrations_made(database: Database) -> None:
    store = database.create_tenant("demo")
    with store.read() as conn:
        inspector = inspect(conn)
        for table in vars(own).values():
            if getattr(table, "name", "").startswith("dg_"):
                found = {each["name"] for each in inspector.get_columns(table.name)}
                assert found == {each.name for each in table.columns}, table.name
