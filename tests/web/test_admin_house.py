"""Modules, audit and jobs on the admins' pages."""

from __future__ import annotations

import re

from flask import Flask

from dougong.actions.change_department import add_department, change_department
from dougong.actions.change_member import change_member
from dougong.actions.create_record import create_record
from dougong.actions.import_table import Report
from dougong.actions.installation import Installation
from dougong.actions.run_jobs import HANDLERS, LONG
from dougong.actions.take_back import Undone
from dougong.actions.transaction import transaction
from dougong.exchange import exports
from dougong.kernel.actor import operator, platform
from dougong.storage import jobs
from dougong.storage.apply import BUILD_JOB
from dougong.storage.transaction import Transaction
from dougong.web.admin.audit import FIELDS
from dougong.web.admin.jobs import KINDS
from tests import makers
from tests.web.visiting import Visitor, words


def _inst(app: Flask) -> Installation:
    found: Installation = app.extensions["dougong"]
    return found


def test_a_module_is_turned_off_and_its_data_come_back(admin: Visitor, app: Flask) -> None:
    makers.publish(_inst(app), "demo", {"extra": {"note": {"kind": "master", "record": {
        "type": "object", "properties": {"text": {"type": "string", "title": "内容"}}}}}})  # fmt: skip
    made = create_record(_inst(app), operator("demo"), "extra.note", {"text": "留着"})
    assert "extra.note" in admin.get("/admin/modules/extra").text
    off = admin.post("/admin/modules/extra/disable", follow=True)
    assert "extra 已停用，数据保留" in words(off)
    assert admin.get(f"/f/extra.note/{made['id']}").status_code == 404
    assert "extra 已启用" in words(admin.post("/admin/modules/extra/enable", follow=True))
    assert "留着" in admin.get(f"/f/extra.note/{made['id']}").text


def test_who_fills_a_form_while_its_module_goes_off_is_told_that_nothing_is_lost(
    admin: Visitor, other_clerk: Visitor, app: Flask
) -> None:
    makers.publish(_inst(app), "demo", {"gone": {
        "module.json": {"name": "gone", "title": "会走的模块"},
        "forms/note.json": {"name": "note", "kind": "master", "record": {
            "type": "object", "properties": {"text": {"type": "string", "title": "内容"}}},
            "policies": [{"roles": ["clerk"], "actions": ["view", "create"]}]}}})  # fmt: skip
    sheet = other_clerk.open_form("gone.note")
    other_clerk.post(f"{sheet}/refresh", htmx=True, text="写到一半")
    admin.get("/admin/modules/gone")
    admin.post("/admin/modules/gone/disable")
    at = f"/f/gone.note/new?sheet={sheet.rpartition('/')[2]}"
    for answer in (other_clerk.post(sheet, htmx=True, act="save", text="写完了"), other_clerk.get(at)):
        assert (answer.status_code, "模块“会走的模块”刚被停用" in words(answer)) == (404, True), words(answer)
    admin.get("/admin/modules/gone")
    admin.post("/admin/modules/gone/enable")
    assert "写到一半" in other_clerk.get(at).text
    assert "停用" not in words(other_clerk.get("/f/gone.nothing/new?sheet=x"))
    admin.get("/admin/modules/gone")
    admin.post("/admin/modules/gone/disable")


def test_a_module_that_others_need_stays_on_and_says_who(admin: Visitor, app: Flask) -> None:
    makers.publish(_inst(app), "demo", {"needy": {
        "module.json": {"name": "needy", "title": "依赖者", "requires": ["shop"]},
        "forms/x.json": {"name": "x", "title": "x", "kind": "master", "record": {
            "type": "object", "properties": {"thing": {"type": "string", "x-ref": "shop.goods"}}}}}})  # fmt: skip
    assert "依赖者" in words(admin.get("/admin/modules/shop"))
    refused = admin.post("/admin/modules/shop/disable")
    assert (refused.status_code, "先停用依赖者" in words(refused)) == (422, True)
    admin.get("/admin/modules/needy")
    admin.post("/admin/modules/needy/disable")
    assert admin.post("/admin/modules/nothing/enable").status_code == 404


def test_the_audit_says_who_did_what_and_is_filtered(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)
    bob = makers.member(inst, "demo", "bob", [], ())
    create_record(inst, bob, "shop.goods", {"name": "审计的钉子", "price": 2})
    change_member(inst, operator("demo"), str(bob.member), name="鲍勃")
    change_member(inst, operator("demo"), str(bob.member), name="bob")
    page = words(admin.get("/admin/audit"))
    assert "bob 创建 商品 审计的钉子" in page
    assert "运维 修改成员 bob 姓名 bob → 鲍勃" in page
    only = words(admin.get(f"/admin/audit?who={bob.member}&form=shop.goods"))
    assert "审计的钉子" in only
    assert "修改成员" not in only
    company = words(admin.get("/admin/audit?form=-"))
    assert "审计的钉子" not in company
    assert "没有符合" in words(admin.get("/admin/audit?since=2030-01-01"))
    wrong = admin.get("/admin/audit?since=nonsense")
    assert "审计的钉子" in words(wrong)
    assert "从：这里要填日期，如 2026-02-28" in words(wrong)
    assert 'value="nonsense"' in wrong.text
    assert "到：没有这一天：2026-02-30" in words(admin.get("/admin/audit?until=2026-02-30"))
    assert admin.get("/admin/audit?before=nonsense").status_code == 400


