"""The bell: who is told what, and that a notice says nothing its reader may not see any more."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from dougong.kernel.clock import FixedClock
from tests.web.test_comments import goods, say
from tests.web.test_records import submitted
from tests.web.visiting import Visitor, words


def test_a_mention_rings_and_is_read_by_opening_the_record(clerk: Visitor, other_clerk: Visitor) -> None:
    address = goods(clerk, "铃钉")
    other_clerk.post("/notices/read")
    assert other_clerk.get("/notices/bell?n=0", htmx=True).status_code == 204
    say(clerk, address, "@eve 价格对吗")
    bell = other_clerk.get("/notices/bell?n=0", htmx=True)
    assert (bell.status_code, "1 条新通知" in bell.text) == (200, True)
    page = other_clerk.get("/notices")
    assert "bob 提到了你：商品 铃钉" in words(page)
    assert "@eve 价格对吗" in words(page)
    assert f'href="{address}#trail"' in page.text
    assert "bob 提到了你" not in words(clerk.get("/notices"))
    other_clerk.get(address)
    assert other_clerk.get("/notices/bell?n=0", htmx=True).status_code == 204
    assert "没有未读通知" in words(other_clerk.get("/notices"))
    assert "铃钉" in words(other_clerk.get("/notices?show=all"))


def test_a_decision_is_told_to_the_applicant(clerk: Visitor, admin: Visitor) -> None:
    clerk.post("/notices/read")
    address = submitted(clerk, "决钉")
    admin.get(address)
    admin.post(f"{address}/do/reject", version="1")
    page = clerk.get("/notices")
    assert "admin 拒绝了：申请" in words(page)
    one = re.search(r'action="/notices/([0-9a-f-]{36})/read"', page.text)
    assert one
    assert clerk.post(f"/notices/{one[1]}/read", htmx=True).status_code == 200
    assert "没有未读通知" in words(clerk.get("/notices"))


def test_a_record_one_cannot_see_any_more_has_no_title_and_no_words(clerk: Visitor, other_clerk: Visitor) -> None:
    other_clerk.post("/notices/read")
    address = goods(clerk, "密钉")
    say(clerk, address, "@eve 悄悄话")
    clerk.get(address)
    assert clerk.post(f"{address}/do/delete", version="1").status_code == 303
    page = other_clerk.get("/notices")
    assert "你已不能查看这条记录" in words(page)
    for secret in ("密钉", "悄悄话", address):
        assert secret not in page.text
    assert other_clerk.post("/notices/read").status_code == 303
    assert "没有未读通知" in words(other_clerk.get("/notices"))


def test_a_deleted_comment_is_not_told_on(clerk: Visitor, other_clerk: Visitor) -> None:
    other_clerk.post("/notices/read")
    address = goods(clerk, "删评")
    made = say(clerk, address, "@eve 收回的话")
    clerk.post(f"{address}/comments/{made}/delete")
    page = words(other_clerk.get("/notices"))
    assert "删评" in page
    assert "收回的话" not in page


def test_the_bell_is_for_members(anybody: Visitor) -> None:
    assert anybody.get("/notices/bell?n=0", htmx=True).status_code == 401
    assert anybody.get("/notices", follow=False).status_code == 303


def test_the_bell_keeps_nobody_signed_in(app: Flask, clerk: Visitor, clock: FixedClock) -> None:
    hours = app.extensions["dougong"].settings.session_hours
    for _ in range(2):
        clock.advance(timedelta(hours=hours) / 2 + timedelta(minutes=1))
        last = clerk.get("/notices/bell?n=0", htmx=True)
    assert last.status_code == 401
