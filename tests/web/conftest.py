"""A small shop on the web: requests with lines, goods that clerks may see without their cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.app import create_app
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from dougong.people import accounts
from tests import makers
from tests.conftest import BOTH, _drop_schemas
from tests.web.visiting import PASSWORD, Visitor

GOODS = {
    "title": "商品", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "名称", "maxLength": 20},
        "price": {"type": "number", "x-type": "money", "title": "单价", "minimum": 0},
        "cost": {"type": "number", "x-type": "money", "title": "成本"},
        "kind": {"type": "string", "enum": ["大", "小"], "title": "规格"},
        "papers": {"type": "array", "x-type": "attachment", "items": {"type": "string"}, "title": "附件"}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"], "fields": {"cost": "hidden"}}],
    "views": [{"name": "all", "title": "全部", "columns": ["name", "price", "cost", "kind"], "sort": ["name"]}],
}  # fmt: skip
ASK = {
    "title": "申请", "kind": "document",
    "record": {"type": "object", "required": ["what", "lines"], "properties": {
        "what": {"type": "string", "title": "事由", "minLength": 2, "maxLength": 50},
        "on": {"type": "string", "format": "date", "title": "日期", "x-default": "today()"},
        "urgent": {"type": "boolean", "title": "加急"},
        "why": {"type": "string", "title": "原因", "x-visible": "urgent", "x-required": "urgent"},
        "lines": {"type": "array", "title": "明细", "minItems": 1, "items": {
            "type": "object", "required": ["thing", "count"], "properties": {
                "thing": {"type": "string", "title": "商品", "x-ref": "shop.goods"},
                "count": {"type": "integer", "title": "数量", "minimum": 1, "maximum": 99},
                "amount": {"title": "金额", "x-type": "money", "x-formula": "count * thing.price"}}}},
        "total": {"title": "合计", "x-type": "money", "x-formula": "sum(lines.amount)"}}},
    "checks": [
        {"id": "dear", "rule": "total <= 1000", "message": "合计不能超过 1,000 元", "at": "what", "on": ["submit"]},
        {"id": "many", "each": "lines", "rule": "count <= 50", "message": "{thing} 一次最多 50 件", "at": "count",
         "on": ["submit"]},
        {"id": "much", "rule": "total <= 500", "message": "超过 500 元要留意", "level": "warn", "on": ["submit"]}],
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"], "rows": "own"}],
    "flow": {"nodes": [{"type": "approve", "id": "boss", "title": "老板", "who": [{"role": "admin"}]}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    """Friday evening in Shanghai; tests that move it move it for those after them in their module."""
    return FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="module", params=BOTH)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: FixedClock
) -> Iterator[Flask]:
    """One application for a module of tests, on SQLite and PostgreSQL in turn: the shop, its admin, the clerks bob and
    eve; all sign in with the same password."""
    settings = Settings(data=tmp_path_factory.mktemp("shop"))
    if request.param == "postgresql":
        settings = replace(settings, database_url=fresh_postgres(request.getfixturevalue("postgres_url")))
    inst = Installation.open(settings, clock)
    create_tenant(inst, "demo", title="演示", admin="admin@demo.test", password=PASSWORD)
    makers.publish(inst, "demo", {"shop": {"goods": GOODS, "ask": ASK}})
    for name in ("bob", "eve"):
        makers.member(inst, "demo", name, ["clerk"], ())
        with inst.database.control_write() as control:
            account = accounts.find(control, f"{name}@demo.test")
            assert account is not None
            accounts.set_password(control, account.id, PASSWORD)
    yield create_app(installation=inst)
    inst.close()


def fresh_postgres(url: str) -> str:
    """The same server, without the schemas of installations before."""
    _drop_schemas(url)
    return url


@pytest.fixture
def app(shop: Flask) -> Flask:
    return shop


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return Visitor(app).sign_in()


@pytest.fixture
def clerk(app: Flask) -> Visitor:
    return Visitor(app).sign_in("bob@demo.test")


@pytest.fixture
def other_clerk(app: Flask) -> Visitor:
    return Visitor(app).sign_in("eve@demo.test")


@pytest.fixture
def anybody(app: Flask) -> Visitor:
    return Visitor(app)