def test_the_audit_speaks_of_roles_steps_and_departments_in_words(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)
    bob = makers.member(inst, "demo", "bob", ["clerk"], ())
    change_member(inst, operator("demo"), str(bob.member), give=["clerk", "admin"])
    change_member(inst, operator("demo"), str(bob.member), give=["clerk"])
    made = add_department(inst, operator("demo"), "审计一部")
    change_department(inst, operator("demo"), made.id, name="审计二部", parent=None, head=None)
    makers.publish(inst, "demo", {"spoken": {"note": {"kind": "master", "record": {
        "type": "object", "properties": {"text": {"type": "string", "title": "内容"}}}}}})  # fmt: skip
    admin.get("/admin/modules/spoken")
    admin.post("/admin/modules/spoken/disable")
    admin.get("/admin/modules/spoken")
    admin.post("/admin/modules/spoken/enable")
    page = words(admin.get("/admin/audit?form=-"))
    assert "角色 管理员、clerk → clerk" in page
    assert "名称 审计一部 → 审计二部" in page
    assert "步骤 启用模块 1 个、恢复表单 1 张" in page
    assert "原因 启用spoken" in page
    house = words(admin.get("/admin/audit?form=-&who=operator"))
    assert "运维 修改部门" in house and "原因 启用spoken" not in house, "that was the admin"


def test_days_of_the_audit_are_typed_as_everywhere_else(admin: Visitor, app: Flask) -> None:
    makers.member(_inst(app), "demo", "bob", [], ())
    page = admin.get("/admin/audit").text
    assert page.count("data-calendar") == 2
    for typed in ("2026/2/27", "20260227", "今天", "2-27"):
        shown = admin.get(f"/admin/audit?since={typed}&until={typed}")
        assert 'value="2026-02-27"' in shown.text
        assert "没有符合" not in words(shown)
    assert "没有符合" in words(admin.get("/admin/audit?until=昨天"))


def test_the_audit_goes_page_by_page_without_repeating(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)
    for n in range(60):
        create_record(inst, operator("demo"), "shop.goods", {"name": f"件{n}"})
    page = admin.get("/admin/audit?form=shop.goods")
    seen = re.findall(r'/f/shop.goods/([0-9a-f-]{36})"', page.text)
    more = re.search(r'hx-get="(/admin/audit[^"]+before=[^"]+)"', page.text)
    assert more
    rest = admin.get(more[1].replace("&amp;", "&"), htmx=True)
    assert "<html" not in rest.text
    after = re.findall(r'/f/shop.goods/([0-9a-f-]{36})"', rest.text)
    assert len(seen) == 50
    assert len(after) >= 10
    assert not set(seen) & set(after)


def test_a_job_that_was_given_up_says_why_and_is_tried_again(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)

    def given_up(tx: object) -> str:
        made = jobs.enqueue(tx, BUILD_JOB, {})  # type: ignore[arg-type]
        for _ in range(jobs.TRIES):
            job = jobs.claim(tx, kinds=(BUILD_JOB,))  # type: ignore[arg-type]
            assert job
            jobs.fail(tx, job, "busy {'retry_after': 1}", retry_in=-jobs.LEASE)  # type: ignore[arg-type]
        return str(made)

    job = transaction(inst, "demo", platform("demo"), given_up)
    page = words(admin.get("/admin/jobs"))
    assert "补算新字段" in page
    assert "已停下 1" in page
    assert "现在有点忙" in page
    assert "任务会重试" in words(admin.post(f"/admin/jobs/{job}/retry", follow=True))
    again = admin.post(f"/admin/jobs/{job}/retry")
    assert (again.status_code, "没有停下" in words(again)) == (409, True)
    assert admin.post("/admin/jobs/nothing/retry").status_code in (404, 422, 409)


def test_a_running_job_shows_how_far_it_is(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)

    def begun(tx: object) -> None:
        jobs.enqueue(tx, BUILD_JOB, {})  # type: ignore[arg-type]
        job = jobs.claim(tx, kinds=(BUILD_JOB,))  # type: ignore[arg-type]
        assert job
        jobs.renew(tx, job, progress={"done": 1200, "total": 4000})  # type: ignore[arg-type]

    transaction(inst, "demo", platform("demo"), begun)
    page = admin.get("/admin/jobs")
    assert "1,200 / 4,000" in words(page)
    assert '<progress class="meter-x" max="4000" value="1200"' in page.text


def test_each_job_says_whose_work_it_is_on_what(admin: Visitor, app: Flask) -> None:
    inst = _inst(app)
    bob = makers.member(inst, "demo", "bob", ["clerk"], ())

    def left(tx: Transaction) -> None:
        made = exports.add(tx, "shop.goods", "商品清单.xlsx", {"format": "xlsx"})
        jobs.enqueue(tx, "export", {"export": made.id, "rows": 1})
        jobs.enqueue(tx, BUILD_JOB, {"form": "shop.ask", "sub": "lines", "field": "count"})

    transaction(inst, "demo", bob, left)
    page = words(admin.get("/admin/jobs"))
    assert "导出 商品清单.xlsx 商品 · bob" in page, page
    assert "补算新字段 数量 申请" in page


def test_these_pages_are_the_admins(clerk: Visitor) -> None:
    for address in ("/admin/modules", "/admin/audit", "/admin/jobs"):
        assert clerk.get(address).status_code == 403
    clerk.get("/me")
    assert clerk.post("/admin/modules/shop/disable").status_code == 403


def test_every_kind_of_job_and_every_figure_of_an_import_has_words() -> None:
    assert set(KINDS) == {*HANDLERS, *LONG}
    assert {"file", "print", *Report(0, 0, 0).figures(), *Undone().figures()} <= set(FIELDS)
