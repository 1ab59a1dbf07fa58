"""Signing in: the same words for every wrong try, a wait after too many, back to where one wanted to go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from dougong.kernel.clock import FixedClock
from tests.web.visiting import Visitor, words


def test_the_right_password_leads_to_where_one_wanted_to_go(anybody: Visitor) -> None:
    anybody.get("/f/shop.goods?q=x")
    answer = anybody.post("/login", account="admin@demo.test", password="correct horse", next="/f/shop.goods?q=x")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/f/shop.goods?q=x")
    cookie = answer.headers.getlist("Set-Cookie")
    assert any(each.startswith("sid=") and "HttpOnly" in each and "SameSite=Lax" in each for each in cookie)


@pytest.mark.parametrize(
    "address", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "", "/login"]
)
def test_nobody_is_led_to_another_site(address: str, anybody: Visitor) -> None:
    anybody.get("/login")
    answer = anybody.post("/login", account="admin@demo.test", password="correct horse", next=address)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("account", ["admin@demo.test", "nobody@demo.test", "no account", "", "\x00"])
def test_a_wrong_try_gets_the_same_words_and_keeps_the_name(account: str, anybody: Visitor) -> None:
    anybody.get("/login")
    answer = anybody.post("/login", account=account, password="wrong")
    assert answer.status_code == 401
    assert "账号或密码不对" in answer.text
    assert 'role="alert"' in answer.text


def test_after_ten_wrong_tries_one_has_to_wait(anybody: Visitor, clock: FixedClock) -> None:
    anybody.get("/login")
    for _ in range(10):
        anybody.post("/login", account="admin@demo.test", password="wrong")
    refused = anybody.post("/login", account="admin@demo.test", password="correct horse")
    assert refused.status_code == 429
    assert "15 分钟" in refused.text
    clock.advance(timedelta(minutes=16))
    assert anybody.post("/login", account="admin@demo.test", password="correct horse").status_code == 303


def test_an_expired_sign_in_asks_in_place_and_loses_nothing(admin: Visitor, clock: FixedClock) -> None:
    sheet = admin.open_form("shop.goods")
    admin.post(f"{sheet}/refresh", htmx=True, name="钉子")
    clock.advance(timedelta(hours=13))
    refused = admin.post(f"{sheet}/refresh", htmx=True, name="长钉子")
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (401, "#dialog")
    assert "已填的内容还在" in refused.text
    admin.sign_in()
    token = sheet.rpartition("/")[2]
    assert 'value="钉子"' in admin.get(f"/f/shop.goods/new?sheet={token}").text


def test_signing_out_ends_the_session(admin: Visitor) -> None:
    assert admin.post("/logout").status_code == 303
    assert admin.get("/", follow=False).status_code == 303


def test_people_to_choose_from_exist_only_on_this_machine(app: Flask) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    assert "选一个人直接进入" in here.get("/login").text
    assert "选一个人直接进入" not in elsewhere.get("/login", base_url="http://dougong.test").text
    forwarded = here.get("/login", headers={"X-Forwarded-For": "203.0.113.7"})
    assert "选一个人直接进入" not in forwarded.text


def test_who_has_a_password_is_not_entered_by_a_click(anybody: Visitor, app: Flask) -> None:
    page = anybody.get("/login")
    admin_id = page.text.partition('name="member" value="')[2].partition('"')[0]
    assert anybody.post("/login/demo", member=admin_id).status_code == 403
    assert anybody.post("/login/demo", member="nobody").status_code == 404


def test_changing_the_password(admin: Visitor, anybody: Visitor) -> None:
    assert "现在的密码不对" in admin.post("/me/password", old="x", new="new password", again="new password").text
    assert "不一样" in admin.post("/me/password", old="correct horse", new="new password", again="other").text
    short = admin.post("/me/password", old="correct horse", new="short", again="short")
    assert (short.status_code, "至少 8 个字" in words(short)) == (422, True)
    done = admin.post("/me/password", old="correct horse", new="new password", again="new password", follow=True)
    assert "密码已修改" in done.text
    anybody.sign_in(password="new password")
    again = anybody.post("/me/password", old="new password", new="correct horse", again="correct horse", follow=True)
    assert "密码已修改" in again.text


def test_the_language_is_chosen_on_ones_own_page(admin: Visitor) -> None:
    assert '<html lang="zh-CN"' in admin.get("/").text
    admin.post("/me/look", lang="en", theme="dark")
    page = admin.get("/").text
    assert '<html lang="en" data-bs-theme="dark"' in page
    assert "Workbench" in page
