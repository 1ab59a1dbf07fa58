"""Two firms with the same forms on one installation: whatever one of them is sent must harm neither. All tests of the
package share them; each makes records of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.app import create_app
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from dougong.people import accounts
from tests import makers
from tests.bad_input.attacking import PASSWORD, Attacker
from tests.bad_input.naughty import NAUGHTY
from tests.conftest import BOTH, _drop_schemas

CLERK = {"roles": ["clerk"], "actions": ["view", "create", "edit", "delete", "submit", "void"]}
THING: dict[str, Any] = {
    "title": "东西", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "code": {"type": "string", "title": "编号", "x-number": "T-{seq:4}"},
        "name": {"type": "string", "title": "名称", "maxLength": 20, "minLength": 1},
        "note": {"type": "string", "title": "备注", "x-type": "long_text", "maxLength": 300},
        "short": {"type": "string", "title": "代号", "pattern": "^[a-z]{2}$"},
        "count": {"type": "integer", "title": "数量", "minimum": 0, "maximum": 1000},
        "big": {"type": "integer", "title": "大数"},
        "price": {"type": "number", "x-type": "money", "title": "单价"},
        "rate": {"type": "number", "x-type": "percent", "title": "比例"},
        "weight": {"type": "number", "title": "重量", "x-scale": 3},
        "day": {"type": "string", "format": "date", "title": "日期"},
        "at": {"type": "string", "format": "date-time", "title": "时刻"},
        "hour": {"type": "string", "format": "time", "title": "时间"},
        "ok": {"type": "boolean", "title": "合格"},
        "kind": {"type": "string", "title": "类别", "enum": ["甲", "乙"]},
        "kinds": {"type": "array", "title": "颜色", "items": {"type": "string", "enum": ["红", "蓝"]}},
        "words": {"type": "array", "title": "标签", "items": {"type": "string", "maxLength": 10}},
        "who": {"type": "string", "x-type": "member", "title": "谁"},
        "dept": {"type": "string", "x-type": "department", "title": "部门"},
        "above": {"type": "string", "x-ref": "bad.thing", "x-ref-tree": True, "title": "上级"},
        "vault": {"type": "string", "x-ref": "bad.vault", "title": "保险柜"},
        "asked": {"type": "string", "x-ref": "bad.ask", "title": "所据申请"},
        "papers": {"type": "array", "x-type": "attachment", "title": "附件"},
        "extra": {"x-type": "json", "title": "附注"},
        "cost": {"type": "number", "x-type": "money", "title": "成本"},
        "twice": {"title": "两倍", "type": "number", "x-type": "money", "x-formula": "price * 2"},
        "reason": {"type": "string", "title": "原因", "x-visible": "ok"},
        "lines": {"type": "array", "title": "明细", "maxItems": 50, "items": {"type": "object", "required": ["what"],
            "properties": {
                "what": {"type": "string", "title": "内容", "maxLength": 10},
                "n": {"type": "integer", "title": "件数", "minimum": 0, "maximum": 99},
                "to": {"type": "string", "title": "去处", "x-ref": "bad.thing"}}}}}},
    "policies": [{**CLERK, "fields": {"cost": "hidden"}}],
    "views": [{"name": "all", "title": "全部", "columns": ["name", "count", "price"], "sort": ["name"]}],
}  # fmt: skip
ASK: dict[str, Any] = {
    "title": "申请", "kind": "document",
    "record": {"type": "object", "required": ["why"], "properties": {
        "no": {"type": "string", "x-number": "ASK-{seq:3}", "title": "单号"},
        "why": {"type": "string", "title": "事由", "maxLength": 20},
        "amount": {"type": "number", "x-type": "money", "title": "金额"}}},
    "policies": [{**CLERK, "rows": "own"}],
}  # fmt: skip
VAULT: dict[str, Any] = {"title": "保险柜", "record": {"type": "object", "properties": {
    "what": {"type": "string", "title": "内容", "x-unique": True}}}}  # fmt: skip
FORMS = {"thing": THING, "ask": ASK, "vault": VAULT, "naughty": NAUGHTY}
FIRMS = ("demo", "rival")


@pytest.fixture(scope="session")
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="package", params=BOTH)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: FixedClock) -> Iterator[Flask]:
    """One application, on SQLite and PostgreSQL in turn."""
    settings = Settings(data=tmp_path_factory.mktemp("bad"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        _drop_schemas(url)
        settings = replace(settings, database_url=url)
    inst = Installation.open(settings, clock)
    for firm in FIRMS:
        create_tenant(inst, firm, title=firm, admin=f"admin@{firm}.test", password=PASSWORD)
        makers.publish(inst, firm, {"bad": FORMS})
        for name in ("bob", "eve"):
            makers.member(inst, firm, f"{name}@{firm}.test", ["clerk"], ())
            _give_password(inst, f"{name}@{firm}.test")
    yield create_app(installation=inst)
    inst.close()


def _give_password(inst: Installation, name: str) -> None:
    with inst.database.control_write() as control:
        account = accounts.find(control, name)
        assert account is not None
        accounts.set_password(control, account.id, PASSWORD)


@pytest.fixture(scope="package")
def bob(app: Flask) -> Attacker:
    """A clerk of the firm "demo"."""
    return Attacker(app, "bob@demo.test")


@pytest.fixture(scope="package")
def eve(app: Flask) -> Attacker:
    """Another clerk of the same firm."""
    return Attacker(app, "eve@demo.test")


@pytest.fixture(scope="package")
def boss(app: Flask) -> Attacker:
    """The admin of the firm "demo"."""
    return Attacker(app, "admin@demo.test")


@pytest.fixture(scope="package")
def rival(app: Flask) -> Attacker:
    """The admin of the other firm."""
    return Attacker(app, "admin@rival.test")
