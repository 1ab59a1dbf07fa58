"""Lists: the address is the question; filter, sort, search and pages; empty lists say why."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.test_sheets import make_goods
from tests.web.visiting import Visitor, words


def test_the_filter_builder_writes_the_address(clerk: Visitor) -> None:
    make_goods(clerk, "滤钉", "7")
    built = clerk.get("/f/shop.goods/filter?f0=name&o0=contains&v0=滤&f1=price&o1=>=&v1=7", htmx=True)
    assert built.headers["HX-Push-Url"] == "/f/shop.goods?filter=" + quote(
        'contains(name, "滤") and price >= 7'
    ).replace("%20", "+")
    assert "滤钉" in built.text
    assert "1 条" in words(built)
    assert clerk.get("/f/shop.goods/filter?f0=name&o0=contains&v0=滤", follow=False).status_code == 303


def test_the_builder_without_scripts_leads_to_the_same_list(clerk: Visitor) -> None:
    make_goods(clerk, "素钉")
    assert "素钉" in clerk.get("/f/shop.goods/filter?f0=name&o0=%3D&v0=素钉").text


def test_the_rows_of_an_address_are_shown_again(clerk: Visitor) -> None:
    page = clerk.get('/f/shop.goods?filter=kind = "大"')
    assert '<option value="大" selected>' in page.text
    free = clerk.get('/f/shop.goods?filter=kind = "大" or price %2B 1 > 3')
    assert "list-formula" in free.text


@pytest.mark.parametrize(
    "text", ["nothing = 1", "name = (", "cost > 1", "name > 3", "sum(1", "price / 0 > name", "x" * 20_000, "\x00"]
)
def test_a_bad_filter_is_explained_and_the_list_stays(text: str, clerk: Visitor) -> None:
    page = clerk.get(f"/f/shop.goods?filter={quote(text)}")
    assert page.status_code == 200
    assert 'id="list-refused"' in page.text


def test_columns_one_may_not_see_are_not_offered(clerk: Visitor, admin: Visitor) -> None:
    assert "成本" in admin.get("/f/shop.goods").text
    assert "成本" not in clerk.get("/f/shop.goods").text


@pytest.mark.parametrize("address", ["?sort=nothing", "?sort=cost", "?after=forged", "?sort=a,b,c,d,e,f,g"])
def test_what_cannot_be_asked_is_a_clear_refusal(address: str, clerk: Visitor) -> None:
    page = clerk.get(f"/f/shop.goods{address}")
    assert page.status_code == 400
    assert "编号" in page.text


def test_sorting_by_a_head_goes_both_ways(clerk: Visitor) -> None:
    make_goods(clerk, "排钉甲", "1")
    make_goods(clerk, "排钉乙", "2")
    up, down = clerk.get("/f/shop.goods?q=排钉&sort=price").text, clerk.get("/f/shop.goods?q=排钉&sort=-price").text
    assert up.index("排钉甲") < up.index("排钉乙")
    assert down.index("排钉乙") < down.index("排钉甲")
    assert 'aria-sort="ascending"' in up
    assert "sort=-price" in up


def test_fifty_more_follow_without_repeating_any(admin: Visitor) -> None:
    for index in range(53):
        make_goods(admin, f"页钉{index:02d}")
    first = admin.get("/f/shop.goods?q=页钉")
    more = first.text.partition('id="more"')[2].partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rest = admin.get(more, htmx=True)
    seen = [name for page in (first, rest) for name in [f"页钉{i:02d}" for i in range(53)] if f">{name}<" in page.text]
    assert len(seen) == len(set(seen)) == 53
    assert 'id="more"' not in rest.text


def test_nothing_yet_and_nothing_found_are_two_texts(clerk: Visitor, other_clerk: Visitor) -> None:
    assert "还没有申请" in words(other_clerk.get("/f/shop.ask"))
    assert "没有符合条件的记录" in words(clerk.get("/f/shop.goods?q=天外飞仙"))


def test_a_form_one_may_not_see_does_not_exist(clerk: Visitor) -> None:
    assert clerk.get("/f/shop.nothing").status_code == 404
    assert clerk.get("/f/nonsense").status_code == 404


def test_search_takes_any_characters_as_they_are(clerk: Visitor) -> None:
    make_goods(clerk, '50%"_钉')
    assert "1 条" in words(clerk.get("/f/shop.goods?q=" + quote('50%"_')))
    assert "0 条" in words(clerk.get("/f/shop.goods?q=" + quote('5_%"')))


def test_the_menu_shows_the_forms_one_may_open(clerk: Visitor) -> None:
    menu = words(clerk.get("/apps"))
    assert "商品" in menu
    assert "申请" in menu
