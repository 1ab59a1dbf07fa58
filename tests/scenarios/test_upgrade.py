"""A firm that works with day-labour tickets gets the newer definitions of the module: nothing it wrote is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.actions.create_tenant import create_tenant
from dougong.actions.enable_module import enable_module
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module, publish_module
from dougong.actions.read_record import find_records
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.actions.run_scenario import Story
from dougong.assets import MODULES
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.records.query import Query

EARLIER = Path(__file__).parent / "earlier" / "labor"
FIRM = operator("story")
FORMS = ("labor.day_labor_ticket", "labor.worker", "labor.labor_team", "labor.wage_rate", "labor.worker_advance")


def ticket(name: str, worker: str, team: str, *, submit: bool = True) -> dict[str, Any]:
    values = {
        "project": {"$key": "PRJ-A"}, "team": {"$key": team}, "work_date": "2025-08-04", "content": "三层模板加固与清理",
        "charge_to": "我方成本",
        "lines": [{"worker": {"$key": worker}, "normal_hours": 8, "ot_hours": 2, "ot_type": "平日"}],
    }  # fmt: skip
    return {"as": "foreman", "create": "labor.day_labor_ticket", "id": name, "submit": submit, "values": values}


BEFORE: list[dict[str, Any]] = [
    ticket("done", "W001", "T1"),
    {"as": "pm_a", "act": "approve", "on": "done"},
    ticket("waiting", "W002", "T1"),
    ticket("draft", "W003", "T2", submit=False),
    {
        "as": "foreman", "act": "patch", "form": "labor.worker", "key": "W001",
        "values": {"id_card": "110105198512310029", "phone": "13800138000"},
    },
    {
        "as": "lead_t1", "create": "labor.worker_advance", "id": "advance", "submit": True,
        "values": {"worker": {"$key": "W001"}, "project": {"$key": "PRJ-A"}, "date": "2025-08-04", "amount": 300},
    },
]  # fmt: skip
ENTRIES = {"form": "cost_center.cost_entry", "aggregate": {"measures": {"n": "count()", "total": "sum(amount)"}}}
AFTER: list[dict[str, Any]] = [
    {"as": "pm_a", "act": "approve", "on": "waiting", "refused": {"code": "check", "at": "/cost_subject"}},
    {"as": "pm_a", "act": "reject", "on": "waiting"},
    {"as": "foreman", "act": "patch", "on": "waiting", "values": {"cost_subject": {"$key": "C01.02"}}},
    {"as": "foreman", "act": "submit", "on": "waiting"},
    {"as": "pm_a", "act": "approve", "on": "waiting"},
    {"expect": {**ENTRIES, "items": [{"group": {}, "values": {"n": 1, "total": 467.5}}]}},
    {"expect": {"form": "labor.worker", "key": "W001", "values": {"month_amount": 495, "gender": "女", "age": 39}}},
    {"expect": {"form": "labor.worker", "key": "W002", "values": {"month_amount": 467.5}}},
    {"as": "foreman", "act": "patch", "on": "draft", "values": {"cost_subject": {"$key": "C01.02"}}},
    {"as": "foreman", "act": "submit", "on": "draft"},
]


@pytest.fixture
def story(installation: Installation, clock: FixedClock) -> Story:
    """A firm on the earlier definitions, in the middle of its work."""
    create_tenant(installation, "story", title="Story", admin="admin@demo.test")
    enable_module(installation, FIRM, "base")
    publish_module(installation, FIRM, EARLIER)
    begun = Story(installation, "story", clock)
    begun.run({"now": "2025-08-04T18:00+08:00", "given": ["demo"], "steps": BEFORE})
    return begun


def stand(inst: Installation) -> dict[tuple[str, str], dict[str, Any]]:
    """Every record of the module, with its state and values."""
    found = {}
    for form in FORMS:
        for each in find_records(inst, FIRM, form, Query(limit=100)).items:
            found[form, str(each["id"])] = {"$state": each["state"], "$number": each["number"], **each["values"]}
    return found


def same(before: Any, after: Any) -> bool:
    """Whether everything that stood before stands after; there may be more."""
    if isinstance(before, dict):
        return all(same(value, after.get(name)) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(same(*pair) for pair in zip(before, after, strict=True))
    return bool(before == after)


def test_an_upgrade_loses_nothing_and_the_work_goes_on(story: Story) -> None:
    inst = story.inst
    before = stand(inst)
    enable_module(inst, FIRM, "cost_center")
    planned = plan_module(inst, FIRM, MODULES / "labor")
    assert not planned.refused
    assert not any(each["loss"] for each in planned.steps)
    publish_module(inst, FIRM, MODULES / "labor")
    assert plan_module(inst, FIRM, MODULES / "labor").empty
    after = stand(inst)
    assert set(after) == set(before)
    assert [key for key in before if not same(before[key], after[key])] == []
    story.run({"now": "2025-08-05T18:00+08:00", "steps": AFTER})
    run_jobs(inst, "story")
    assert run_doctor(inst, FIRM) == []
