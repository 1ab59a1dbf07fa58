"""One cache of what is live: shared where it can be, never yesterday's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.actions.read_record import find_records
from dougong.actions.transaction import read
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Malformed
from dougong.kernel.settings import Settings
from dougong.records.query import Query

FIRM = operator("demo")


def form(*names: str) -> dict[str, Any]:
    return {"record": {"type": "object", "properties": {name: {"type": "string"} for name in names}}}


def test_another_process_feels_a_publish_with_its_next_request(
    installation: Installation, publish: Callable[..., None], settings: Settings, clock: FixedClock
) -> None:
    other = Installation.open(settings, clock)
    try:
        publish(m={"f": form("a")})
        create_record(other, FIRM, "m.f", {"a": "1"})
        with pytest.raises(Malformed):
            find_records(other, FIRM, "m.f", Query(filter="b = '1'"))
        publish(m={"f": form("a", "b")})
        create_record(other, FIRM, "m.f", {"a": "1", "b": "2"})
        assert len(find_records(other, FIRM, "m.f", Query(filter="b = '2'")).items) == 1
    finally:
        other.close()


def test_tenants_with_the_same_modules_share_definitions_and_tables_but_no_row(
    installation: Installation, publish: Callable[..., None]
) -> None:
    publish(m={"f": form("a")})
    create_tenant(installation, "twin", title="Twin", admin="twin@demo.test")
    twin = operator("twin")
    head = {"name": "m", "title": "m"}
    publish_files(
        installation, twin, "m", {"module.json": head, "forms/f.json": {**form("a"), "name": "f", "title": "f"}}
    )
    models = [read(installation, each, installation.catalog.live) for each in (FIRM, twin)]
    assert models[0].definitions is models[1].definitions
    assert models[0].table("m.f") is models[1].table("m.f")
    create_record(installation, FIRM, "m.f", {"a": "canary"})
    assert find_records(installation, twin, "m.f", Query()).items == []


def test_a_compiled_thing_lives_as_long_as_its_model(installation: Installation, publish: Callable[..., None]) -> None:
    publish(m={"f": form("a")})
    made: list[int] = []
    for _ in range(3):
        model = read(installation, FIRM, installation.catalog.live)
        assert installation.catalog.memo(model, "key", lambda: made.append(1) or len(made)) == 1  # type: ignore[func-returns-value]
    publish(m={"f": form("a", "b")})
    model = read(installation, FIRM, installation.catalog.live)
    assert installation.catalog.memo(model, "key", lambda: "new") == "new"
