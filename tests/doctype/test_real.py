"""DocTypes of a real app, from a folder the user names: imported, checked, applied, and one version after the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module
from dougong.kernel.actor import operator
from tests.doctype.test_import import published, taken_in

ROOT = Path(os.environ.get("DOUGONG_DOCTYPES", "."))
VERSIONS = sorted((each for each in ROOT.iterdir() if each.name.isdecimal()), key=lambda each: int(each.name))

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif("DOUGONG_DOCTYPES" not in os.environ, reason="DOUGONG_DOCTYPES names no folder of DocTypes"),
]


def test_an_app_is_taken_in_version_by_version(installation: Installation, tenant: str, tmp_path: Path) -> None:
    for folder in VERSIONS or [ROOT]:
        taken_in(folder, tmp_path / "real")
        assert not plan_module(installation, operator(tenant), tmp_path / "real").refused or folder != VERSIONS[0]
        published(installation, tenant, tmp_path / "real", allow_loss=True)
