"""Fixtures of the faults: an installation on the machine's own clock, for it is shared with processes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.kernel.settings import Settings


@pytest.fixture
def system(settings: Settings) -> Iterator[Installation]:
    """An installation with the firm "demo", whose admin is admin@demo.test."""
    opened = Installation.open(settings)
    create_tenant(opened, "demo", title="演示", admin="admin@demo.test", password="correct horse")
    yield opened
    opened.close()
