"""Imports on the screen: bring a file, match columns, look at the dry run, write, take back; each refusal is a sentence."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from dougong.actions.run_jobs import run_jobs
from tests.exchange.books import book, csv
from tests.web.visiting import Visitor, words


def bring(visitor: Visitor, content: bytes, name: str = "商品.csv", form: str = "shop.goods") -> TestResponse:
    visitor.get(f"/f/{form}/import")
    sent: dict[str, Any] = {"csrf_token": visitor.token, "file": (io.BytesIO(content), name)}
    return visitor.client.post(f"/f/{form}/import", data=sent, content_type="multipart/form-data")


def brought(visitor: Visitor, content: bytes, name: str = "商品.csv") -> str:
    """The address of the import."""
    answer = bring(visitor, content, name)
    assert answer.status_code == 303, answer.text
    visitor.get(answer.location)
    return str(answer.location)


def work(app: Flask) -> None:
    run_jobs(app.extensions["dougong"], "demo")


def checked(app: Flask, visitor: Visitor, address: str, **chosen: str) -> TestResponse:
    columns = {"c0": "name", "c1": "price", "mode": "create", **chosen}
    assert visitor.post(f"{address}/check", more=columns).status_code == 303
    assert "hx-get" in visitor.get(address).text
    work(app)
    return visitor.get(address)


def test_from_the_file_to_the_list_and_back(app: Flask, admin: Visitor) -> None:
    address = brought(admin, csv("名称,价格", "入钉,1.5", "入板,2"))
    page = admin.get(address)
    assert '<option value="name" selected>' in page.text
    assert '<option value="price" selected>' in page.text
    assert "入钉 · 入板" in page.text
    assert "2 行都可以导入" in words(checked(app, admin, address))
    assert admin.post(f"{address}/do/write").status_code == 303
    work(app)
    done = admin.get(address)
    assert "新增 2 条" in words(done)
    assert "入钉" in admin.get("/f/shop.goods?q=入钉").text
    link = done.text.split('class="btn pri" href="')[1].split('"')[0].replace("&#34;", '"').replace("&amp;", "&")
    listed = admin.get(link)
    assert "入钉" in listed.text
    assert "2 条" in words(listed)
    assert admin.post(f"{address}/do/undo").status_code == 303
    work(app)
    assert "删除 2 条" in words(admin.get(address))
    assert "入钉" not in admin.get("/f/shop.goods").text


def test_errors_are_shown_and_marked_in_a_workbook(app: Flask, admin: Visitor) -> None:
    rows = [["名称", "价格"], ["好板", 1], ["=HYPERLINK(1)", -5], ["坏板", "x"]]
    address = brought(admin, book(("一", rows)), "坏.xlsx")
    page = words(checked(app, admin, address))
    assert "有 2 行不能导入，其余 1 行没有问题" in page
    assert "3 单价 -5 不能小于 0" in page
    answer = admin.get(f"{address}/errors.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["名称", "价格", "要改什么"]
    assert sheet[1] == ["好板", 1, ""]
    assert sheet[2][:2] == ["=HYPERLINK(1)", -5]
    assert "单价：不能小于 0" in sheet[2][2]
    assert b"<f>" not in answer.data
    assert admin.post(f"{address}/do/write").status_code == 409
    assert admin.post(f"{address}/do/write-good").status_code == 303
    work(app)
    assert "有 2 行没有导入" in words(admin.get(address))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.csv", "空.csv"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "报表.xlsx", "内容和文件名不符"),
        (b"PK\x03\x04" + b"x" * 100, "半.xlsx", "损坏或不完整"),
        (b"a,b\n1,2\n", "表.pdf", "不能是 .pdf"),
        (b'a,b\n"1,2\n', "引.csv", "引号没有配对"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(admin: Visitor, content: bytes, name: str, said: str) -> None:
    answer = bring(admin, content, name)
    assert answer.status_code in (400, 413, 415), answer.text
    assert said in words(answer)
    assert 'type="file"' in answer.text


def test_a_file_above_the_limit_is_answered_within_the_page(app: Flask, admin: Visitor, anybody: Visitor) -> None:
    page = admin.get("/f/shop.goods/import").text
    limit = app.extensions["dougong"].settings.upload_limit
    assert f'data-limit="{limit}"' in page
    assert 'data-too-large="这个文件超过 50 MB' in page
    address, sent = "/f/shop.goods/import", {"content_type": "multipart/form-data; boundary=x"}
    large = {"CONTENT_LENGTH": str(60 << 20)}
    answer = admin.client.post(address, input_stream=io.BytesIO(b"--x\r\n"), environ_overrides=large, **sent)
    assert answer.status_code == 413
    assert "这个文件超过 50 MB" in words(answer)
    assert 'type="file"' in answer.text
    stranger = anybody.client.post(address, input_stream=io.BytesIO(b"--x\r\n"), environ_overrides=large, **sent)
    assert (stranger.status_code, "/login" in stranger.location) == (303, True)


def test_a_file_just_above_the_limit_is_told_the_same_way(app: Flask, admin: Visitor) -> None:
    limit = app.extensions["dougong"].settings.upload_limit
    admin.get("/f/shop.goods/import")
    parts = (("csrf_token", admin.token.encode()), ('file"; filename="大.csv', b"a" * (limit + 1)))
    raw = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in parts
    )
    answer = admin.client.post(
        "/f/shop.goods/import", input_stream=io.BytesIO(raw + b"--x--"), content_type="multipart/form-data; boundary=x",
        content_length=len(raw) + 5,
    )  # fmt: skip
    assert (answer.status_code, "这个文件超过 50 MB" in words(answer)) == (413, True)


def test_no_file_at_all(admin: Visitor) -> None:
    admin.get("/f/shop.goods/import")
    answer = admin.post("/f/shop.goods/import")
    assert (answer.status_code, "先选一个文件" in answer.text) == (422, True)


def test_what_was_chosen_survives_a_refusal(admin: Visitor) -> None:
    address = brought(admin, csv("甲,乙", "x,1"))
    answer = admin.post(f"{address}/check", more={"c0": "name", "c1": "name", "mode": "create"})
    assert answer.status_code == 422
    assert "有两列都填到“名称”" in words(answer)
    assert answer.text.count('<option value="name" selected>') == 2
    none = admin.post(f"{address}/check", more={"mode": "create"})
    assert "至少选一列" in words(none)


def test_required_fields_that_nothing_fills_are_named(admin: Visitor) -> None:
    address = brought(admin, csv("价格", "1"))
    assert "这些必填项没有列可填" in words(admin.get(address))
    assert "必填" not in words(admin.get(f"{address}/missing?c0=name", htmx=True))


def test_hostile_heads_and_cells_are_only_text(app: Flask, admin: Visitor) -> None:
    head = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    address = brought(admin, book(("<b>页", [[head, "名称"], ["<script>1</script>", "=1+1"]])), "<i>名</i>.xlsx")
    page = admin.get(address).text
    assert "<img src=x" not in page
    assert "<script>1" not in page
    assert "{{7*7}}" in page
    assert "<i>名" not in page


def test_nobody_sees_the_import_of_another(app: Flask, admin: Visitor, clerk: Visitor) -> None:
    address = brought(admin, csv("名称,价格", "密钉,1"))
    for path in ("", "/errors.xlsx", "/progress", "/missing"):
        assert clerk.get(address + path).status_code == 404
    for path in ("/check", "/do/write", "/do/undo", "/do/drop", "/table"):
        assert clerk.post(address + path, more={"c0": "name"}).status_code == 404
    assert clerk.get("/f/shop.goods/import").status_code == 403
    assert bring(clerk, csv("名称", "x")).status_code == 403
    assert "商品.csv" not in clerk.get("/imports").text
    assert "商品.csv" in admin.get("/imports").text


def test_a_template_explains_its_columns(admin: Visitor) -> None:
    answer = admin.get("/f/shop.ask/import/template.xlsx")
    made = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    heads = made.get_sheet_by_index(0).to_python()[0]
    assert "事由*" in heads
    assert "明细.商品*" in heads
    assert "合计" not in heads
    assert made.sheet_names[1] == "说明"


def test_progress_is_polled_until_the_page_changes(app: Flask, admin: Visitor) -> None:
    address = brought(admin, csv("名称,价格", "进钉,1"))
    admin.post(f"{address}/check", more={"c0": "name", "c1": "price", "mode": "create"})
    going = admin.get(f"{address}/progress", htmx=True)
    assert "<progress" in going.text
    work(app)
    assert admin.get(f"{address}/progress", htmx=True).headers["HX-Redirect"] == address


def test_a_stale_button_is_told(app: Flask, admin: Visitor) -> None:
    address = brought(admin, csv("名称,价格", "陈钉,1"))
    assert admin.post(f"{address}/do/undo").status_code == 409
    assert admin.post(f"{address}/do/nothing").status_code == 400
    assert admin.post(f"{address}/do/drop").status_code == 303
    assert admin.get(address).status_code == 404


def test_a_column_without_a_head_can_be_left_out_or_taken(app: Flask, admin: Visitor) -> None:
    address = brought(admin, csv("名称", "宽钉,3", "窄钉"))
    assert "第 2 列" in words(admin.get(address))
    assert "2 行都可以导入" in words(checked(app, admin, address, c1=""))
    admin.post(f"{address}/do/again")
    assert "2 行都可以导入" in words(checked(app, admin, address, c1="price"))


def test_heads_that_stand_twice_are_given_once(app: Flask, admin: Visitor) -> None:
    address = brought(admin, csv("名称,名称,价格", "重钉,x,1"))
    assert admin.get(address).text.count('<option value="name" selected>') == 1
