"""A served process killed with SIGKILL at a random moment of real requests: what its clients were told is kept, what they
were not told is whole or absent, and asking again with the same key makes each effect happen once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator

import pytest

from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.kernel.settings import Settings
from tests.faults import ledger
from tests.faults.firm import FIRM, open_firm
from tests.faults.house import Clients, House, house

CLIENTS = 4


@pytest.fixture
def served(settings: Settings, system: Installation) -> Iterator[House]:
    with house(settings) as opened:
        yield opened


@pytest.fixture
def clients(system: Installation) -> Clients:
    ids = open_firm(system, limit=10**9)
    return Clients(create_token(system, FIRM, "admin@demo.test"), ledger.Plan(ids["budget"]))


def test_killed_at_any_moment(
    request: pytest.FixtureRequest, system: Installation, served: House, clients: Clients
) -> None:
    nightly = request.config.getoption("--nightly")
    points = int(os.environ.get("KILL_POINTS", "500" if nightly else "15"))
    seed = random.randrange(2**32)
    rng, unknown = random.Random(seed), 0
    for point in range(points):
        process = served.serve()
        unknown += clients.settle(process.port)
        end = threading.Event()
        threads = clients.run([process.port], CLIENTS, end)
        time.sleep(rng.uniform(0.02, 0.25))
        process.kill()
        end.set()
        for each in threads:
            each.join(30)
        assert ledger.compare(system, clients.calls) == [], f"seed {seed}, point {point}"
        if point % 25 == 24:
            assert ledger.sound(system)
    process = served.serve()
    unknown += clients.settle(process.port)
    assert ledger.compare(system, clients.calls) == [], f"seed {seed}"
    assert {each.status for each in clients.calls} == {200, 201}
    assert ledger.sound(system)
    assert len(clients.calls) > points * 2
    assert unknown > points // 2, "hardly any request was cut off: the moments are badly chosen"
