"""A firm that has paid for an earlier day what that day could not bear gets the definitions that look at every day: its
work goes on, but nothing makes that day worse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import simplejson

from dougong.actions.create_tenant import create_tenant
from dougong.actions.enable_module import enable_module
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module, publish_module
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.actions.run_scenario import Story
from dougong.assets import MODULES
from dougong.definition.read import read_json
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock

FIRM = operator("story")
LATER = {"change", "lowest_change", "lowest_balance", "lowest_day"}
ANY_DAY: Any = read_json((MODULES / "funds/scenarios/any_day.json").read_bytes())


def earlier(to: Path) -> Path:
    """The module before running sums."""
    shutil.copytree(MODULES / "funds", to / "funds")
    for name in ("fund_account", "fund_ledger"):
        path = to / "funds/forms" / f"{name}.json"
        form: Any = read_json(path.read_bytes())
        form["record"]["properties"] = {k: v for k, v in form["record"]["properties"].items() if k not in LATER}
        form["checks"] = [each for each in form.get("checks", ()) if each["id"] != "never_negative"]
        for policy in form["policies"]:
            policy["fields"] = {name: level for name, level in policy.get("fields", {}).items() if name not in LATER}
        for section in form.get("layout", ()):
            section["fields"] = [
                each for each in section["fields"] if (each["field"] if isinstance(each, dict) else each) not in LATER
            ]
        path.write_text(simplejson.dumps(form, ensure_ascii=False, use_decimal=True), "utf-8")
    return to / "funds"


def payment(amount: int, day: str, **more: Any) -> dict[str, Any]:
    account, request = {"$key": "ACC-04"}, {"$key": "B"}
    values = {"request": request, "account": account, "amount": amount, "method": "转账", "date": day}
    return {
        "as": "cashier",
        "create": "funds.payment_record",
        "id": f"p{amount}",
        "submit": True,
        "values": values,
        **more,
    }


def balance(now: int, lowest: int) -> dict[str, Any]:
    values = {"balance": now, "lowest_balance": lowest, "lowest_day": "2025-01-21"}
    return {"expect": {"form": "funds.fund_account", "key": "ACC-04", "values": values}}


@pytest.fixture
def story(installation: Installation, clock: FixedClock, tmp_path: Path) -> Story:
    """A firm whose cash stood at -10,000 at the end of the 21st, though it never knew."""
    create_tenant(installation, "story", title="Story", admin="admin@demo.test")
    enable_module(installation, FIRM, "cost_center")
    publish_module(installation, FIRM, earlier(tmp_path))
    begun = Story(installation, "story", clock)
    voided = next(n for n, step in enumerate(ANY_DAY["steps"]) if step.get("act") == "void")
    steps = [each for each in ANY_DAY["steps"][: voided + 1] if "expect" not in each]
    begun.run({**ANY_DAY, "steps": [*steps, payment(60000, "2025-01-21")]})
    return begun


def test_a_day_that_stood_below_zero_stops_no_work_and_gets_no_worse(story: Story) -> None:
    inst = story.inst
    planned = plan_module(inst, FIRM, MODULES / "funds")
    assert not planned.refused
    assert not any(each["loss"] for each in planned.steps)
    publish_module(inst, FIRM, MODULES / "funds")
    refused = {"code": "check", "at": "/account", "contains": "2025-01-21"}
    steps = [
        balance(140000, -10000),
        payment(1000, "2025-01-22"),
        balance(139000, -10000),
        payment(1, "2025-01-21", refused=refused),
        payment(1, "2025-01-20", refused=refused),
    ]
    story.run({"now": "2025-01-22T11:00+08:00", "steps": steps})
    run_jobs(inst, "story")
    assert run_doctor(inst, FIRM) == []
