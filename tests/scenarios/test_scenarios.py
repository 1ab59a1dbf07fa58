"""Every scenario of every bundled module, on both databases: the modules' own tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.actions.create_tenant import create_tenant
from dougong.actions.enable_module import enable_module
from dougong.actions.installation import Installation
from dougong.actions.run_scenario import Story
from dougong.assets import MODULES
from dougong.definition.read import read_json
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock

#: The stories of the demo firm's year are told of one firm, in test_demo.py.
SCENARIOS = sorted(each for each in MODULES.glob("*/scenarios/*.json") if each.stem != "year")


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SCENARIOS, ids=_name)
def test_the_story_goes_as_told(path: Path, installation: Installation, clock: FixedClock) -> None:
    story: Any = read_json(path.read_bytes())
    create_tenant(installation, "story", title="Story", admin="admin@demo.test")
    enable_module(installation, operator("story"), path.parent.parent.name)
    Story(installation, "story", clock).run(story)


def test_there_are_stories() -> None:
    assert {path.parent.parent.name for path in SCENARIOS} >= {"base", "cost_center", "funds", "labor"}
