"""Every route says who may call it, answers with strict headers and takes changes from our own pages only."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from dougong.app import create_app
from dougong.kernel.errors import Refused
from dougong.web.policy import policy_of, require_policies
from tests.web.visiting import Visitor


def test_every_route_declares_its_policy(app: Flask) -> None:
    named = {policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert named <= {"public", "member", "admin", "token"}
    public = {rule.rule for rule in app.url_map.iter_rules() if policy_of(app, rule.endpoint) == "public"}
    assert public == {
        "/login",
        "/login/demo",
        "/logout",
        "/welcome/<secret>",
        "/healthz",
        "/readyz",
        "/static/<path:filename>",
    }


def test_a_route_without_policy_keeps_the_application_from_starting(app: Flask) -> None:
    bare = create_app(installation=app.extensions["dougong"])
    bare.add_url_rule("/open-door", "open_door", lambda: "come in")
    with pytest.raises(Refused) as refused:
        require_policies(bare)
    assert refused.value.params == {"endpoint": "open_door"}


def test_without_signing_in_every_page_leads_to_the_sign_in_page(app: Flask, anybody: Visitor) -> None:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and policy_of(app, rule.endpoint) in ("member", "admin"):
            address = re.sub(r"<[^>]+>", "x", rule.rule)
            answer = anybody.get(address, follow=False)
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/login"), address


def test_pages_for_admins_are_closed_to_others(clerk: Visitor, admin: Visitor) -> None:
    assert admin.get("/admin").status_code == 200
    assert clerk.get("/admin").status_code == 403


PAGES = [
    "/",
    "/apps",
    "/me",
    "/login?next=/me/again",
    "/f/shop.goods",
    "/f/shop.ask",
    "/f/shop.goods/new",
    "/f/shop.ask/new",
    "/admin/members",
    "/admin/members/new",
    "/admin/departments",
    "/admin/roles/clerk",
    "/admin/modules/shop",
    "/admin/audit",
    "/admin/jobs",
    "/admin/mail",
    "/admin/usage",
    "/nope",
]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_inline_code_or_anything_from_elsewhere(address: str, admin: Visitor) -> None:
    page = admin.get(address)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page.text)
    assert all('src="/static/' in each for each in re.findall(r"<script[^>]*>", page.text))
    assert not re.search(r"""(?:src|href|action|hx-\w+)=["'](?:https?:)?//""", page.text)


def test_pages_are_not_kept_by_caches(admin: Visitor) -> None:
    answer = admin.get("/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_change_without_the_pages_token_is_refused(admin: Visitor) -> None:
    refused = admin.client.post("/me/look", data={"lang": "en"})
    assert refused.status_code == 403
    assert "刷新" in refused.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_change_from_another_site_is_refused(headers: dict[str, str], admin: Visitor) -> None:
    refused = admin.client.post("/me/look", data={"lang": "en", "csrf_token": admin.token}, headers=headers)
    assert refused.status_code == 403
    assert "别的网站" in refused.text


def test_health(anybody: Visitor) -> None:
    assert anybody.get("/healthz").text == "ok\n"
    assert anybody.get("/readyz").text == "ready\n"
