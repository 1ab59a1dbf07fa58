"""What a publish leaves to the background is done by the claim loop's rounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dougong.actions.beating import beating
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import read_record
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs, take_over
from dougong.actions.transaction import read, transaction
from dougong.jobs.worker import Worker
from dougong.kernel.actor import operator, platform
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict
from dougong.storage import jobs
from dougong.storage.alone import alone
from dougong.storage.jobs import Job
from dougong.storage.transaction import Transaction
from tests import makers

ITEM: dict[str, Any] = {
    "kind": "master",
    "record": {"type": "object", "properties": {"price": {"type": "number", "x-type": "money"}}},
}
DOUBLED = {**ITEM["record"]["properties"], "double": {"type": "number", "x-type": "money", "x-formula": "price * 2"}}


@pytest.fixture
def building(installation: Installation, publish: Callable[..., None]) -> str:
    """A record of a form whose new column has more rows to fill than a publish may fill itself."""
    publish(shop={"item": ITEM})
    made = [create_record(installation, operator("demo"), "shop.item", {"price": n}) for n in (1, 2, 3)]
    slow = replace(installation, settings=replace(installation.settings, build_rows=1))
    makers.publish(slow, "demo", {"shop": {"item": {**ITEM, "record": {"type": "object", "properties": DOUBLED}}}})
    return str(made[2]["id"])


def test_a_round_fills_the_columns_that_are_being_built(installation: Installation, building: str) -> None:
    assert run_jobs(installation, "demo") == 1
    assert read_record(installation, operator("demo"), "shop.item", building).shown["values"]["double"] == 6
    assert run_doctor(installation, operator("demo")) == []
    assert run_jobs(installation, "demo") == 0


def test_the_worker_goes_round_until_it_is_stopped(installation: Installation, building: str) -> None:
    worker = Worker(installation, pause=0.01)
    worker.start()
    try:
        _until(
            lambda: (
                read_record(installation, operator("demo"), "shop.item", building).shown["values"].get("double") == 6
            )
        )
    finally:
        worker.stop()


def _running(inst: Installation) -> Job:
    """A job that somebody had taken before the process was killed."""

    def act(tx: Transaction) -> Job:
        jobs.enqueue(tx, "upkeep", {})
        found = jobs.claim(tx, lease=timedelta(minutes=15))
        assert found is not None
        return found

    return transaction(inst, "demo", platform("demo"), act)


def _state(inst: Installation, job: Job) -> str:
    row = read(inst, operator("demo"), lambda tx: jobs.find(tx, job.id))
    assert row is not None
    return str(row.state)


def test_after_a_kill_the_one_worker_of_a_folder_goes_on_at_once(installation: Installation, tenant: str) -> None:
    """On SQLite. With PostgreSQL somebody else may have it: the lease says."""
    job, worker = _running(installation), Worker(installation, pause=0.01)
    assert run_jobs(installation, "demo") == 0, "the lease has not run out"
    worker.start()
    try:
        if installation.database.dialect == "sqlite":
            _until(lambda: _state(installation, job) == "done")
        else:
            time.sleep(0.3)
            assert _state(installation, job) == "running"
    finally:
        worker.stop()


def test_a_second_worker_of_a_folder_takes_nothing_from_the_first(installation: Installation, tenant: str) -> None:
    first = alone(installation.settings.data)
    assert first is not None
    assert alone(installation.settings.data) is None
    job, worker = _running(installation), Worker(installation, pause=0.01)
    worker.start()
    time.sleep(0.3)
    worker.stop()
    assert _state(installation, job) == "running"
    first.give_up()
    again = alone(installation.settings.data)
    assert again is not None
    again.give_up()


def test_whose_job_was_given_back_cannot_finish_it(installation: Installation, tenant: str) -> None:
    job = _running(installation)
    assert take_over(installation, "demo") == 1
    with pytest.raises(Conflict, match="lease_lost"):
        transaction(installation, "demo", platform("demo"), lambda tx: jobs.finish(tx, job))


def test_a_long_job_is_kept_while_its_process_lives(installation: Installation, tenant: str, clock: FixedClock) -> None:
    job = _running(installation)
    clock.advance(timedelta(minutes=14))
    with beating(installation, "demo", job, every=0.02):
        time.sleep(0.3)
    clock.advance(timedelta(minutes=1, seconds=30))
    taken = run_jobs(installation, "demo")
    assert taken == (1 if installation.database.dialect == "sqlite" else 0)


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "not done within 20 seconds"
        time.sleep(0.02)
