"""A record on paper: what the definition says, cut to what the reader may see, and noted in the audit."""

from __future__ import annotations

import re
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
from tests.web.visiting import PASSWORD, Visitor, words

BLOCKS = [
    {"heading": "付款单 {{$number}}"},
    {"fields": ["project", "project.place", "amount", "in_words", "secret"], "columns": 2},
    {"table": "lines", "columns": ["what", "price"]},
    {"text": "合计 {{amount}}，{{secret}}大写 {{in_words}}"},
    {"trail": True},
    {"signatures": ["经办人", "项目经理"]},
    {"qr": True},
]
PROJECT = {
    "title": "项目", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "名称", "x-unique": True}, "place": {"type": "string", "title": "地点"}}},
    "policies": [{"roles": ["clerk", "reader"], "actions": ["view"]}],
}  # fmt: skip
ASK = {
    "title": "付款单", "kind": "document",
    "record": {"type": "object", "properties": {
        "project": {"type": "string", "title": "项目", "x-ref": "pay.project"},
        "number": {"type": "string", "title": "单号", "x-number": "FK-{seq:4}"},
        "secret": {"type": "string", "title": "底价"},
        "lines": {"type": "array", "title": "明细", "items": {"type": "object", "properties": {
            "what": {"type": "string", "title": "品名"}, "price": {"type": "number", "x-type": "money", "title": "金额"},
            "cost": {"type": "number", "x-type": "money", "title": "成本"}}}},
        "amount": {"title": "合计", "x-type": "money", "x-formula": "sum(lines.price)"},
        "in_words": {"title": "大写", "type": "string", "x-formula": "rmb_upper(amount)"}}},
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "create", "edit", "print"], "fields": {"secret": "hidden"}},
        {"roles": ["reader"], "actions": ["view"]}],
    "prints": [{"name": "sheet", "title": "付款凭单", "paper": "A5", "landscape": True, "blocks": BLOCKS}],
}  # fmt: skip
BROAD = {
    "title": "台账", "kind": "master",
    "record": {"type": "object", "properties": {"lines": {"type": "array", "title": "明细", "items": {
        "type": "object", "properties": {f"c{n}": {"type": "string", "title": f"第{n}栏"} for n in range(12)}}}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "print"]}],
}  # fmt: skip


@pytest.fixture(scope="module", params=BOTH)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(data=tmp_path_factory.mktemp("pay"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        _drop_schemas(url)
        settings = replace(settings, database_url=url)
    inst = Installation.open(settings, FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC)))
    create_tenant(inst, "demo", title="演示", admin="admin@demo.test", password=PASSWORD)
    makers.publish(inst, "demo", {"pay": {"project": PROJECT, "ask": ASK, "broad": BROAD}})
    for name, role in (("bob", "clerk"), ("eve", "reader")):
        makers.member(inst, "demo", name, [role], ())
        with inst.database.control_write() as control:
            account = accounts.find(control, f"{name}@demo.test")
            assert account is not None
            accounts.set_password(control, account.id, PASSWORD)
    yield create_app(installation=inst)
    inst.close()


def made(admin: Visitor, *, submit: bool = False, rows: int = 2) -> str:
    """The address of a payment of 1,200.00 and 34.56 …; the secret is 9999."""
    sheet = admin.open_form("pay.project")
    project = admin.post(sheet, act="save", more={"name": f"城东<b>小学{rows}{submit}", "place": "城东"}).headers[
        "Location"
    ]
    sheet = admin.open_form("pay.ask")
    text = "\n".join(["电缆\t1200\t800", "开关\t34.56\t20", *("灯\t0\t0" for _ in range(rows - 2))])
    admin.post(f"{sheet}/paste", htmx=True, text=text, sub="lines", row="", column="")
    act = "submit" if submit else "save"
    saved = admin.post(sheet, act=act, more={"project": project.rpartition("/")[2], "secret": "9999"})
    assert saved.status_code == 303, words(saved)
    return str(saved.headers["Location"])


def test_the_page_is_filled_as_its_definition_says(app: Flask) -> None:
    admin = Visitor(app).sign_in()
    at = made(admin, submit=True)
    page = admin.get(f"{at}/print/sheet")
    assert page.status_code == 200
    said = words(page)
    assert "付款单 FK-0001" in said
    assert "地点 城东" in said
    assert "壹仟贰佰叁拾肆元伍角陆分" in said
    assert "1,234.56" in said
    assert "电缆 1,200.00" in said
    assert "800.00" not in said
    assert "提交" in said
    assert "项目经理" in said
    assert '<body class="p-a5-l">' in page.text
    assert re.search(r'<svg class="qr"[^>]*><path d="M\d+ \d+h1v1h-1z', page.text)
    assert not re.search(r"<[^>]+ style=|<b>小学", page.text)


def test_what_one_may_not_see_is_not_on_paper(app: Flask) -> None:
    at = made(Visitor(app).sign_in(), rows=3)
    page = Visitor(app).sign_in("bob@demo.test").get(f"{at}/print/sheet")
    assert "9999" not in page.text
    assert "底价" not in page.text
    assert "草稿" in words(page)  # stands across what is not approved


def test_only_who_may_print_prints_and_the_audit_knows(app: Flask) -> None:
    admin = Visitor(app).sign_in()
    at = made(admin, rows=4)
    assert Visitor(app).sign_in("eve@demo.test").get(f"{at}/print/sheet").status_code == 403
    assert Visitor(app).get(f"{at}/print/sheet", follow=False).status_code in (302, 303, 401)
    assert admin.get(f"{at}/print/nothing").status_code == 404
    assert admin.get(f"{at[:-3]}000/print/sheet").status_code == 404
    clerk = Visitor(app).sign_in("bob@demo.test")
    assert clerk.get(f"{at}/print/sheet").status_code == 200
    assert "打印" in words(clerk.get(f"{at}/trail", htmx=True))
    assert f"{at}/print/sheet" in clerk.get(at).text
    assert "/print/" not in Visitor(app).sign_in("eve@demo.test").get(at).text


def test_every_form_has_a_standard_page(app: Flask) -> None:
    admin = Visitor(app).sign_in()
    page = admin.get(f"{made(admin, rows=5)}/print/standard")
    assert page.status_code == 200
    assert "开关" in words(page)


def test_a_broad_table_lies_on_its_side_without_the_columns_that_say_nothing(app: Flask) -> None:
    admin = Visitor(app).sign_in()
    sheet = admin.open_form("pay.broad")
    admin.post(f"{sheet}/paste", htmx=True, text="\t".join("abcdefghijk"), sub="lines", row="", column="c0")
    at = admin.post(sheet, act="save").headers["Location"]
    page = admin.get(f"{at}/print/standard")
    assert '<body class="p-a4-l">' in page.text
    assert "第10栏" in page.text
    assert "第11栏" not in page.text
