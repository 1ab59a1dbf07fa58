"""Photos and signatures of a ticket: asked for as the firm's settings say, held by real files."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from dougong.actions.authenticate import by_account
from dougong.actions.create_demo import create_demo
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records, read_record
from dougong.actions.update_record import update_record
from dougong.actions.upload_file import upload_file
from dougong.kernel.actor import operator
from dougong.kernel.errors import Invalid, Unconfirmed
from dougong.records.query import Query

FIRM = operator("demo")
TODAY = "2026-02-27"


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "project": {"$key": "PRJ-A"},
        "team": {"$key": "T1"},
        "work_date": TODAY,
        "content": "三层模板加固与清理",
        "charge_to": "我方成本",
        "lines": [{"worker": {"$key": "W001"}, "normal_hours": 8}],
        **more,
    }


def picture() -> io.BytesIO:
    found = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(found, "PNG")
    return found


def require(inst: Installation, **settings: str) -> None:
    (setting,) = find_records(inst, FIRM, "base.base_setting", Query()).items
    update_record(inst, FIRM, "base.base_setting", setting["id"], settings)


def test_a_ticket_has_the_photos_and_signatures_that_the_firm_asks_for(installation: Installation) -> None:
    create_demo(installation)
    foreman = by_account(installation, "demo", "foreman@demo.test").actor
    require(installation, ticket_photos="block", ticket_signatures="block")
    with pytest.raises(Invalid) as refused:
        create_record(installation, foreman, "labor.day_labor_ticket", ticket(), submit=True)
    assert {each.pointer for each in refused.value.problems} == {"/photos", "/team_sign"}
    photo, team, own = (
        upload_file(installation, foreman, f"{n}.png", picture())["id"] for n in ("照片", "班组", "施工员")
    )
    place = {"lat": Decimal("22.5431"), "lng": Decimal("114.0579"), "text": "3 号楼"}
    values = ticket(photos=[photo], place=place, team_sign=[team], foreman_sign=own)
    made = create_record(installation, foreman, "labor.day_labor_ticket", values, submit=True)
    shown = read_record(installation, foreman, "labor.day_labor_ticket", made["id"]).shown["values"]
    assert (shown["photos"], shown["team_sign"], shown["foreman_sign"]) == ([photo], [team], [own])
    assert shown["place"]["text"] == "3 号楼"


def test_a_payment_is_asked_for_with_what_it_rests_on(installation: Installation) -> None:
    create_demo(installation)
    clerk = by_account(installation, "demo", "cost_clerk@demo.test").actor
    ask: dict[str, Any] = {
        "kind": "无合同付款", "project": {"$key": "PRJ-A"}, "partner": {"$key": "BP-0010"}, "amount": 300, "reason": "零星",
    }  # fmt: skip
    with pytest.raises(Unconfirmed):  # the demo firm only reminds
        create_record(installation, clerk, "funds.payment_request", ask, submit=True, confirm=False)
    require(installation, payment_files="block")
    create_record(installation, clerk, "funds.payment_request", ask)  # a draft may wait
    with pytest.raises(Invalid) as refused:
        create_record(installation, clerk, "funds.payment_request", ask, submit=True)
    assert {each.pointer for each in refused.value.problems} == {"/files"}
    paper = upload_file(installation, clerk, "收据.png", picture())["id"]
    made = create_record(installation, clerk, "funds.payment_request", {**ask, "files": [paper]}, submit=True)
    assert made["state"] == "in_approval"
