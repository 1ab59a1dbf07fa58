"""Values as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dougong.fields.masking import Masked
from dougong.pages.values import Reader, shown, title_of
from tests.fields.making import a_field, a_form

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("name", "value", "kind", "text", "href"),
    [
        ("url", "https://a.cn/", "away", "https://a.cn/", "https://a.cn/"),
        ("email", "a@b.cn", "away", "a@b.cn", "mailto:a@b.cn"),
        ("phone", "010-12345678", "away", "010-12345678", "tel:010-12345678"),
        ("duration", "P2DT3H", "text", "2 d 3 h", ""),
        ("duration", Decimal(5_400), "text", "1 h 30 min", ""),
        ("duration", "PT0S", "text", "0 h", ""),
        ("rating", 4, "stars", "4 / 5", ""),
        ("rating", Decimal(12), "number", "12", ""),
        ("barcode", "SB-1", "code", "SB-1", ""),
        ("secret", "hunter2", "text", "••••", ""),
        ("phone", Masked("138****5678"), "text", "138****5678", ""),
        ("reference", Masked("****"), "text", "****", ""),
        ("attachment", Masked("****"), "text", "****", ""),
        ("money", Masked("****"), "text", "****", ""),
    ],
)
def test_a_value_is_shown_as_what_it_is(name: str, value: Any, kind: str, text: str, href: str) -> None:
    found = shown(a_field(name), value, None, Reader("en", ZONE))
    assert (found.kind, found.text, found.href) == (kind, text, href)


def test_no_record_is_called_by_its_secret() -> None:
    form = a_form(a_field("secret", name="key"), a_field("text", name="name"))
    record = {"number": None, "values": {"key": "hunter2", "name": "a"}, "titles": {}}
    assert title_of(form, record, None, Reader("en", ZONE)) == "a"
