"""Which column is which field: names, titles, synonyms, pinyin, likeness; and where the header stands."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.load import load_form
from dougong.definition.model import Form
from dougong.exchange import headers
from dougong.exchange.reading import Row
from dougong.fields.registry import field_types

RECORD: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "no": {"type": "string", "x-number": "E-{seq:4}", "title": "编号"},
        "name": {"type": "string", "title": "项目名称"},
        "phone": {"type": "string", "title": "电话"},
        "amount": {"type": "number", "x-type": "money", "title": "金额"},
        "twice": {"title": "两倍", "x-formula": "amount * 2", "x-type": "money"},
        "address": {"type": "object", "title": "地址", "properties": {"city": {"type": "string", "title": "城市"}}},
        "lines": {
            "type": "array",
            "title": "明细",
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string", "title": "名目"},
                    "amount": {"type": "number", "title": "金额"},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def form() -> Form:
    found, problems = load_form({"title": "项目", "record": RECORD}, field_types(), module="m", name="f")
    assert found is not None, problems
    return found


def guess(form: Form, *heads: str) -> list[str | None]:
    return headers.guess(headers.targets(form, lambda name: True), heads)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("name", "name"),
        ("项目名称", "name"),
        (" 项目 名称* ", "name"),
        ("项目名称（必填）", "name"),
        ("工程名称", "name"),
        ("xmmc", "name"),
        ("XiangMuMingCheng", "name"),
        ("手机号码", "phone"),
        ("Phone", "phone"),
        ("金额（元）", "amount"),
        ("总金额", "amount"),
        ("明细.名目", "lines.what"),
        ("明细-名目", "lines.what"),
        ("lines.what", "lines.what"),
        ("名目", "lines.what"),
        ("address.city", "address.city"),
        ("城市", "address.city"),
        ("编号", "$number"),
        ("单据编号", "$number"),
        ("$version", "$version"),
        ("两倍", None),
        ("完全无关", None),
        ("", None),
        ("<script>", None),
        ("名" * 10_000, None),
    ],
)
def test_a_head_finds_its_field(form: Form, head: str, name: str | None) -> None:
    assert guess(form, head) == [name]


def test_a_better_reason_comes_first_and_no_field_is_given_twice(form: Form) -> None:
    assert guess(form, "总金额", "金额", "金额", "明细.金额") == [None, "amount", None, "lines.amount"]


def test_the_header_is_where_most_heads_are(form: Form) -> None:
    every = headers.targets(form, lambda name: True)
    top = [Row(1, ["项目表"]), Row(3, ["项目名称", "电话", "x"]), Row(4, ["电话", "1"])]
    assert headers.header_row(every, top) == 3
    assert headers.header_row(every, [Row(2, ["a"]), Row(3, ["b"])]) == 2


def test_what_may_not_be_filled_is_no_target(form: Form) -> None:
    assert "amount" not in [each.name for each in headers.targets(form, lambda name: name != "amount")]


def test_the_same_heads_have_the_same_digest() -> None:
    assert headers.digest(["a", "b"]) == headers.digest(["a", "b"]) != headers.digest(["ab"])
