"""Two programs on one data folder, a publish that is killed, and a program older than its data."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver
import pytest
from sqlalchemy import create_engine, insert

from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module
from dougong.kernel.settings import Settings
from dougong.storage import own
from dougong.storage.database import Store
from tests.faults import ledger
from tests.faults.firm import FIRM, module, open_firm
from tests.faults.house import Clients, House, ask, house


@pytest.fixture
def served(settings: Settings, system: Installation) -> Iterator[House]:
    with house(settings) as opened:
        yield opened


@pytest.fixture
def clients(system: Installation) -> Clients:
    ids = open_firm(system, limit=10**9)
    return Clients(create_token(system, FIRM, "admin@demo.test"), ledger.Plan(ids["budget"]))


def test_two_programs_on_one_data_folder(system: Installation, served: House, clients: Clients) -> None:
    ports = [served.serve().port, served.serve().port]
    for each in clients.run(ports, 8, threading.Event(), most=12):
        each.join(120)
    assert {each.status for each in clients.calls} == {200, 201}
    assert len(clients.calls) == 8 * 12
    assert ledger.compare(system, clients.calls) == []
    assert ledger.sound(system)


def test_one_key_at_two_programs_at_once(system: Installation, served: House, clients: Clients) -> None:
    ports = [served.serve().port, served.serve().port]
    same = Clients(clients.token, lambda client, number, history: clients.plan(0, number * 4, ()))
    for each in same.run(ports, 8, threading.Event(), most=5):
        each.join(120)
    told = {call.key: {other.answer["id"] for other in same.calls if other.key == call.key} for call in same.calls}
    assert [len(ids) for ids in told.values()] == [1] * 5
    assert ledger.compare(system, same.calls) == []
    assert ledger.sound(system)


def test_a_publish_killed_at_any_moment_while_people_write(
    request: pytest.FixtureRequest, system: Installation, served: House, clients: Clients, tmp_path: Path
) -> None:
    points = 60 if request.config.getoption("--nightly") else 6
    seed = random.randrange(2**32)
    rng, process, end = random.Random(seed), served.serve(), threading.Event()
    threads = clients.run([process.port], 3, end)
    for point in range(points):
        folder = written(tmp_path / f"m{point}", module(more=point % 2 == 0))
        applying = served.start("module", "apply", str(folder), "--tenant", "demo", "--allow-loss")
        time.sleep(rng.uniform(0.02, 0.5))
        applying.kill()
        again = served.start("module", "apply", str(folder), "--tenant", "demo", "--allow-loss")
        again.wait(60)
        assert plan_module(system, FIRM, folder).empty, again.log.read_text()
    end.set()
    for each in threads:
        each.join(60)
    assert {each.status for each in clients.calls} <= {200, 201, 503}, seed
    assert ledger.compare(system, clients.calls) == [], seed
    assert ledger.sound(system)


def written(folder: Path, files: dict[str, Any]) -> Path:
    """The module's files in a folder."""
    root = folder / "buy"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return root


def test_asked_to_end_it_answers_what_was_begun(system: Installation, served: House, clients: Clients) -> None:
    for _ in range(4):
        process, end = served.serve(), threading.Event()
        threads = clients.run([process.port], 6, end)
        time.sleep(0.4)
        process.kill(signal.SIGTERM)
        for each in threads:
            each.join(30)
    cut = [each.key for each in clients.calls if each.status is None]
    assert len(cut) <= 1, "only who connects in the very moment of the end may be turned away"
    assert ledger.compare(system, clients.calls) == []
    assert ledger.sound(system)


def test_a_worker_asked_to_end_goes_after_its_round(system: Installation, served: House) -> None:
    worker = served.start("worker")
    while "working on jobs" not in worker.log.read_text():
        time.sleep(0.05)
    time.sleep(0.3)
    worker.kill(signal.SIGTERM)
    assert "Traceback" not in worker.log.read_text()


@pytest.mark.parametrize("place", ["control", "tenant"])
def test_an_older_program_refuses_newer_data(system: Installation, served: House, clients: Clients, place: str) -> None:
    store = system.database.tenant("demo").store if place == "tenant" else system.database._control
    _of_the_future(store, system)
    command = ("doctor", "--tenant", "demo") if place == "tenant" else ("tenant", "list")
    told = served.start(*command)
    told.wait()
    said = told.log.read_text()
    assert "Traceback" not in said
    assert "written by a newer Dougong" in said
    if place == "tenant":
        port, known = served.serve().port, {"Authorization": f"Bearer {clients.token}"}
        status, answer = ask(port, "GET", "/api/v1/records/buy.order", headers=known)
        assert (status, answer["code"]) == (503, "newer_data"), answer
        assert ask(port, "GET", "/healthz")[0] == 200


def _of_the_future(store: Store, inst: Installation) -> None:
    with store.write() as conn:
        row = {"number": 9999, "name": "of_the_future", "applied_at": inst.clock.now()}
        conn.execute(insert(own.migration).values(row))


def test_connections_that_the_database_cuts(
    request: pytest.FixtureRequest, system: Installation, served: House, clients: Clients
) -> None:
    """What a restart or a failover of PostgreSQL does to everybody: whoever was under way is asked to try again."""
    if system.database.dialect == "sqlite":
        pytest.skip("nobody cuts the connection to a file")
    rounds = 200 if request.config.getoption("--nightly") else 15
    process, end = served.serve(), threading.Event()
    threads = clients.run([process.port], 4, end)
    for _ in range(rounds):
        time.sleep(0.1)
        _cut_connections(served.settings.database_url or "")
    end.set()
    for each in threads:
        each.join(60)
    cut = [each for each in clients.calls if each.status not in (200, 201)]
    assert cut, "nobody was cut off"
    assert {(each.status, each.answer["code"]) for each in cut} == {(503, "busy")}
    for each in cut:
        each.status = None  # nobody knows whether its commit was the last that went through
    assert ledger.compare(system, clients.calls) == []
    clients.settle(process.port)
    assert {each.status for each in clients.calls} == {200, 201}
    assert ledger.compare(system, clients.calls) == []
    assert ledger.sound(system)


def _cut_connections(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    words = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as conn:
        conn.exec_driver_sql(words)
    engine.dispose()


def test_checkpoints_beside_the_program_harm_nothing(system: Installation, served: House, clients: Clients) -> None:
    """What backup tools do to an SQLite file, and what older libraries did not stand."""
    if system.database.dialect == "postgresql":
        pytest.skip("PostgreSQL makes its own checkpoints")
    ports, end = [served.serve().port, served.serve().port], threading.Event()
    threads = clients.run(ports, 6, end)
    raw = driver.connect(str(served.settings.data / "tenants" / "demo.sqlite"), isolation_level=None, timeout=5)
    for _ in range(20):
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        time.sleep(0.02)
    end.set()
    for each in threads:
        each.join(60)
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
    assert {each.status for each in clients.calls} == {200, 201}
    assert ledger.compare(system, clients.calls) == []
    assert ledger.sound(system)
