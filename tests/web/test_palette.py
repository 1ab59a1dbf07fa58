"""Ctrl K finds forms, records and acts; favourites and what was opened lately are at hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dougong.kernel.clock import FixedClock
from dougong.web.palette import fits
from tests.web.test_sheets import make_goods
from tests.web.visiting import Visitor, words


def test_a_form_is_found_by_its_pinyin_and_so_is_the_act_of_writing_one(clerk: Visitor) -> None:
    found = clerk.get("/find?q=sp", htmx=True)
    assert 'href="/f/shop.goods"' in found.text
    assert 'href="/f/shop.goods/new"' in found.text


def test_a_record_is_found_by_its_name_and_nobody_finds_what_is_not_his(clerk: Visitor, other_clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    clerk.post(sheet, act="save", what="独一无二的事")
    assert "独一无二的事" in words(clerk.get("/find?q=独一无二"))
    assert "独一无二的事" not in words(other_clerk.get("/find?q=独一"))


def test_what_is_hidden_from_the_clerk_is_not_found_either(clerk: Visitor, admin: Visitor) -> None:
    assert "/admin" not in clerk.get("/find?q=admin&part=1", htmx=True).text
    assert "没有找到" in words(clerk.get("/find?q=没有这样的东西"))


def test_a_form_is_kept_at_hand_and_put_away(clerk: Visitor) -> None:
    for _ in range(2):
        assert clerk.post("/f/shop.goods/favourite", keep="1").status_code == 303
    assert clerk.get("/").text.count("收藏</div>") == 1
    clerk.post("/f/shop.goods/favourite", keep="0")
    assert "收藏</div>" not in clerk.get("/").text


def test_a_form_that_is_not_there_is_no_favourite(clerk: Visitor) -> None:
    assert clerk.post("/f/shop.nothing/favourite", keep="1").status_code == 404


def test_what_was_opened_lately_comes_first(clerk: Visitor, clock: FixedClock) -> None:
    for name in ("先看的", "后看的"):
        clock.advance(timedelta(minutes=1))
        clerk.get("/f/shop.goods/" + make_goods(clerk, name))
    found = words(clerk.get("/find", htmx=True))
    assert found.index("后看的") < found.index("先看的")


@pytest.mark.parametrize("asked", ["'\"<script>", "a" * 500, "(((", "\\", "%", "🙂"])
def test_strange_words_are_only_words(clerk: Visitor, asked: str) -> None:
    found = clerk.get(f"/find?q={asked}", htmx=True)
    assert found.status_code == 200
    assert "<script>" not in found.text


@pytest.mark.parametrize("typed", ["点工", "dgd", "diangong", "DG", "工 单"])
def test_titles_fit_words_pinyin_and_initials(typed: str) -> None:
    assert fits("点工单", typed)
    assert not fits("付款申请", typed)
