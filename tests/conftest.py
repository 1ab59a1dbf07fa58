"""Fixtures of all tests: engines on both databases, the browser, Hypothesis profiles and the nightly switch.

One rule: what runs on one database runs on the other, through the same parametrised fixture."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pysqlite3.dbapi2
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, event

from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from dougong.people import passwords
from dougong.storage import exact_json
from dougong.storage.database import Database, TenantStore
from tests import chromium as chromium_program
from tests import postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dougong.actions.installation import Installation
    from dougong.kernel.actor import Actor

hypothesis.settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", max_examples=1000, deadline=None)

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


# ---------------------------------------------------------------------------------------------------- switches


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long suites too, with many more examples")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--hypothesis-profile"):
        hypothesis.settings.load_profile("nightly" if config.getoption("--nightly") else "ci")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect nightly tests, unless asked for."""
    if config.getoption("--nightly"):
        return
    nightly = [item for item in items if item.get_closest_marker("nightly")]
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """The hasher of the product; the tests' own costs next to nothing, for every test makes an account."""
    product = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield product
    passwords._hasher = product


# ---------------------------------------------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL database that belongs to this test process."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=BOTH)
def raw_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A plain SQLAlchemy engine on an empty database, SQLite and PostgreSQL in turn: for column types, formula SQL."""
    if request.param == "sqlite":
        engine = _sqlite_engine(tmp_path / "test.sqlite")
    else:
        engine = _postgres_engine(request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


def _sqlite_engine(file: Path) -> Engine:
    """Explicit transactions: without them DDL is committed at once and cannot be rolled back."""
    engine = create_engine(f"sqlite:///{file}", module=pysqlite3.dbapi2)

    @event.listens_for(engine, "connect")
    def explicit(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgres_engine(url: str) -> Engine:
    """A fresh schema of the test process' database; it goes with the database."""
    schema = f"t_{uuid.uuid4().hex[:12]}"
    engine = create_engine(
        url,
        connect_args={"options": f"-csearch_path={schema}"},
        json_serializer=exact_json.dumps,
        json_deserializer=exact_json.loads,
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    return engine


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at a Friday evening in Shanghai until a test moves it."""
    return FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC))


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty installation of its own, on SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        yield Settings(data=tmp_path)
        return
    url = request.getfixturevalue("postgres_url")
    _drop_schemas(url)
    yield Settings(data=tmp_path, database_url=url)


def _drop_schemas(url: str) -> None:
    """Every installation finds an empty server; the schemas of the last one go."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    query = "SELECT nspname FROM pg_namespace WHERE nspname = 'dg_control' OR nspname LIKE 't\\_%%'"
    with engine.connect() as connection:
        for name in connection.exec_driver_sql(query).scalars().all():
            connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
    engine.dispose()


@pytest.fixture
def database(settings: Settings, clock: FixedClock) -> Iterator[Database]:
    """The storage of an empty installation."""
    opened = Database.open(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def tenant_store(database: Database) -> TenantStore:
    """One tenant without any module."""
    return database.create_tenant("demo")


# ---------------------------------------------------------------------------------------------------- installation


@pytest.fixture
def installation(settings: Settings, clock: FixedClock) -> Iterator[Installation]:
    """A whole installation without a tenant."""
    from dougong.actions.installation import Installation

    opened = Installation.open(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def tenant(installation: Installation) -> str:
    """The tenant "demo", its admin admin@demo.test with the password "correct horse"; no modules."""
    from dougong.actions.create_tenant import create_tenant

    create_tenant(installation, "demo", title="演示", admin="admin@demo.test", password="correct horse")
    return "demo"


@pytest.fixture
def member(installation: Installation, tenant: str) -> Callable[..., Actor]:
    """Makes members: `member("bob", "clerk", departments=["工程部"])` is the Actor of bob@demo.test, made when absent.
    "admin" is the tenant's admin; a department's parent stands before a slash ("工程部/项目部A")."""
    from tests import makers

    return lambda name, *roles, departments=(): makers.member(installation, tenant, name, roles, departments)


@pytest.fixture
def publish(installation: Installation, tenant: str) -> Callable[..., None]:
    """Publishes modules from their files: `publish(shop={"forms/item.json": {…}})`; a form alone may stand under its name:
    `publish(shop={"item": {…}})`. Later modules may require earlier ones."""
    from tests import makers

    return lambda **modules: makers.publish(installation, tenant, modules)


# ---------------------------------------------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; without one the test is skipped, but fails where CI=true."""
    path = chromium_program.find()
    if path:
        return path
    reason = "no Chromium on this machine: ./dougong test as root installs Debian's"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium; tests open contexts of their own: `browser.new_context(locale="zh-CN")`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=list(chromium_program.FLAGS))
        yield program
        program.close()
