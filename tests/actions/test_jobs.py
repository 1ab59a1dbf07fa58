"""What a publish leaves to the background is done by the claim loop's rounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import read_record
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.jobs.worker import Worker
from dougong.kernel.actor import operator
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


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "not done within 20 seconds"
        time.sleep(0.02)
