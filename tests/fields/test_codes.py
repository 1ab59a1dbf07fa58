"""Texts with a spelling of their own: what people type is put right, what cannot be right is refused with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.fields.type import Here, Unreadable
from dougong.kernel.problems import Problem
from dougong.pages.sentences import sentence
from tests.fields.making import TYPES, a_field


def kept(name: str, text: str, here: Here, **more: Any) -> Any:
    kind, field = TYPES[name], a_field(name, **more)
    return kind.read(kind.read_local([text], field, here), field)


def reason(name: str, text: str) -> Any:
    with pytest.raises(Unreadable) as refused:
        TYPES[name].read(text, a_field(name))
    return refused.value.params.get("reason")


@pytest.mark.parametrize(
    ("name", "typed", "wanted"),
    [
        ("phone", " 138 1234 5678 ", "13812345678"),
        ("phone", "+86-138-1234-5678", "13812345678"),
        ("phone", "１３８１２３４５６７８", "13812345678"),
        ("phone", "01012345678", "010-12345678"),
        ("phone", "(0371) 1234567", "0371-1234567"),
        ("phone", "0371-1234567 转 801", "0371-1234567-801"),
        ("phone", "010 12345678-12", "010-12345678-12"),
        ("phone", "+86 10 12345678", "010-12345678"),
        ("phone", "00852 2555 1234", "+85225551234"),
        ("phone", "400-800-1234", "4008001234"),
        ("email", " Zhang.San@Example.COM ", "zhang.san@example.com"),
        ("email", "a＠b.cn", "a@b.cn"),
        ("url", "www.example.com/a", "https://www.example.com/a"),
        ("url", "HTTP://example.com", "http://example.com"),
        ("id_card", "11010519491231002x", "11010519491231002X"),
        ("id_card", "110105 19491231 002X", "11010519491231002X"),
        ("credit_code", "91350100m000100y43", "91350100M000100Y43"),
        ("barcode", " 6901234567892 ", "6901234567892"),
        ("month", "2026-2", "2026-02"),
        ("month", "202602", "2026-02"),
        ("month", "2026年2月", "2026-02"),
        ("month", "2026-02-01", "2026-02"),
        ("month", "2月", "2025-02"),
        ("month", "本月", "2025-08"),
        ("month", "上月", "2025-07"),
        ("duration", "8小时", 28_800),
        ("duration", "1.5h", 5_400),
        ("duration", "2天3小时", 183_600),
        ("duration", "90分钟", 5_400),
        ("duration", "１小时３０分", 5_400),
        ("duration", "8:30", 30_600),
        ("duration", "8", 28_800),
        ("duration", "PT8H", 28_800),
        ("duration", "P1W", 604_800),
        ("rating", "4/5", 4),
        ("rating", "★★★☆☆", 3),
    ],
)
def test_what_people_type_is_kept_in_one_spelling(name: str, typed: str, wanted: Any, here: Here) -> None:
    assert kept(name, typed, here) == wanted


def test_a_bare_number_of_days_is_days_where_the_author_says_so(here: Here) -> None:
    assert kept("duration", "2", here, options={"unit": "d"}) == 172_800


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("id_card", "110105194912310021", "id_card_check"),
        ("id_card", "110105491231002", "old_id_card"),
        ("id_card", "11010519491331002X", "id_card_day"),
        ("id_card", "99010519491231002X", "id_card_region"),
        ("id_card", "1101051949123100", "id_card_length"),
        ("id_card", "11010519491231O02X", "id_card_characters"),
        ("credit_code", "91350100M000100Y44", "credit_code_check"),
        ("credit_code", "9135O100M000100Y43", "credit_code_character"),
        ("credit_code", "91350100M000100Y4", "credit_code_length"),
        ("phone", "12345678", "area_code"),
        ("phone", "12812345678", "mobile"),
        ("url", "javascript:alert(1)//a.cn", "scheme"),
        ("month", "2026-13", "no_such_month"),
        ("duration", "P1M", "calendar_duration"),
        ("secret", "••••", "mask"),
    ],
)
def test_a_refusal_says_why_in_a_sentence_of_its_own(name: str, text: str, wanted: str) -> None:
    assert reason(name, text) == wanted
    with pytest.raises(Unreadable) as refused:
        TYPES[name].read(text, a_field(name))
    said = sentence(Problem(refused.value.code, params=refused.value.params), "en")
    assert said != sentence(Problem("format"), "en")
    assert "{" not in said


def test_every_single_slip_in_an_identity_number_or_a_credit_code_is_caught() -> None:
    for name, code in (("id_card", "11010519491231002X"), ("credit_code", "91350100M000100Y43")):
        kind, field = TYPES[name], a_field(name)
        for place in range(17):
            for other in "0123456789":
                wrong = code[:place] + other + code[place + 1 :]
                if wrong != code:
                    with pytest.raises(Unreadable):
                        kind.read(wrong, field)


def test_a_link_leads_only_where_it_says() -> None:
    for text in ("https://bank.cn@evil.test/", "https://a.cn\\@b.cn", "https://a.cn/\u202egpj", "data:text/html,a"):
        assert reason("url", text) in (None, "scheme")


def test_stars_end_where_the_author_says() -> None:
    kind, field = TYPES["rating"], a_field("rating", options={"max": 3})
    assert [each for each, _ in kind.choices(field)] == [1, 2, 3]
    with pytest.raises(Unreadable, match="range"):
        kind.read(4, field)


def test_a_duration_computed_by_a_formula_is_whole_seconds() -> None:
    from decimal import Decimal

    kind, field = TYPES["duration"], a_field("duration")
    assert kind.settle(Decimal("5400.5"), field) == 5_401
    assert kind.write(5_401, field) == "PT1H30M1S"
