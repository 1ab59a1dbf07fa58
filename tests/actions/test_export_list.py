"""A list as a file: at once or by a job, cut to what one may export, fetched by nobody else."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dougong.actions import export_list as exporting
from dougong.actions.create_record import create_record
from dougong.actions.export_list import export_list, open_export
from dougong.actions.export_records import Wanted
from dougong.actions.installation import Installation
from dougong.actions.run_jobs import run_jobs
from dougong.kernel.actor import Actor, operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Forbidden, Malformed, NotFound

ITEM: dict[str, Any] = {
    "title": "商品",
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "名称"},
            "price": {"type": "number", "x-type": "money", "title": "单价"},
            "cost": {"type": "number", "x-type": "money", "title": "成本"},
        },
    },
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "export"], "fields": {"cost": "hidden"}},
        {"roles": ["guest"], "actions": ["view"]},
    ],
}
COLUMNS = Wanted(sort=("name",), columns=("name", "price"))
TITLES = ("名称", "单价")


@pytest.fixture(autouse=True)
def shop(installation: Installation, publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM})
    for name, price in (("b", 2), ("=a", 1), ("c", 3)):
        create_record(installation, operator("demo"), "shop.item", {"name": name, "price": price, "cost": 9})


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def test_a_short_list_is_there_at_once_as_one_sees_it(installation: Installation, member: Callable[..., Actor]) -> None:
    clerk = member("bob", "clerk")
    made = export_list(installation, clerk, "shop.item", COLUMNS, "csv", "商品", TITLES)
    export, path, job = open_export(installation, clerk, made.id)
    assert (export.rows, export.name, job) == (3, "商品.csv", None)
    assert rows(path) == [["名称", "单价"], ["'=a", "1.00"], ["b", "2.00"], ["c", "3.00"]]


def test_a_long_list_is_a_job_with_progress(
    installation: Installation, member: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr(exporting, "STEP", 2)
    clerk = member("bob", "clerk")
    made = export_list(installation, clerk, "shop.item", COLUMNS, "xlsx", "商品", TITLES)
    assert made.rows is None
    assert run_jobs(installation, "demo") == 1
    export, path, job = open_export(installation, clerk, made.id)
    assert export.rows == 3
    assert path.stat().st_size > 1000
    assert (job.state, job.progress) == ("done", {"done": 2, "total": 3})


def test_nobody_else_fetches_it(installation: Installation, member: Callable[..., Actor]) -> None:
    made = export_list(installation, member("bob", "clerk"), "shop.item", COLUMNS, "csv", "商品", TITLES)
    with pytest.raises(NotFound):
        open_export(installation, member("eve", "clerk"), made.id)


def test_who_may_only_look_may_not_take_it_away(installation: Installation, member: Callable[..., Actor]) -> None:
    with pytest.raises(Forbidden):
        export_list(installation, member("gus", "guest"), "shop.item", COLUMNS, "csv", "商品", TITLES)


@pytest.mark.parametrize("names", [("cost",), ("nothing",), ("name", "cost")])
def test_a_hidden_column_is_as_unknown_as_none(
    installation: Installation, member: Callable[..., Actor], names: tuple[str, ...]
) -> None:
    with pytest.raises(Malformed):
        export_list(installation, member("bob", "clerk"), "shop.item", Wanted(columns=names), "csv", "x", names)


def test_after_some_days_the_file_is_gone(
    installation: Installation, member: Callable[..., Actor], clock: FixedClock
) -> None:
    clerk = member("bob", "clerk")
    run_jobs(installation, "demo")
    made = export_list(installation, clerk, "shop.item", COLUMNS, "csv", "商品", TITLES)
    path = open_export(installation, clerk, made.id)[1]
    clock.advance(timedelta(days=8))
    run_jobs(installation, "demo")
    assert not path.exists()
    with pytest.raises(NotFound):
        open_export(installation, clerk, made.id)
