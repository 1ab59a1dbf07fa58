"""Two admins at once: nobody's save wipes what the other has just changed, and who was first is named."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import makers
from tests.web.conftest import accounts
from tests.web.visiting import PASSWORD, Visitor, words


@pytest.fixture
def second(app: Flask) -> Iterator[Visitor]:
    """Another admin, who goes when the test is over."""
    inst = app.extensions["dougong"]
    makers.member(inst, "demo", "chief", ["admin"], ())
    with inst.database.control_write() as control:
        account = accounts.find(control, "chief@demo.test")
        assert account is not None
        if not account.has_password:
            accounts.set_password(control, account.id, PASSWORD)
    yield Visitor(app).sign_in("chief@demo.test")


def _opened(who: Visitor, address: str) -> dict[str, Any]:
    return _form(who.get(address))


def _form(answer: TestResponse) -> dict[str, Any]:
    """What a browser would send of the page's form, left as it is."""
    form = answer.text.partition('class="box narrow-x"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)" maxlength', form):
        found[name] = html.unescape(value)
    for name, inside in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'name="(roles|departments|security)" value="([^"]*)" checked', form):
        found[name] = value if name == "security" else [*found.get(name, []), value]
    shown = re.search(r"name=\"shown\" value='([^']*)'", form)
    assert shown, answer.text
    return {**found, "shown": html.unescape(shown[1])}


def _id(admin: Visitor, name: str) -> str:
    found = re.search(r'href="/admin/members/([0-9a-f-]{36})"', admin.get(f"/admin/members?state=all&q={name}").text)
    assert found
    return found[1]


def test_a_role_given_by_one_survives_the_others_save(admin: Visitor, second: Visitor) -> None:
    at = f"/admin/members/{_id(admin, 'bob')}"
    mine, theirs = _opened(admin, at), _opened(second, at)
    admin.post(at, **{**mine, "roles": ["clerk", "admin"]})
    second.post(at, **{**theirs, "name": "鲍勃"})
    now = _opened(admin, at)
    assert (now["name"], sorted(now["roles"])) == ("鲍勃", ["admin", "clerk"])
    last = words(admin.get("/admin/audit?form=-")).partition("修改成员")[2][:60]
    assert "鲍勃" in last and "角色" not in last.partition("修改成员")[0], "the second changed the name alone"
    second.post(at, **{**_opened(second, at), "name": "bob", "roles": ["clerk"]})


def test_the_same_field_changed_twice_is_told_with_the_first_ones_name(admin: Visitor, second: Visitor) -> None:
    at = f"/admin/members/{_id(admin, 'eve')}"
    mine, theirs = _opened(admin, at), _opened(second, at)
    admin.post(at, **{**mine, "name": "伊娃", "superior": _id(admin, "bob")})
    refused = second.post(at, **{**theirs, "name": "夏娃"})
    said = words(refused)
    assert (refused.status_code, "admin刚把这里改成“伊娃”" in said) == (422, True), said
    again = _form(refused)
    assert (again["name"], again["superior"]) == ("夏娃", _id(admin, "bob")), "what was not touched stands as it is now"
    assert second.post(at, **again).status_code == 303
    now = _opened(admin, at)
    assert (now["name"], now["superior"]) == ("夏娃", _id(admin, "bob"))
    admin.post(at, **{**now, "name": "eve", "superior": ""})


def test_departments_of_a_member_are_added_and_taken_away_one_by_one(admin: Visitor, second: Visitor) -> None:
    for name in ("一部", "二部", "三部"):
        admin.get("/admin/departments/new")
        admin.post("/admin/departments", name=name, code="", parent="", head="")
    ids = re.findall(r'href="/admin/departments/([0-9a-f-]{36})">([一二三]部)', admin.get("/admin/departments").text)
    place = {name: each for each, name in ids}
    at = f"/admin/members/{_id(admin, 'bob')}"
    admin.post(at, **{**_opened(admin, at), "main": place["一部"]})
    mine, theirs = _opened(admin, at), _opened(second, at)
    admin.post(at, **{**mine, "departments": [place["二部"]]})
    second.post(at, **{**theirs, "departments": [place["三部"]]})
    now = _opened(admin, at)
    assert (now["main"], set(now["departments"])) == (place["一部"], {place["二部"], place["三部"]})


