"""The record page: what one may do, asks before what cannot be taken back, tells what was changed."""

from __future__ import annotations

from flask import Flask

from tests import makers
from tests.web.test_sheets import ask, make_goods
from tests.web.visiting import Visitor, words


def submitted(clerk: Visitor, name: str) -> str:
    done = ask(clerk, (make_goods(clerk, name), "1"))
    assert done.status_code == 303, words(done)
    return str(done.headers["Location"])


def test_only_an_admin_approves_and_the_applicant_may_withdraw(clerk: Visitor, admin: Visitor) -> None:
    address = submitted(clerk, "批钉")
    mine, boss = clerk.get(address).text, admin.get(address).text
    assert "撤回" in mine
    assert "同意" not in mine
    assert "同意" in boss
    assert clerk.post(f"{address}/do/approve").status_code == 403
    admin.get(address)
    assert admin.post(f"{address}/do/approve", version="1").status_code == 303
    assert "已通过" in admin.get(address).text


def test_rejecting_asks_once_more_and_says_what_it_means(clerk: Visitor, admin: Visitor) -> None:
    address = submitted(clerk, "拒钉")
    asked = admin.get(f"{address}/ask/reject", htmx=True)
    assert "占用的额度随之释放" in asked.text
    assert admin.post(f"{address}/do/reject", version="1").status_code == 303
    assert "已驳回" in clerk.get(address).text
    assert f'href="{address}/edit"' in clerk.get(address).text


def test_who_was_slower_reads_what_happened(clerk: Visitor, admin: Visitor) -> None:
    address = submitted(clerk, "慢钉")
    clerk.get(address)
    assert clerk.post(f"{address}/do/withdraw", version="1").status_code == 303
    late = admin.post(f"{address}/do/approve", version="1", htmx=True)
    assert late.status_code in (409, 412)
    assert late.headers["HX-Retarget"] == "#dialog"
    again = clerk.post(f"{address}/do/withdraw", htmx=True)
    assert (again.status_code, "已经做过了" in words(again)) == (409, True)


def test_deleting_leads_to_the_list_and_can_be_undone(clerk: Visitor) -> None:
    made = make_goods(clerk, "删钉")
    address = f"/f/shop.goods/{made}"
    clerk.get(address)
    assert clerk.post(f"{address}/do/delete", version="1", htmx=True).headers["HX-Redirect"] == "/f/shop.goods"
    assert made not in clerk.get("/f/shop.goods?q=删钉").text
    bin_page = clerk.get(address)
    assert "在回收站" in bin_page.text
    assert clerk.post(f"{address}/do/restore").status_code == 303
    assert "使用中" in clerk.get(address).text


def test_what_is_pointed_at_is_not_deleted(clerk: Visitor) -> None:
    nail = make_goods(clerk, "连钉")
    ask(clerk, (nail, "1"))
    refused = clerk.post(f"/f/shop.goods/{nail}/do/delete", version="1", htmx=True)
    assert (refused.status_code, "在引用它" in words(refused)) == (409, True)


def test_the_history_names_old_and_new_but_nothing_hidden(clerk: Visitor, admin: Visitor) -> None:
    made = make_goods(clerk, "史钉", "3")
    admin.post(admin.open_form("shop.goods", made), act="save", price="4", cost="1.23")
    mine = words(clerk.get(f"/f/shop.goods/{made}/history", htmx=True))
    assert "3.00" in mine
    assert "4.00" in mine
    assert "1.23" not in mine
    assert "1.23" in words(admin.get(f"/f/shop.goods/{made}/history", htmx=True))


def test_another_members_documents_do_not_exist(clerk: Visitor, other_clerk: Visitor) -> None:
    address = submitted(clerk, "私钉")
    for path in (address, f"{address}/history", f"{address}/edit", f"{address}/ask/void"):
        assert other_clerk.get(path).status_code == 404, path
    assert other_clerk.post(f"{address}/do/withdraw").status_code == 404


def test_acts_nobody_knows_and_ids_that_are_none(clerk: Visitor) -> None:
    made = make_goods(clerk, "怪钉")
    assert clerk.post(f"/f/shop.goods/{made}/do/explode").status_code == 404
    assert clerk.get("/f/shop.goods/not-an-id").status_code == 404
    assert clerk.post("/f/shop.goods/not-an-id/do/delete").status_code == 404
    assert clerk.get(f"/f/shop.goods/{made}/ask/submit").status_code in (200, 409)


def test_the_workbench_shows_what_waits_and_what_is_mine(clerk: Visitor, admin: Visitor) -> None:
    submitted(clerk, "台钉")
    assert "待我处理" in admin.get("/").text
    assert "申请" in words(admin.get("/"))
    mine = words(clerk.get("/"))
    assert "待我处理" not in mine
    assert "我最近填的" in mine


def test_a_record_one_cannot_see_leads_to_the_list(clerk: Visitor, other_clerk: Visitor, anybody: Visitor) -> None:
    gone = other_clerk.get(submitted(clerk, "没钉"))
    assert gone.status_code == 404
    assert "没有这条记录，或者你不能查看" in words(gone)
    assert "请管理员开通" in words(gone)
    assert 'href="/f/shop.ask"' in gone.text
    same = other_clerk.get("/f/shop.ask/not-an-id")
    assert words(gone).split("编号")[0] == words(same).split("编号")[0]
    assert other_clerk.get("/f/shop.nothing/not-an-id").status_code == 404
    assert anybody.get("/f/shop.ask/not-an-id", follow=False).status_code == 303


def test_what_a_document_posted_is_not_what_i_wrote(clerk: Visitor, admin: Visitor, app: Flask) -> None:
    text = {"type": "string", "title": "事由"}
    makers.publish(app.extensions["dougong"], "demo", {"books": {
        "journal": {"title": "记账单", "kind": "document", "record": {"type": "object", "properties": {"why": text}},
                    "effects": [{"id": "book", "on": "approved", "do": "post", "form": "books.entry",
                                 "values": {"why": "why"}}],
                    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "submit"]}]},
        "entry": {"title": "流水账", "kind": "log", "record": {"type": "object", "properties": {"why": text}},
                  "policies": [{"roles": ["clerk"], "actions": ["view"]}]}}})  # fmt: skip
    done = clerk.post(clerk.open_form("books.journal"), act="submit", why="记一笔")
    assert done.status_code == 303
    assert "记一笔" in words(clerk.get("/f/books.entry")), "it was posted"
    mine = words(clerk.get("/")).partition("我最近填的")[2].partition("发起")[0]
    assert ("记账单" in mine, "流水账" in mine) == (True, False), mine
