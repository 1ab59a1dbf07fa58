"""A hundred thousand rows come in, go out and are taken back, with their sums right to the cent: at night, on both
databases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.export_list import export_list, open_export
from dougong.actions.export_records import Wanted
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records
from dougong.actions.run_jobs import run_jobs
from dougong.kernel.actor import Actor
from dougong.records.query import Query
from tests.actions.test_import_flow import carry_out, check, start, take_back

pytestmark = pytest.mark.nightly

ROWS = 100_000
FORMS: dict[str, Any] = {
    "site": {
        "title": "项目",
        "record": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "title": "名称", "x-unique": True},
                "spent": {"x-rollup": {"from": "m.cost", "via": "site", "fn": "sum", "field": "amount"}},
            },
        },
    },
    "cost": {
        "title": "费用",
        "record": {
            "type": "object",
            "required": ["no", "amount"],
            "properties": {
                "no": {"type": "string", "title": "凭证号", "x-unique": True},
                "site": {"type": "string", "title": "项目", "x-ref": "m.site"},
                "amount": {"type": "number", "x-type": "money", "title": "金额", "minimum": 0},
                "day": {"type": "string", "format": "date", "title": "日期"},
                "kind": {"type": "string", "enum": ["材料", "人工"], "title": "类别"},
                "note": {"type": "string", "title": "说明"},
            },
        },
    },
}


def table() -> Iterator[str]:
    yield "凭证号,项目,金额,日期,类别,说明\n"
    for n in range(ROWS):
        site, kind = "甲" if n % 2 else "乙", "材料" if n % 3 else "人工"
        yield f"V{n:06d},{site},{n % 1000}.25,2025-{n % 12 + 1:02d}-15,{kind},第 {n} 行\n"


@pytest.fixture
def admin(installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]) -> Actor:
    publish(m=FORMS)
    boss: Actor = member("admin")
    for name in "甲乙":
        create_record(installation, boss, "m.site", {"name": name})
    return boss


def spent(inst: Installation, actor: Actor) -> list[str]:
    found = find_records(inst, actor, "m.site", Query(sort=("name",))).items
    return [f"{each['values']['spent']:.2f}" for each in found]


def test_a_hundred_thousand_rows_come_in_go_out_and_are_taken_back(installation: Installation, admin: Actor) -> None:
    each = [sum(n % 1000 for n in range(start, ROWS, 2)) + ROWS // 2 * 0.25 for start in (0, 1)]
    known = check(installation, admin, start(installation, admin, "".join(table()).encode()))
    assert known.report is not None
    assert (known.report["good"], known.report["bad"]) == (ROWS, 0)
    assert carry_out(installation, admin, known, good_only=False).state == "done"
    assert spent(installation, admin) == [f"{each[0]:.2f}", f"{each[1]:.2f}"]

    wanted = Wanted(sort=("no",), columns=("no", "site", "amount"))
    made = export_list(installation, admin, "m.cost", wanted, "csv", "费用", ["凭证号", "项目", "金额"])
    assert made.rows is None  # a job writes it
    run_jobs(installation, "demo")
    export, path, job = open_export(installation, admin, made.id)
    assert (export.rows, job.state) == (ROWS, "done")
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text))
    assert (len(rows), rows[1], rows[-1]) == (ROWS + 1, ["V000000", "乙", "0.25"], ["V099999", "甲", "999.25"])

    assert take_back(installation, admin, known, leave=False).state == "undone"
    assert spent(installation, admin) == ["0.00", "0.00"]
    assert find_records(installation, admin, "m.cost", Query(limit=1)).items == []
