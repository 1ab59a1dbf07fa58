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

import pytest
from sqlalchemy import insert

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
