"""Who gets a file, a look at it, or a small picture of it: whoever may read the field that holds it now, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from dougong.actions.create_tenant import create_tenant
from dougong.actions.upload_file import upload_file
from dougong.kernel.actor import operator
from dougong.kernel.ids import new_id
from tests import makers
from tests.pictures import picture
from tests.web.visiting import PASSWORD, Visitor, words

FILES = {"type": "array", "items": {"type": "string"}}
REPORT = {
    "title": "日报", "kind": "master",
    "record": {"type": "object", "properties": {
        "name": {"type": "string", "title": "名称"},
        "seen": {**FILES, "x-type": "image", "title": "照片"},
        "hush": {**FILES, "x-type": "image", "title": "内部照片"},
        "veiled": {**FILES, "x-type": "signature", "title": "签名"},
        "papers": {**FILES, "x-type": "attachment", "title": "附件", "x-options": {"accept": ["pdf"], "max_size": 0.1}}}},
    "policies": [{"roles": ["clerk"], "actions": ["view"], "fields": {"hush": "hidden", "veiled": "masked"}}],
}  # fmt: skip
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
WAYS = ("", "/view", "/thumb")


@pytest.fixture(scope="module")
def site(shop: Flask) -> Iterator[Flask]:
    """The shop with daily reports, which clerks see without some of their pictures; and a firm next door."""
    inst = shop.extensions["dougong"]
    makers.publish(inst, "demo", {"site": {"report": REPORT}})
    create_tenant(inst, "next", title="隔壁", admin="admin@next.test", password=PASSWORD)
    yield shop


def upload(visitor: Visitor, name: str = "照片.png", content: bytes = b"") -> Any:
    sent = {"csrf_token": visitor.token, "$file": (BytesIO(content or picture()), name)}
    return visitor.client.post("/files", data=sent, headers={"HX-Request": "true"})


def id_of(visitor: Visitor, name: str = "照片.png", content: bytes = b"") -> str:
    made = upload(visitor, name, content)
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def got(visitor: Visitor, file: str) -> list[int]:
    answers = [visitor.get(f"/files/{file}{way}", follow=False) for way in WAYS]
    for each in answers:
        each.close()
    return [each.status_code for each in answers]


def test_a_file_is_there_for_who_may_read_its_field_and_for_nobody_else(site: Flask) -> None:
    admin, clerk = Visitor(site).sign_in(), Visitor(site).sign_in("bob@demo.test")
    next_door, anybody = Visitor(site).sign_in("admin@next.test"), Visitor(site)
    held = {
        name: id_of(admin, content=picture("PNG", (5, at + 5))) for at, name in enumerate(("seen", "hush", "veiled"))
    }
    loose, own = id_of(admin), id_of(clerk)
    sheet = admin.open_form("site.report")
    saved = admin.post(sheet, act="save", name="一号楼", **held)
    assert saved.status_code == 303, words(saved)
    assert got(admin, held["hush"]) == [200, 200, 200]
    assert got(clerk, held["seen"]) == [200, 200, 200]
    assert got(clerk, own) == [200, 200, 200]
    for file in (held["hush"], held["veiled"], loose, new_id(), "..%2Fx", "stamp2"):
        assert got(clerk, file) == [404, 404, 404]
    assert [got(next_door, each) for each in (*held.values(), own)] == [[404, 404, 404]] * 4
    assert got(anybody, held["seen"]) == [303, 303, 303]
    page = clerk.get(saved.headers["Location"]).text
    assert held["seen"] in page
    assert held["hush"] not in page
    assert held["veiled"] not in page
    admin.post(saved.headers["Location"] + "/do/delete", version="1")
    assert got(clerk, held["seen"]) == [404, 404, 404]


def test_only_pictures_and_pdfs_are_shown_in_place_and_nothing_may_run(site: Flask) -> None:
    admin = Visitor(site).sign_in()
    svg = id_of(admin, "图.svg", SVG)
    text, pdf, photo = (
        id_of(admin, "a.xml", b"<?xml version='1.0'?><a/>"),
        id_of(admin, "a.pdf", b"%PDF-1.4"),
        id_of(admin),
    )
    for file in (svg, text):
        assert admin.get(f"/files/{file}/view").status_code == 404
    for address in (f"{svg}", f"{photo}/view", f"{photo}/thumb"):
        answer = admin.get(f"/files/{address}")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()
    shown = admin.get(f"/files/{pdf}/view")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    shown.close()
    assert admin.get(f"/files/{pdf}/thumb").status_code == 404


@pytest.mark.parametrize(
    ("field", "name", "content", "status", "said"),
    [
        ("seen", "图.svg", SVG, 415, "图.svg 不是能显示的图片"),
        ("seen", "合同.pdf", b"%PDF-1.4", 415, "合同.pdf 不是能显示的图片"),
        ("veiled", "图.svg", SVG, 415, "图.svg 不是能显示的图片"),
        ("papers", "图.svg", SVG, 415, "只收 .pdf"),
        ("papers", "合同.pdf", b"%PDF-1.4" + b" " * 200_000, 415, "超过 0.1 MB"),
        ("papers", "合同.pdf", b"%PDF-1.4", 201, ""),
        ("seen", "照片.png", picture(), 201, ""),
        ("no such", "图.svg", SVG, 201, ""),
    ],
)
def test_what_a_field_does_not_take_is_refused_as_it_comes(
    site: Flask, field: str, name: str, content: bytes, status: int, said: str
) -> None:
    admin = Visitor(site).sign_in()
    sent = {"csrf_token": admin.token, "$file": (BytesIO(content), name)}
    address = f"/files?form=site.report&field={field}"
    answer = admin.client.post(address, data=sent, headers={"HX-Request": "true"})
    assert (answer.status_code, said in words(answer)) == (status, True)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
        ("\u202egnp.exe.png", "gnp.exe.png"),
        ("字" * 300 + ".png", "字" * 196 + ".png"),
        ('三层"模板"; filename=x.html.png', '三层"模板"; filename=x.html.png'),
        ("👷‍♂️ photo 100%.png", "👷♂️ photo 100%.png"),
    ],
)
def test_hostile_names_stay_names(site: Flask, name: str, kept: str) -> None:
    admin = Visitor(site).sign_in()
    inst = site.extensions["dougong"]
    made = upload_file(inst, operator("demo"), name, BytesIO(picture()))
    answer = admin.get(f"/files/{made['id']}")
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment;")
    assert not [each for each in said if each in "\r\n" or ord(each) > 126]
    assert made["name"] == kept
    named = said.partition("filename*=UTF-8''")[2]
    assert unquote(named) == kept if named else kept in said.replace('"', "")
    assert "Set-Cookie" not in answer.headers
    answer.close()


def test_a_hundred_megabytes_are_refused_unread_in_a_sentence_and_the_form_keeps_what_was_typed(site: Flask) -> None:
    admin = Visitor(site).sign_in()
    sheet = admin.open_form("site.report")
    admin.post(sheet + "/refresh", htmx=True, name="打了一半")
    answer = admin.client.post(
        "/files", input_stream=BytesIO(b"--x\r\n"), content_type="multipart/form-data; boundary=x",
        headers={"HX-Request": "true", "X-CSRFToken": admin.token}, environ_overrides={"CONTENT_LENGTH": str(100 << 20)},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (413, "#notice")
    assert "提交的内容太大，最多 50 MB" in words(answer)
    again = admin.get(sheet.replace("/sheet/", "/new?sheet="))
    assert "打了一半" in again.text


def test_a_field_takes_only_the_files_it_asks_for(site: Flask) -> None:
    admin = Visitor(site).sign_in()
    sheet = admin.open_form("site.report")
    text, large = id_of(admin, "说明.txt", b"hello"), id_of(admin, "大.pdf", b"%PDF-1.4" + b"0" * 200_000)
    refused = admin.post(sheet, act="save", name="x", seen=text, papers=[text, large])
    said = words(refused)
    assert refused.status_code == 422
    for sentence in ("说明.txt 不是能显示的图片", "这里不收 说明.txt", "大.pdf 超过 0.1 MB"):
        assert sentence in said


def test_what_is_drawn_on_a_picture_is_told_by_the_server(site: Flask) -> None:
    said = Visitor(site).sign_in("bob@demo.test").get("/files/stamp").json
    assert said["time"] == "2026-02-27 18:00"
    assert "bob" in said["person"]
