"""The demo firm: entered at once, its year written by a job, and every figure of that year as its stories tell it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dougong.actions.create_demo import create_demo, wants_demo
from dougong.actions.installation import Installation
from dougong.actions.load_seed import load_seed
from dougong.actions.read_record import find_records
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.actions.run_scenario import Story
from dougong.assets import MODULES
from dougong.definition.read import read_json
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.records.query import Query

YEARS = sorted(MODULES.glob("*/scenarios/year.json"))
FIRM = operator("demo")


@pytest.fixture
def firm(installation: Installation, clock: FixedClock) -> Story:
    """The demo firm on the last evening of 2025, before its documents are there."""
    clock.set(datetime.fromisoformat("2025-12-31T22:30+08:00"))
    create_demo(installation)
    return Story(installation, "demo", clock)


def test_the_firms_year_is_written_once_and_comes_out_to_the_cent(firm: Story) -> None:
    inst = firm.inst
    assert not wants_demo(inst)
    run_jobs(inst, "demo")
    assert set(load_seed(inst, "demo", "demo_2025").values()) == {0}
    assert len(YEARS) == 2
    for each in YEARS:
        story: Any = read_json(each.read_bytes())
        firm.run(story)
    run_jobs(inst, "demo")
    assert run_doctor(inst, FIRM) == []
    (request,) = find_records(inst, FIRM, "funds.payment_request", Query(filter="$number = 'FK-202503-0001'")).items
    assert (request["titles"]["$created_by"], request["created_at"][:10]) == ("何静", "2025-03-28")
