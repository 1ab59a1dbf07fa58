"""Members through the admins' pages: adding, changing, shutting out, links to set a password."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from dougong.actions.create_tenant import create_tenant
from dougong.actions.create_token import create_token
from dougong.kernel.actor import operator
from tests.web.visiting import Visitor, words


def _id(admin: Visitor, name: str) -> str:
    page = admin.get(f"/admin/members?state=all&q={name}").text
    found = re.search(r'href="/admin/members/([0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


def _add(admin: Visitor, account: str, **more: object) -> str:
    admin.get("/admin/members/new")
    answer = admin.post("/admin/members", account=account, **{"name": "", **more})
    assert answer.status_code == 200, words(answer)
    found = re.search(r'value="(http://localhost/welcome/[^"]+)"', answer.text)
    assert found, words(answer)
    return found[1].removeprefix("http://localhost")


def test_somebody_new_gets_a_link_and_comes_in_by_it(admin: Visitor, anybody: Visitor, app: Flask) -> None:
    link = _add(admin, "Li Lei@demo.test".replace(" ", ""), name="李雷", roles=["clerk"])
    page = anybody.get(link)
    assert "lilei@demo.test" in page.text
    again = anybody.post(link, new="long enough", again="something else")
    assert (again.status_code, "不一样" in again.text) == (422, True)
    assert "至少 8 个字" in words(anybody.post(link, new="short", again="short"))
    done = anybody.post(link, new="long enough", again="long enough", follow=True)
    assert "李雷" in done.text
    used = anybody.get(link)
    assert (used.status_code, "已用过或已过期" in used.text) == (404, True)
    Visitor(app).sign_in("lilei@demo.test", "long enough")


def test_every_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(admin: Visitor) -> None:
    admin.get("/admin/members/new")
    answer = admin.post(
        "/admin/members", account="no account", name="很" * 101, main="nowhere", superior="nobody", roles=["clerk"]
    )
    assert answer.status_code == 422
    said = words(answer)
    assert "手机号" in said
    assert "最多 100 个字，现在 101 个" in said
    assert said.count("没有这条记录") == 2
    assert 'value="no account"' in answer.text
    assert re.search(r'value="clerk" checked', answer.text)


def test_who_is_a_member_already_is_not_added_twice(admin: Visitor) -> None:
    admin.get("/admin/members/new")
    answer = admin.post("/admin/members", account="BOB@demo.test", name="")
    assert (answer.status_code, "bob@demo.test 已经是成员" in answer.text) == (422, True)


def test_one_telephone_is_one_account_however_it_is_written(admin: Visitor) -> None:
    _add(admin, "13800138000", name="电话账号")
    for typed in ("13800138000", "+86 138 0013 8000", "8613800138000", "0086-13800138000", "１３８００１３８０００"):
        admin.get("/admin/members/new")
        twice = admin.post("/admin/members", account=typed, name="")
        assert (twice.status_code, "13800138000 已经是成员" in words(twice)) == (422, True), words(twice)


def test_the_list_is_searched_by_name_account_pinyin_department_and_role(admin: Visitor) -> None:
    admin.get("/admin/departments/new")
    admin.post("/admin/departments", name="测量部", code="", parent="", head="")
    place = re.search(r"/admin/departments/([0-9a-f-]{36})\"", admin.get("/admin/departments").text)
    assert place
    _add(admin, "hmm@demo.test", name="韩梅梅", main=place[1], roles=["clerk"])
    for wanted in ("韩梅", "hmm", "测量", "clerk hmm"):
        assert "韩梅梅" in admin.get(f"/admin/members?q={wanted}").text, wanted
    nobody = words(admin.get("/admin/members?q=zzz"))
    assert "没有符合“zzz”的成员" in nobody


def test_departments_superior_and_roles_are_changed_together(admin: Visitor) -> None:
    bob, eve = _id(admin, "bob"), _id(admin, "eve")
    admin.get(f"/admin/members/{bob}")
    done = admin.post(f"/admin/members/{bob}", name="鲍勃", superior=eve, roles=["clerk", "admin"], follow=True)
    assert "已保存" in done.text
    assert re.search(rf'<option value="{eve}" selected', done.text)
    circle = admin.post(f"/admin/members/{eve}", name="eve", superior=bob, roles=["clerk"])
    assert (circle.status_code, "自己" in words(circle)) == (422, True)
    blank = admin.post(f"/admin/members/{bob}", name="  ", superior="", roles=["clerk"])
    assert (blank.status_code, "必填" in words(blank)) == (422, True)
    admin.post(f"/admin/members/{bob}", name="bob", superior="", roles=["clerk"])


def test_out_of_use_ends_sessions_and_tokens_at_once_and_for_good(admin: Visitor, clerk: Visitor, app: Flask) -> None:
    secret = create_token(app.extensions["dougong"], operator("demo"), "bob@demo.test")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    bob = _id(admin, "bob")
    admin.get(f"/admin/members/{bob}")
    assert "已停用" in admin.post(f"/admin/members/{bob}/active", active="no", follow=True).text
    assert clerk.get("/", follow=False).status_code == 303
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    admin.get(f"/admin/members/{bob}")
    assert "重新启用" in admin.post(f"/admin/members/{bob}/active", active="yes", follow=True).text
    assert clerk.get("/", follow=False).status_code == 303, "the old session does not come back"
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    clerk.sign_in("bob@demo.test")


def test_the_last_admin_stays(admin: Visitor) -> None:
    boss = _id(admin, "admin")
    admin.get(f"/admin/members/{boss}")
    gone = admin.post(f"/admin/members/{boss}/active", active="no")
    assert (gone.status_code, "管理员" in words(gone)) == (409, True)
    less = admin.post(f"/admin/members/{boss}", name="新名字", superior="", roles=["clerk"])
    assert less.status_code == 409
    assert 'value="新名字"' in less.text


def test_a_new_password_by_link_ends_every_session(admin: Visitor, app: Flask) -> None:
    phone = Visitor(app).sign_in("eve@demo.test")
    eve = _id(admin, "eve")
    page = admin.get(f"/admin/members/{eve}")
    assert "1 台设备" in words(page)
    made = admin.post(f"/admin/members/{eve}/password")
    link = re.search(r"http://localhost(/welcome/[^\"]+)", made.text)
    assert link
    assert phone.get("/", follow=False).status_code == 200, "making the link changes nothing yet"
    somebody = Visitor(app)
    somebody.get(link[1])
    somebody.post(link[1], new="correct horse", again="correct horse")
    assert phone.get("/", follow=False).status_code == 303


def test_no_admin_reaches_into_an_account_of_another_company(admin: Visitor, app: Flask) -> None:
    link = _add(admin, "shared@demo.test")
    create_tenant(app.extensions["dougong"], "other", title="Other", admin="shared@demo.test")
    opened = Visitor(app).get(link)
    assert (opened.status_code, "另一家企业" in opened.text) == (409, True)
    made = admin.post(f"/admin/members/{_id(admin, 'shared')}/password")
    assert (made.status_code, "/welcome/" in made.text) == (409, False)


def test_a_link_is_dead_after_three_days(admin: Visitor, anybody: Visitor, clock: object) -> None:
    from datetime import timedelta

    link = _add(admin, "late@demo.test")
    clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    assert anybody.get(link).status_code == 404


@pytest.mark.parametrize("address", ["/admin/members", "/admin/members/new", "/admin/departments", "/admin/roles"])
def test_the_pages_are_the_admins(address: str, clerk: Visitor) -> None:
    assert clerk.get(address).status_code == 403


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\x00b", "‮evil", "x\r\ny", "李" * 100])
def test_hostile_names_are_only_names(name: str, admin: Visitor) -> None:
    bob = _id(admin, "bob@demo")
    admin.get(f"/admin/members/{bob}")
    done = admin.post(f"/admin/members/{bob}", name=name, superior="", roles=["clerk"], follow=True)
    assert done.status_code == 200
    assert "<script>alert" not in done.text
    admin.post(f"/admin/members/{bob}", name="bob", superior="", roles=["clerk"])


def test_departments_are_a_tree_without_circles(admin: Visitor) -> None:
    admin.get("/admin/departments/new")
    admin.post("/admin/departments", name="工程部", code="ENG", parent="", head="")
    page = admin.get("/admin/departments").text
    top = re.search(r'href="/admin/departments/([0-9a-f-]{36})">工程部', page)
    assert top
    twice = admin.post("/admin/departments", name="另一个", code="ENG", parent="", head="")
    assert (twice.status_code, "已经有了" in words(twice)) == (422, True)
    admin.post("/admin/departments", name="一工区", code="", parent=top[1], head=_id(admin, "bob"))
    team = re.search(r'href="/admin/departments/([0-9a-f-]{36})">一工区', admin.get("/admin/departments").text)
    assert team
    circle = admin.post(f"/admin/departments/{top[1]}", name="工程部", code="ENG", parent=team[1], head="")
    assert circle.status_code == 422
    busy = admin.post(f"/admin/departments/{top[1]}/active", active="no")
    assert (busy.status_code, "1 个下级部门" in words(busy)) == (409, True)
    admin.post(f"/admin/departments/{team[1]}/active", active="no")
    assert "已停用" in admin.post(f"/admin/departments/{top[1]}/active", active="no", follow=True).text
    below = admin.post(f"/admin/departments/{team[1]}/active", active="yes")
    assert (below.status_code, "工程部" in words(below)) == (409, True)
    assert "工程部" not in admin.get("/admin/members/new").text


def test_an_admin_may_do_everything_in_every_form(admin: Visitor) -> None:
    line = admin.get("/admin/roles").text.partition('href="/admin/roles/admin"')[2].partition("</tr>")[0]
    assert ">管理员</a>" in line
    assert line.endswith('<td role="cell" class="n">全部</td>')
    assert "管理员可以在所有表单里做任何事" in words(admin.get("/admin/roles/admin"))


def test_roles_of_ones_own_come_and_go(admin: Visitor) -> None:
    admin.get("/admin/roles/new")
    bad = admin.post("/admin/roles", name="Site Clerk", title="")
    assert (bad.status_code, 'value="Site Clerk"' in bad.text) == (422, True)
    admin.post("/admin/roles", name="keeper", title="保管员")
    bob = _id(admin, "bob")
    admin.post(f"/admin/members/{bob}", name="bob", superior="", roles=["clerk", "keeper"])
    held = admin.post("/admin/roles/keeper/remove")
    assert (held.status_code, "1 名成员" in words(held)) == (409, True)
    admin.post(f"/admin/members/{bob}", name="bob", superior="", roles=["clerk"])
    assert "保管员" in admin.post("/admin/roles/keeper", title="仓库保管员", follow=True).text
    gone = admin.post("/admin/roles/keeper/remove", follow=True)
    assert "已删除 仓库保管员" in words(gone)
    named = admin.post("/admin/roles/clerk/remove")
    assert (named.status_code, "2 张表单" in words(named)) == (409, True)


def test_two_departments_of_one_name_stand_only_apart(admin: Visitor) -> None:
    admin.get("/admin/departments/new")
    admin.post("/admin/departments", name="同名部", code="", parent="", head="")
    admin.get("/admin/departments/new")
    twice = admin.post("/admin/departments", name="同名部", code="", parent="", head="")
    assert (twice.status_code, "同级已经有叫“同名部”的部门了" in words(twice)) == (422, True), words(twice)
    place = re.search(r'href="/admin/departments/([0-9a-f-]{36})">同名部', admin.get("/admin/departments").text)
    assert place
    below = admin.post("/admin/departments", name="同名部", code="", parent=place[1], head="")
    assert below.status_code == 303
    kept = admin.post(f"/admin/departments/{place[1]}", name="同名部", code="TM", parent="", head="")
    assert kept.status_code == 303, "saving what it is called already is no clash"
