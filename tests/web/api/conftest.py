"""A small firm behind the API: items with every kind of value, requests with a life of their own, projects they name."""

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
from tests import makers
from tests.conftest import BOTH, _drop_schemas
from tests.web.api.calling import Caller

CLERK = {"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"]}
PROJECT: dict[str, Any] = {
    "title": "项目", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "code": {"type": "string", "title": "编号", "x-number": "PRJ-{seq:3}"},
        "name": {"type": "string", "title": "名称", "x-unique": True},
        "budget": {"type": "number", "x-type": "money", "title": "预算"},
        "above": {"type": "string", "x-ref": "api.project", "x-ref-tree": True, "title": "上级"}}},
    "policies": [CLERK, {"roles": ["guest"], "actions": ["view"], "fields": {"budget": "hidden"}}],
}  # fmt: skip
ITEM: dict[str, Any] = {
    "title": "物料", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "名称", "maxLength": 10},
        "count": {"type": "integer", "title": "数量", "minimum": 0, "maximum": 1000},
        "price": {"type": "number", "x-type": "money", "title": "单价"},
        "share": {"type": "number", "x-type": "percent", "title": "比例"},
        "amount": {"title": "金额", "x-formula": "price * count"},
        "bought": {"type": "string", "format": "date", "title": "日期"},
        "at": {"type": "string", "format": "date-time", "title": "时刻"},
        "hour": {"type": "string", "format": "time", "title": "时间"},
        "good": {"type": "boolean", "title": "合格"},
        "kind": {"type": "string", "title": "类别", "oneOf": [
            {"const": "s", "title": "钢材"}, {"const": "w", "title": "木材"}]},
        "colours": {"type": "array", "title": "颜色", "items": {"type": "string", "enum": ["red", "blue"]}},
        "words": {"type": "array", "title": "标签", "items": {"type": "string"}},
        "project": {"type": "string", "x-ref": "api.project", "title": "项目"},
        "buyer": {"type": "string", "x-type": "member", "title": "采购人"},
        "place": {"type": "object", "title": "地点", "properties": {
            "city": {"type": "string"}, "street": {"type": "string"}}},
        "cost": {"type": "number", "x-type": "money", "title": "成本"},
        "note": {"x-type": "json", "title": "附注"},
        "papers": {"type": "array", "x-type": "attachment", "title": "附件"},
        "lines": {"type": "array", "title": "明细", "items": {"type": "object", "required": ["what"], "properties": {
            "what": {"type": "string", "title": "内容"}, "hours": {"type": "number", "title": "工时", "minimum": 0}}}}}},
    "checks": [{"id": "dear", "rule": "price <= 1000000", "message": "单价太高", "at": "price"},
               {"id": "many", "rule": "count <= 500", "message": "数量偏多", "at": "count", "level": "warn"}],
    "policies": [{**CLERK, "fields": {"cost": "hidden"}}, {"roles": ["guest"], "actions": ["view"],
                 "fields": {"cost": "hidden", "name": "masked"}}],
}  # fmt: skip
ASK: dict[str, Any] = {
    "title": "申请", "kind": "document",
    "record": {"type": "object", "required": ["why"], "properties": {
        "no": {"type": "string", "x-number": "ASK-{seq:3}", "title": "单号"},
        "why": {"type": "string", "title": "事由"},
        "amount": {"type": "number", "x-type": "money", "title": "金额"},
        "project": {"type": "string", "x-ref": "api.project", "title": "项目"}}},
    "checks": [{"id": "most", "rule": "amount <= 1000", "message": "超过额度", "at": "amount"}],
    "policies": [{**CLERK, "actions": [*CLERK["actions"], "void"], "rows": "own"},
                 {"roles": ["guest"], "actions": ["view"]}],
}  # fmt: skip
SECRET: dict[str, Any] = {"title": "机密", "record": {"type": "object", "properties": {"what": {"type": "string"}}}}
FORMS = {"project": PROJECT, "item": ITEM, "ask": ASK, "secret": SECRET}


@pytest.fixture(scope="package")
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="package", params=BOTH)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: FixedClock) -> Iterator[Flask]:
    """One application for the whole package, on SQLite and PostgreSQL in turn; tests make records of their own."""
    settings = Settings(data=tmp_path_factory.mktemp("api"), json_limit=200_000, upload_limit=100_000)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        _drop_schemas(url)
        settings = replace(settings, database_url=url)
    inst = Installation.open(settings, clock)
    create_tenant(inst, "demo", title="演示", admin="admin@demo.test", password="correct horse")
    makers.publish(inst, "demo", {"api": FORMS})
    for name, role in (("bob", "clerk"), ("eve", "clerk"), ("guest", "guest"), ("stranger", "nobody")):
        makers.member(inst, "demo", name, [role], ())
    yield create_app(installation=inst)
    inst.close()


@pytest.fixture(scope="package")
def bob(app: Flask) -> Caller:
    """A clerk."""
    return Caller(app, "bob@demo.test")


@pytest.fixture(scope="package")
def eve(app: Flask) -> Caller:
    """Another clerk."""
    return Caller(app, "eve@demo.test")


@pytest.fixture(scope="package")
def guest(app: Flask) -> Caller:
    """May view, sees no cost and half of a name."""
    return Caller(app, "guest@demo.test")


@pytest.fixture(scope="package")
def stranger(app: Flask) -> Caller:
    """A member whom no policy names."""
    return Caller(app, "stranger@demo.test")


@pytest.fixture(scope="package")
def admin(app: Flask) -> Caller:
    return Caller(app, "admin@demo.test")


@pytest.fixture(scope="package")
def nobody(app: Flask) -> Caller:
    """A program without a token."""
    return Caller(app)
