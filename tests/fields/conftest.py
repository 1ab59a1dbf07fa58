"""A place and a day for tests of what people type."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dougong.fields.type import Here


@pytest.fixture
def here() -> Here:
    return Here(ZoneInfo("Asia/Shanghai"), date(2025, 8, 20))
