"""What is told of a value to somebody who may not read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.fields.masking import Masked, masked
from dougong.storage import exact_json
from tests.fields.making import TYPES, a_field


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("phone", "13812345678", "138****5678"),
        ("phone", "010-12345678-801", "010-****5678"),
        ("phone", "10086", "****"),
        ("id_card", "11010519491231002X", "1101**********002X"),
        ("credit_code", "91350100M000100Y43", "91************0Y43"),
        ("email", "fang@x.cn", "f***@x.cn"),
        ("email", "f@x.cn", "***@x.cn"),
        ("url", "https://a.cn/key=1", "https://a.cn/****"),
        ("text", "6222 0212 3456 7890", "****7890"),
        ("text", "张三", "****"),
        ("money", Decimal("12.50"), "****"),
        ("secret", "hunter2", "••••"),
        ("attachment", ("01890000-0000-7000-8000-00000000000a",), "****"),
    ],
)
def test_each_type_has_its_mask(name: str, value: Any, wanted: str) -> None:
    assert masked(TYPES[name], a_field(name), value) == wanted


@pytest.mark.parametrize(
    ("mask", "text", "wanted"),
    [
        ("phone", "13812345678", "138****5678"),
        ("id_card", "11010519491231002X", "1101**********002X"),
        ("id_card", "1101", "****"),
        ("bank_account", "6222021234567890", "****7890"),
        ("email", "no address", "****"),
        ("url", "secret", "****"),
        ("##****##", "622202123456", "62****56"),
        ("***####", "622202123456", "****3456"),
        ("##****##", "6222", "****"),
        ("####", "622202123456", "****"),
        ("", "622202123456", "****"),
    ],
)
def test_an_author_may_name_another_mask_or_draw_one(mask: str, text: str, wanted: str) -> None:
    assert masked(TYPES["text"], a_field("text", mask=mask), text) == wanted


def test_no_pattern_uncovers_a_secret() -> None:
    assert masked(TYPES["secret"], a_field("secret", mask="###*"), "hunter2 and more") == "••••"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_mask_is_the_value_and_none_of_them_fails(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    for value in kind.samples(field) if name != "subtable" else ():
        found = masked(kind, field, value)
        assert isinstance(found, Masked)
        assert found != kind.write_text(value, field)
        assert exact_json.loads(exact_json.dumps(found)) == found


def test_that_nothing_is_there_is_told() -> None:
    assert masked(TYPES["phone"], a_field("phone"), None) is None
    assert masked(TYPES["tags"], a_field("tags"), ()) is None
