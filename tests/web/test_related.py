"""What points at a record, what it comes to, and what may be begun from it."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask

from dougong.actions.create_record import create_record
from dougong.actions.transition_record import transition_record
from dougong.actions.upload_file import upload_file
from dougong.kernel.actor import Actor
from tests import makers
from tests.web.test_sheets import ask, make_goods
from tests.web.visiting import Visitor, words

CLERK = {"roles": ["clerk"], "actions": ["view", "create", "edit", "submit", "void"]}
CONTRACT = {
    "title": "合同", "kind": "document",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "名称"},
        "whole": {"type": "number", "x-type": "money", "title": "合同额"},
        "paper": {"type": "array", "x-type": "attachment", "items": {"type": "string"}, "title": "附件"},
        "lines": {"type": "array", "title": "交底", "items": {"type": "object", "properties": {
            "what": {"type": "string", "title": "内容"},
            "photo": {"type": "array", "x-type": "attachment", "items": {"type": "string"}, "title": "照片"}}}}}},
    "policies": [CLERK],
}  # fmt: skip
PAYMENT = {
    "title": "付款", "kind": "document",
    "record": {"type": "object", "required": ["amount"], "properties": {
        "contract": {"type": "string", "title": "合同", "x-ref": "yard.contract", "x-ref-where": "$state = 'approved'"},
        "why": {"type": "string", "title": "用途"},
        "amount": {"type": "number", "x-type": "money", "title": "付款额"}}},
    "policies": [{**CLERK, "rows": "own"}],
}  # fmt: skip
SECRET = {
    "title": "密档", "kind": "master",
    "record": {"type": "object", "properties": {
        "contract": {"type": "string", "title": "合同", "x-ref": "yard.contract"}, "note": {"type": "string"}}},
    "policies": [{"roles": ["boss"], "actions": ["view", "create"]}],
}  # fmt: skip
VEILED = {**SECRET, "title": "半密", "policies": [{**CLERK, "fields": {"contract": "hidden"}}]}
SEVERAL = {
    "title": "合集", "kind": "master",
    "record": {"type": "object", "properties": {
        "contracts": {"type": "array", "items": {"type": "string"}, "x-ref": "yard.contract", "title": "合同"}}},
    "policies": [CLERK],
}  # fmt: skip
READ = {**SECRET, "title": "只看", "policies": [{"roles": ["clerk"], "actions": ["view"]}]}


@pytest.fixture(scope="module", autouse=True)
def yard(shop: Flask) -> None:
    inst = shop.extensions["dougong"]
    forms = {
        "contract": CONTRACT,
        "payment": PAYMENT,
        "secret": SECRET,
        "veiled": VEILED,
        "look": READ,
        "several": SEVERAL,
    }
    makers.publish(inst, "demo", {"yard": dict(forms)})


def actor(app: Flask, name: str) -> Actor:
    return makers.member(app.extensions["dougong"], "demo", name, ["clerk"], ())


def contract(app: Flask, name: str, *, submit: bool = True) -> str:
    inst = app.extensions["dougong"]
    values = {"name": name, "whole": 100000}
    return str(create_record(inst, actor(app, "bob"), "yard.contract", values, submit=submit)["id"])


def pay(app: Flask, who: str, to: str, amount: int, *, submit: bool = True) -> str:
    inst = app.extensions["dougong"]
    made = create_record(
        inst, actor(app, who), "yard.payment", {"contract": to, "why": f"付{amount}", "amount": amount}, submit=submit
    )
    return str(made["id"])


def test_what_points_here_is_counted_and_summed_as_far_as_one_may_see(app: Flask, clerk: Visitor) -> None:
    it = contract(app, "甲合同")
    for amount in (1000, 200):
        pay(app, "bob", it, amount)
    pay(app, "bob", it, 30, submit=False)
    pay(app, "eve", it, 4)
    page = clerk.get(f"/f/yard.contract/{it}/related", htmx=True)
    said = words(page)
    assert "付款 3" in said
    assert "1,200.00" in said
    assert "1,204.00" not in said
    assert "付30" in said
    assert "付4 " not in said
    everything = re.search(r'href="(/f/yard\.payment\?filter=[^"]+)"', page.text)
    assert everything
    assert "付1000" in words(clerk.get(everything[1]))


def test_each_form_that_points_here_is_a_tab_and_works_as_an_address(app: Flask, clerk: Visitor) -> None:
    it = contract(app, "签合同")
    pay(app, "bob", it, 900)
    create_record(app.extensions["dougong"], actor(app, "bob"), "yard.several", {"contracts": [it]})
    page = clerk.get(f"/f/yard.contract/{it}/related", htmx=True).text
    tabs = re.findall(r'<a href="([^"]+)"[^>]*data-rel="(rel-\d)"([^>]*)>', page)
    assert [("aria-current" in more, "hx-get" in more) for _, _, more in tabs] == [(True, False), (False, True)]
    assert page.count('class="tl-a"') == 1  # only the first one is looked at yet
    whole = clerk.get(tabs[1][0].replace("&amp;", "&"))
    assert whole.status_code == 200
    shown = re.findall(r'data-rel="(rel-\d)"([^>]*)>', whole.text)
    assert [each for each, more in shown if "aria-current" in more] == ["rel-2"]
    assert re.search(r'id="rel-1"[^>]* hidden', whole.text)
    assert re.search(r'id="rel-2"(?![^>]* hidden)', whole.text)
    assert clerk.get(f"/f/yard.contract/{it}/related?tab=nonsense").text.count("aria-current") >= 1


def test_a_voided_payment_is_listed_but_not_summed(app: Flask, clerk: Visitor) -> None:
    it = contract(app, "废合同")
    gone = pay(app, "bob", it, 700)
    pay(app, "bob", it, 50)
    transition_record(app.extensions["dougong"], actor(app, "bob"), "yard.payment", gone, "void")
    said = words(clerk.get(f"/f/yard.contract/{it}/related", htmx=True))
    assert "付款 2" in said
    assert "付款额 50.00" in said
    assert "已作废" in said


def test_rows_of_subtables_point_too_and_only_ten_are_shown(clerk: Visitor) -> None:
    nail = make_goods(clerk, "指钉")
    for _ in range(11):
        ask(clerk, (nail, "1"), (nail, "2"))
    page = clerk.get(f"/f/shop.goods/{nail}/related", htmx=True)
    assert "申请 11" in words(page)
    assert page.text.count('class="tl-a"') == 10
    assert "查看全部 11 条" in words(page)
    again = clerk.get(f"/f/shop.goods/{nail}/related/shop.ask/lines.thing", htmx=True)
    assert again.text.count('class="tl-a"') == 10


def test_lists_of_records_point_too(app: Flask, clerk: Visitor) -> None:
    one, two = contract(app, "集一"), contract(app, "集二")
    create_record(app.extensions["dougong"], actor(app, "bob"), "yard.several", {"contracts": [one, two]})
    page = clerk.get(f"/f/yard.contract/{two}/related", htmx=True)
    assert "合集 1" in words(page)
    everything = re.search(r'href="(/f/yard\.several\?filter=[^"]+)"', page.text)
    assert everything
    assert clerk.get(everything[1]).status_code == 200
    assert f'href="/f/yard.several/new?contracts={two}"' in clerk.get(f"/f/yard.contract/{two}").text


def test_forms_and_fields_one_may_not_see_do_not_point(app: Flask, clerk: Visitor, other_clerk: Visitor) -> None:
    it = contract(app, "密合同")
    inst, admin = app.extensions["dougong"], makers.member(app.extensions["dougong"], "demo", "admin", [], ())
    for form in ("yard.secret", "yard.veiled", "yard.look"):
        create_record(inst, admin, form, {"contract": it, "note": "暗"})
    said = words(clerk.get(f"/f/yard.contract/{it}/related", htmx=True))
    assert "只看 1" in said
    assert "密档" not in said
    assert "半密" not in said
    for form in ("yard.secret", "yard.veiled", "yard.nothing"):
        assert clerk.get(f"/f/yard.contract/{it}/related/{form}/contract", htmx=True).status_code == 404
    assert clerk.get(f"/f/yard.contract/{it}/related/yard.look/note", htmx=True).status_code == 404
    assert clerk.get("/f/yard.contract/not-an-id/related").status_code == 404
    own = ask(clerk, (make_goods(clerk, "不指"), "1")).headers["Location"]
    assert other_clerk.get(f"{own}/related").status_code == 404


def test_what_may_be_begun_from_a_record_is_offered_where_its_state_allows(app: Flask, clerk: Visitor) -> None:
    good, draft = contract(app, "推合同"), contract(app, "草合同", submit=False)
    page = clerk.get(f"/f/yard.contract/{good}").text
    assert f'href="/f/yard.payment/new?contract={good}"' in page
    assert "/f/yard.secret/new" not in page
    assert "/f/yard.veiled/new" not in page
    assert "/f/yard.look/new" not in page
    assert "/f/yard.payment/new" not in clerk.get(f"/f/yard.contract/{draft}").text
    transition_record(app.extensions["dougong"], actor(app, "bob"), "yard.contract", good, "void")
    assert "/f/yard.payment/new" not in clerk.get(f"/f/yard.contract/{good}").text


def test_the_one_amount_stands_first_in_figures_and_in_words(app: Flask, clerk: Visitor) -> None:
    page = words(clerk.get(f"/f/yard.contract/{contract(app, '大合同')}"))
    assert "100,000.00 元" in page
    assert "壹拾万元整" in page
    clerk.client.set_cookie("lang", "en")
    assert "壹拾万元整" not in words(clerk.get(f"/f/yard.contract/{contract(app, '英合同')}"))


def test_files_from_every_place_are_gathered(app: Flask, clerk: Visitor) -> None:
    inst, bob = app.extensions["dougong"], actor(app, "bob")
    paper, photo = (str(upload_file(inst, bob, name, BytesIO(b"x"))["id"]) for name in ("合同.txt", "现场.txt"))
    values = {"name": "附件合同", "paper": [paper], "lines": [{"what": "一"}, {"what": "二", "photo": [photo]}]}
    made = create_record(inst, bob, "yard.contract", values)["id"]
    page = clerk.get(f"/f/yard.contract/{made}").text
    gathered = page.partition('class="box files-x"')[2].partition("</details>")[0]
    assert "合同.txt" in gathered
    assert "交底 2 照片" in gathered
    assert f"/files/{photo}" in gathered
    alone = create_record(inst, bob, "yard.contract", {"name": "单件"})["id"]
    assert "files-x" not in clerk.get(f"/f/yard.contract/{alone}").text
