"""One's own account: name, look that follows to every device, notices, sessions, tokens; the language of an answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from dougong.actions.transaction import transaction
from dougong.kernel.actor import operator
from dougong.notify import tell
from dougong.people import preferences
from dougong.web.account.devices import named
from tests import makers
from tests.web.visiting import Visitor, words

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


def test_the_look_follows_the_member_to_every_device(clerk: Visitor, app: Flask) -> None:
    clerk.get("/me")
    clerk.post("/me/look", lang="en", theme="dark", shortcuts="off")
    elsewhere = Visitor(app).sign_in("bob@demo.test")
    page = elsewhere.get("/").text
    assert '<html lang="en" data-bs-theme="dark"' in page
    assert 'data-shortcuts="off"' in page
    elsewhere.get("/me")
    elsewhere.post("/me/look", lang="", theme="", shortcuts="")
    assert (
        '<html lang="zh-CN" data-bs-theme="light" data-theme-auto'
        in Visitor(app).sign_in("bob@demo.test").get("/").text
    )


def test_nonsense_is_no_choice(clerk: Visitor, app: Flask) -> None:
    clerk.get("/me")
    clerk.post("/me/look", lang="tlh", theme="<b>", shortcuts="maybe")
    with app.extensions["dougong"].database.tenant("demo").read() as conn:
        assert not any("tlh" in str(preferences.of(conn, row)) for row in _members(conn))


def _members(conn: object) -> list[str]:
    from dougong.people import members

    return [each.id for each in members.all_of(conn)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "language"), [("en-GB,en;q=0.9", "en"), ("zh-TW,zh;q=0.9", "zh-CN"), ("fr", "zh-CN"), ("", "zh-CN")]
)
def test_before_anybody_chose_the_browser_is_asked(asked: str, language: str, app: Flask) -> None:
    page = app.test_client().get("/login", headers={"Accept-Language": asked})
    assert f'<html lang="{language}"' in page.text


def test_the_api_speaks_the_language_it_is_asked_in(clerk: Visitor, app: Flask) -> None:
    clerk.get("/me")
    made = clerk.post("/me/tokens", name="script")
    secret = re.search(r'value="(dg_[^"]+)"', made.text)
    assert secret
    client, bearer = app.test_client(), {"Authorization": f"Bearer {secret[1]}"}
    wrong = {"json": {"price": -1}, "headers": bearer}
    chinese = client.post("/api/v1/records/shop.goods", **wrong)
    assert "必填" in chinese.text
    english = client.post("/api/v1/records/shop.goods", json={"price": -1}, headers={**bearer, "Accept-Language": "en"})
    assert "This must be filled in" in english.text
    clerk.post("/me/look", lang="en", theme="", shortcuts="")
    assert "This must be filled in" in client.post("/api/v1/records/shop.goods", **wrong).text
    told = client.post("/api/v1/records/shop.goods", json={}, headers={**bearer, "Accept-Language": "zh-CN"})
    assert "必填" in told.text
    clerk.post("/me/look", lang="", theme="", shortcuts="")


def test_a_token_is_shown_once_named_and_revoked(clerk: Visitor, app: Flask) -> None:
    clerk.get("/me")
    nameless = clerk.post("/me/tokens", name=" ")
    assert (nameless.status_code, "必填" in nameless.text) == (422, True)
    made = clerk.post("/me/tokens", name="夜里的脚本")
    secret = re.search(r'value="(dg_[^"]+)"', made.text)
    assert secret
    page = clerk.get("/me")
    assert secret[1] not in page.text
    assert re.search(r"夜里的脚本 .{0,40}从未使用", words(page))
    bearer = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    page = clerk.get("/me")
    assert not re.search(r"夜里的脚本 .{0,40}从未使用", words(page))
    token = re.search(r"/me/tokens/([0-9a-f-]{36})/revoke(?![\s\S]*/revoke)", page.text)
    assert token
    clerk.post(f"/me/tokens/{token[1]}/revoke")
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_token_of_somebody_else_is_nobodys_to_revoke(clerk: Visitor, admin: Visitor) -> None:
    admin.get("/me")
    admin.post("/me/tokens", name="the boss's")
    token = re.search(r"/me/tokens/([0-9a-f-]{36})/revoke", admin.get("/me").text)
    assert token
    clerk.get("/me")
    assert clerk.post(f"/me/tokens/{token[1]}/revoke").status_code == 404
    assert token[1] in admin.get("/me").text


def test_another_device_is_seen_and_signed_out(clerk: Visitor, app: Flask) -> None:
    phone = Visitor(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = CHROME
    phone.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    phone.sign_in("bob@demo.test")
    page = clerk.get("/me")
    said = words(page)
    assert "Chrome · Windows" in said
    assert "203.0.113.9" in said
    assert "当前设备" in said
    session = re.search(r'name="session" value="([0-9a-f]{24})"', page.text)
    assert session
    clerk.post("/me/sessions/end", session=session[1])
    assert clerk.get("/", follow=False).status_code == 200


def test_all_others_are_signed_out_and_this_one_stays(clerk: Visitor, app: Flask) -> None:
    others = [Visitor(app).sign_in("bob@demo.test") for _ in range(2)]
    clerk.get("/me")
    clerk.post("/me/sessions/end")
    assert [each.get("/", follow=False).status_code for each in others] == [303, 303]
    assert clerk.get("/", follow=False).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(clerk: Visitor, admin: Visitor, app: Flask) -> None:
    Visitor(app).sign_in()
    session = re.search(r'name="session" value="([0-9a-f]{24})"', admin.get("/me").text)
    assert session
    clerk.get("/me")
    clerk.post("/me/sessions/end", session=session[1])
    assert session[1] in admin.get("/me").text


def test_ones_own_name_is_changed_and_a_blank_one_refused(clerk: Visitor) -> None:
    clerk.get("/me")
    assert "鲍勃" in clerk.post("/me/name", name=" 鲍勃 ", follow=True).text
    refused = clerk.post("/me/name", name="")
    assert (refused.status_code, "必填" in refused.text) == (422, True)
    long = clerk.post("/me/name", name="长" * 101)
    assert (long.status_code, "长" * 101 in long.text) == (422, True)
    clerk.post("/me/name", name="bob")


def test_notices_one_does_not_want_do_not_come(clerk: Visitor, app: Flask) -> None:
    clerk.get("/me")
    clerk.post("/me/notices", kind="mentioned")
    inst = app.extensions["dougong"]
    with inst.database.tenant("demo").read() as conn:
        assert len(preferences.refusing(conn, "commented")) == 1
        assert not preferences.refusing(conn, "mentioned")
    bob = str(makers.member(inst, "demo", "bob", [], ()).member)
    for kind, told in (("commented", []), ("mentioned", [bob])):
        act = lambda tx, kind=kind: tell(tx, [bob], kind, "shop.goods", None)  # noqa: E731
        assert transaction(inst, "demo", operator("demo"), act) == told
    page = clerk.get("/me").text
    assert re.search(r'value="mentioned" checked', page)
    assert not re.search(r'value="commented" checked', page)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (CHROME, "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0", "微信 · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/17 Safari/605", "Safari · macOS"),
        ("", "未知设备"),
        ("<script>", "未知设备"),
    ],
)
def test_devices_are_named_in_a_few_words(agent: str, said: str, app: Flask) -> None:
    with app.test_request_context("/"):
        assert named(agent) == said