def test_a_department_is_moved_by_one_and_renamed_by_the_other(admin: Visitor, second: Visitor) -> None:
    for name in ("总部", "合约部"):
        admin.get("/admin/departments/new")
        admin.post("/admin/departments", name=name, code="", parent="", head="")
    tree = re.findall(r'href="/admin/departments/([0-9a-f-]{36})">(总部|合约部)', admin.get("/admin/departments").text)
    place = {name: each for each, name in tree}
    at = f"/admin/departments/{place['合约部']}"
    mine, theirs = _opened(admin, at), _opened(second, at)
    admin.post(at, **{**mine, "parent": place["总部"]})
    assert second.post(at, **{**theirs, "name": "商务部"}).status_code == 303
    now = _opened(admin, at)
    assert (now["name"], now["parent"]) == ("商务部", place["总部"])
    stale = second.post(at, **{**theirs, "name": "成本部"})
    assert "刚把这里改成“商务部”" in words(stale)


def test_a_roles_title_is_not_renamed_unseen(admin: Visitor, second: Visitor) -> None:
    admin.get("/admin/roles/new")
    admin.post("/admin/roles", name="guard", title="门卫")
    mine, theirs = _opened(admin, "/admin/roles/guard"), _opened(second, "/admin/roles/guard")
    admin.post("/admin/roles/guard", **{**mine, "title": "保安"})
    refused = second.post("/admin/roles/guard", **{**theirs, "title": "警卫"})
    assert "admin刚把这里改成“保安”" in words(refused)
    assert second.post("/admin/roles/guard", **_form(refused)).status_code == 303


def test_mail_settings_keep_what_the_other_typed_and_no_password_goes_elsewhere(
    admin: Visitor, second: Visitor
) -> None:
    at, first = "/admin/mail", _opened(admin, "/admin/mail")
    given = {**first, "host": "smtp.one.test", "login": "a", "password": "code", "sender": "a@one.test"}
    assert admin.post(at, **given).status_code == 303
    mine, theirs = _opened(admin, at), _opened(second, at)
    admin.post(at, **{**mine, "host": "smtp.two.test", "password": "other"})
    refused = second.post(at, **{**theirs, "password": "meant for one"})
    assert "刚把这里改成“smtp.two.test”" in words(refused)
    assert second.post(at, **{**theirs, "sender_name": "恒拓"}).status_code == 303
    now = _opened(admin, at)
    assert (now["host"], now["sender_name"]) == ("smtp.two.test", "恒拓")
    admin.post("/admin/mail/forget")


@pytest.mark.parametrize("shown", ["{", "[]", '{"name": 5}', '{"roles": [1]}'])
def test_a_form_that_cannot_say_what_it_showed_is_refused(admin: Visitor, shown: str) -> None:
    at = f"/admin/members/{_id(admin, 'bob')}"
    admin.get(at)
    assert admin.post(at, name="bob", superior="", roles=["clerk"], shown=shown).status_code == 400


def test_an_admin_who_would_lock_himself_out_is_asked_first(admin: Visitor, second: Visitor) -> None:
    at = f"/admin/members/{_id(admin, 'chief')}"
    mine = _opened(second, at)
    asked = second.post(at, **{**mine, "roles": ["clerk"], "name": "老总"})
    assert (asked.status_code, "这是你自己" in words(asked)) == (200, True), words(asked)
    assert "admin" in _opened(admin, at)["roles"]
    done = second.post(at, **{**_form(asked), "sure": "yes"}, follow=True)
    assert (done.status_code, "你不再是管理员" in words(done), "老总" in words(done)) == (200, True, True), words(done)
    admin.post(at, **{**_opened(admin, at), "name": "chief", "roles": ["admin"]})


def test_an_admin_who_puts_himself_out_of_use_lands_where_he_is_told(admin: Visitor, second: Visitor) -> None:
    at = f"/admin/members/{_id(admin, 'chief')}"
    assert "这是你自己" in words(second.get(at))
    assert "这是你自己" not in words(admin.get(at))
    second.get(at)
    left = second.post(f"{at}/active", active="no", follow=True)
    assert (left.status_code, "你已停用自己" in words(left)) == (200, True), words(left)
    admin.get(at)
    admin.post(f"{at}/active", active="yes")
