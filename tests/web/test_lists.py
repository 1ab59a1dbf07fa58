"""Lists: the address is the question; filter, sort, search and pages; empty lists say why."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from dougong.actions.create_record import create_record
from dougong.kernel.actor import operator
from tests import makers
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
    make_goods(admin, "列钉", "3")
    assert "成本" in admin.get("/f/shop.goods").text
    assert "成本" not in clerk.get("/f/shop.goods").text


@pytest.mark.parametrize("address", ["?sort=nothing", "?sort=cost", "?after=forged", "?sort=a,b,c,d,e,f,g"])
def test_what_cannot_be_asked_is_a_clear_refusal(address: str, clerk: Visitor) -> None:
    page = clerk.get(f"/f/shop.goods{address}")
    assert page.status_code == 400
    assert "编号" in page.text
    said = page.text.partition('role="alert"')[2]
    assert 'href="/f/shop.goods"' in said  # the list without the question is one click away


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


# ------------------------------------------------------------------------------------------------ views

WOOD: dict[str, Any] = {
    "part": {
        "title": "构件", "kind": "master",
        "record": {"type": "object", "properties": {
            "name": {"type": "string", "title": "名称"},
            "up": {"type": "string", "x-ref": "wood.part", "x-ref-tree": True, "title": "上级"},
            "kind": {"type": "string", "enum": ["斗", "拱", "昂"], "title": "类别"},
            "day": {"type": "string", "format": "date", "title": "日期"},
            "price": {"type": "number", "x-type": "money", "title": "单价"},
            "cost": {"type": "number", "x-type": "money", "title": "成本"},
            "keeper": {"type": "string", "x-type": "member", "title": "保管人"}}},
        "checks": [{"id": "dear", "rule": "kind <> '昂' or price < 100", "message": "昂不能超过 100 元", "at": "kind"}],
        "policies": [
            {"roles": ["clerk"], "actions": ["view", "create", "edit"], "fields": {"cost": "hidden"}}],
        "views": [
            {"name": "all", "title": "全部", "columns": ["name", "kind", "price", "cost", "up"], "sort": ["name"],
             "totals": {"price": "sum", "cost": "sum"}, "default": True},
            {"name": "dear", "title": "贵的", "columns": ["name", "cost"], "filter": "cost > 5 and price > 5"}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def wood(shop: Flask) -> dict[str, str]:
    """Parts in the shop's firm: ids by name."""
    inst = shop.extensions["dougong"]
    makers.publish(inst, "demo", {"wood": WOOD})
    who, ids = operator("demo"), dict[str, str]()
    for name, up, kind, price in (
        ("栌斗", "", "斗", 10), ("散斗", "栌斗", "斗", 20), ("齐心斗", "散斗", "斗", 30), ("泥道栱", "", "拱", 200),
    ):  # fmt: skip
        values = {"name": name, "kind": kind, "price": price, "cost": 7, "day": "2026-02-1" + str(len(ids))}
        made = create_record(inst, who, "wood.part", {**values, **({"up": ids[up]} if up else {})})
        ids[name] = made["id"]
    return ids


def names(page: Any) -> list[str]:
    """The parts a list shows, in their order."""
    return re.findall(r'class="tl-a[^>]*>([^<]+)<', page.text)


def saved(visitor: Visitor, title: str, **asked: str) -> str:
    """Saves a view; its key."""
    visitor.get("/f/wood.part/views/new")
    answer = visitor.post("/f/wood.part/views", title=title, more=asked)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"].partition("view=")[2]


def test_a_view_is_saved_renamed_chosen_and_deleted(wood: dict[str, str], clerk: Visitor) -> None:
    view = saved(clerk, "便宜的", filter="price < 25", sort="-price", group="kind")
    page = clerk.get(f"/f/wood.part?view={view}")
    assert names(page) == ["散斗", "栌斗"]
    assert "视图有未保存的改动" not in words(page)
    changed = clerk.get(f"/f/wood.part?view={view}&filter=price < 15")
    assert "视图有未保存的改动" in words(changed)
    assert names(changed) == ["栌斗"]
    clerk.post(f"/f/wood.part/views/{view}", act="save", more={"view": view, "filter": "price < 15"})
    clerk.post(f"/f/wood.part/views/{view}", act="rename", title="很便宜")
    clerk.post(f"/f/wood.part/views/{view}", act="star")
    assert names(clerk.get("/f/wood.part")) == ["栌斗"]
    assert "很便宜" in words(clerk.get("/f/wood.part"))
    clerk.post(f"/f/wood.part/views/{view}", act="delete")
    assert len(names(clerk.get("/f/wood.part"))) == 4


def test_a_view_belongs_to_its_member_until_it_is_shared(
    wood: dict[str, str], clerk: Visitor, other_clerk: Visitor, admin: Visitor
) -> None:
    mine = saved(clerk, "我的斗", filter='kind = "斗"')
    assert "我的斗" not in other_clerk.get("/f/wood.part").text
    assert other_clerk.post(f"/f/wood.part/views/{mine}", act="delete").status_code == 404
    assert clerk.post(f"/f/wood.part/views/{mine}", act="share", htmx=True).status_code == 422
    shared = saved(admin, "大家的", filter="cost > 5 and price > 15", columns="name,cost,price", shared="on")
    page = other_clerk.get(f"/f/wood.part?view={shared}")
    assert names(page) == ["散斗", "泥道栱", "齐心斗"] or set(names(page)) == {"散斗", "泥道栱", "齐心斗"}
    assert "成本" not in page.text
    assert "1 个条件" in words(page)
    assert other_clerk.post(f"/f/wood.part/views/{shared}", act="rename", title="x", htmx=True).status_code == 422
    assert other_clerk.post("/f/wood.part/views/all", act="rename", title="x").status_code == 404
    admin.post(f"/f/wood.part/views/{shared}", act="delete")
    clerk.post(f"/f/wood.part/views/{mine}", act="delete")


def test_a_view_without_a_title_comes_back_with_the_reason(wood: dict[str, str], clerk: Visitor) -> None:
    clerk.get("/f/wood.part/views/new")
    answer = clerk.post("/f/wood.part/views", title="  ", htmx=True)
    assert answer.status_code == 422
    assert "view-refused" in answer.text
    long = clerk.post("/f/wood.part/views", title="很" * 61, htmx=True)
    assert (long.status_code, "很" * 61 in long.text) == (422, True)


def test_an_authored_view_with_a_hidden_field_says_what_is_left_out(wood: dict[str, str], clerk: Visitor) -> None:
    page = clerk.get("/f/wood.part?view=dear")
    assert len(names(page)) == 4
    assert "没有用上：0 列、1 个条件" in words(page)
    assert "成本" not in page.text


def test_columns_are_kept_for_the_member_alone(wood: dict[str, str], clerk: Visitor, other_clerk: Visitor) -> None:
    clerk.get("/f/wood.part?panel=columns")
    sent = {"view-key": "all", "c": ["name", "up.name", "price"], "up": "price", "t.price": "avg"}
    page = clerk.post("/f/wood.part/columns", more=sent, follow=True)
    heads = re.findall(r'role="columnheader"[^>]*>.*?<span hx-ignore>([^<]+)<', page.text)
    assert heads == ["名称", "单价", "上级 · 名称"]
    assert "65.00" in words(page)
    assert "上级 · 名称" not in other_clerk.get("/f/wood.part").text
    clerk.post("/f/wood.part/columns", more={"view-key": "all", "reset": "1"})
    assert "上级 · 名称" not in clerk.get("/f/wood.part").text


def test_a_column_of_another_right_is_never_offered(wood: dict[str, str], clerk: Visitor) -> None:
    for panel in ("columns", "sort", "group", "filter"):
        assert "成本" not in clerk.get(f"/f/wood.part?panel={panel}").text, panel
    clerk.get("/f/wood.part")
    clerk.post("/f/wood.part/columns", more={"view-key": "all", "c": ["name", "cost", "up.cost"]})
    page = clerk.get("/f/wood.part").text
    assert "成本" not in page
    assert "7.00" not in page
    clerk.post("/f/wood.part/columns", more={"view-key": "all", "reset": "1"})


def test_totals_are_of_all_hits_and_of_what_one_may_read(wood: dict[str, str], clerk: Visitor, admin: Visitor) -> None:
    assert "260.00" in words(clerk.get("/f/wood.part"))
    assert "28.00" in words(admin.get("/f/wood.part"))
    assert "28.00" not in words(clerk.get("/f/wood.part?totals=cost:sum"))
    assert "60.00" in words(clerk.get('/f/wood.part?filter=kind = "斗"&totals=price:sum'))
    assert "20.00" in words(clerk.get("/f/wood.part?q=dou&totals=price:avg"))


def test_groups_have_their_own_totals_and_open(wood: dict[str, str], clerk: Visitor) -> None:
    page = clerk.get("/f/wood.part?group=kind&sort=name")
    bands = [words_of(each) for each in re.findall(r'class="grp">(.*?)</tr>', page.text, re.DOTALL)]
    assert [("斗" in bands[0], "60.00" in bands[0]), ("拱" in bands[1], "200.00" in bands[1])] == [(True, True)] * 2
    assert set(names(page)) == {"栌斗", "散斗", "齐心斗", "泥道栱"}
    rows = clerk.get('/f/wood.part/rows?within=kind = "拱"', htmx=True)
    assert names(rows) == ["泥道栱"]
    assert clerk.get("/f/wood.part/rows?within=cost > 1", htmx=True).status_code == 400


def test_a_group_of_conditions_has_nothing_to_do_with_the_groups_of_the_list(
    wood: dict[str, str], clerk: Visitor
) -> None:
    page = clerk.get("/f/wood.part?panel=filter&group=kind")
    button = re.search(r'<button[^>]* name="(\w+)" value="1"[^>]*>.{0,400}?添加条件组', page.text, re.DOTALL)
    assert button
    nested = clerk.get(f"/f/wood.part/filter?group=kind&j=and&{button[1]}=1", htmx=True)
    assert (nested.text.count('class="fgroup"'), nested.text.count('class="grp"')) == (1, 2)
    touched = clerk.get("/f/wood.part/filter?group=kind&j=and", htmx=True)
    assert (touched.text.count('class="fgroup"'), touched.text.count('class="grp"')) == (0, 2)
    alone = clerk.get(f"/f/wood.part/filter?j=and&{button[1]}=1", htmx=True)
    assert (alone.text.count('class="fgroup"'), alone.text.count('class="grp"')) == (1, 0)


def test_what_is_the_same_for_every_record_groups_nothing(wood: dict[str, str], clerk: Visitor) -> None:
    refused = clerk.get("/f/wood.part?group=1")
    assert (refused.status_code, "不能用“1”分组" in words(refused)) == (400, True), words(refused)


def test_the_same_view_saved_twice_is_one_and_a_title_stands_for_one_view(wood: dict[str, str], clerk: Visitor) -> None:
    first = saved(clerk, "按的两下", filter="price < 25")
    assert saved(clerk, "按的两下", filter="price < 25") == first
    clerk.get("/f/wood.part/views/new")
    other = clerk.post("/f/wood.part/views", title="按的两下", filter="price < 5")
    assert (other.status_code, "已经有叫“按的两下”的视图了" in words(other)) == (422, True), words(other)
    second = saved(clerk, "按的三下", filter="price < 5")
    renamed = clerk.post(f"/f/wood.part/views/{second}", htmx=True, act="rename", title="按的两下")
    assert (renamed.status_code, "已经有叫" in words(renamed)) == (422, True)
    for each in (first, second):
        clerk.post(f"/f/wood.part/views/{each}", htmx=True, act="delete")


def test_many_views_fold_and_the_open_one_stays_a_tab(wood: dict[str, str], clerk: Visitor) -> None:
    made = [saved(clerk, f"第{n}种看法", filter=f"price < {n}") for n in range(1, 9)]
    page = clerk.get(f"/f/wood.part?view={made[-1]}").text
    tabs = page.partition('id="list-tabs"')[2].partition("</nav>")[0]
    more = page.partition('id="more-views"')[2].partition("</details>")[0]
    assert "第8种看法" in tabs and "第8种看法" not in more
    assert "更多视图" in more and "第7种看法" in more
    assert tabs.count("<span hx-ignore>") == 4
    for each in made:
        clerk.post(f"/f/wood.part/views/{each}", htmx=True, act="delete")


def test_a_tree_unfolds_level_by_level(wood: dict[str, str], clerk: Visitor) -> None:
    top = clerk.get("/f/wood.part?kind=tree&sort=name")
    assert set(names(top)) == {"栌斗", "泥道栱"}
    assert top.text.count('hx-trigger="unfold"') == 1
    below = clerk.get(f"/f/wood.part/rows?kind=tree&below={wood['栌斗']}&level=2", htmx=True)
    assert names(below) == ["散斗"]
    assert 'aria-level="2"' in below.text
    assert set(names(clerk.get("/f/wood.part?kind=tree&q=齐心"))) == {"齐心斗"}


def test_a_card_is_moved_or_stays_and_says_why(wood: dict[str, str], clerk: Visitor) -> None:
    board = clerk.get("/f/wood.part?kind=board")
    assert set(names(board)) == {"栌斗", "散斗", "齐心斗", "泥道栱"}
    at = f"/f/wood.part/cards/{wood['栌斗']}"
    moved = clerk.post(at, htmx=True, to="昂", more={"kind": "board"})
    lane = moved.text.partition('data-to="昂"')[2].partition("</section>")[0]
    assert "栌斗" in lane
    refused = clerk.post(f"/f/wood.part/cards/{wood['泥道栱']}", htmx=True, to="昂", more={"kind": "board"})
    assert "昂不能超过 100 元" in words(refused)
    assert "泥道栱" in refused.text.partition('data-to="拱"')[2].partition("</section>")[0]
    stale = clerk.post(at, htmx=True, to="斗", version="1", more={"kind": "board"})
    assert 'role="alert"' in stale.text
    clerk.post(at, htmx=True, to="斗", more={"kind": "board"})


def test_a_calendar_shows_a_month(wood: dict[str, str], clerk: Visitor) -> None:
    page = clerk.get("/f/wood.part?kind=calendar&month=2026-02")
    assert page.text.count('class="entry"') == 4
    assert "2026-02-13" in page.text
    assert clerk.get("/f/wood.part?kind=calendar&month=2026-01").text.count('class="entry"') == 0
    for bad in ("9999-12", "0001-01", "2026-13", "xxxx-xx"):
        assert clerk.get(f"/f/wood.part?kind=calendar&month={bad}").status_code == 200


def test_pickers_of_the_filter_find_people_and_records(wood: dict[str, str], clerk: Visitor) -> None:
    found = clerk.get("/f/wood.part/filter/options?field=keeper&$q0=bob", htmx=True)
    assert "data-pick" in found.text
    assert wood["栌斗"] in clerk.get("/f/wood.part/filter/options?field=up&$q0=ludou", htmx=True).text
    assert clerk.get("/f/wood.part/filter/options?field=cost&$q0=", htmx=True).status_code == 404
    below = clerk.get(f"/f/wood.part/filter?f0=up&o0=under&v0={wood['栌斗']}", htmx=True)
    assert set(names(below)) == {"散斗", "齐心斗"}
    assert "栌斗" in below.text.partition("tagf")[2][:300]


@pytest.mark.parametrize(
    "word", ["today", "this_week", "last_week", "next_week", "this_month", "last_month", "this_year"]
)
def test_relative_days_are_asked_of_both_databases(word: str, wood: dict[str, str], clerk: Visitor) -> None:
    page = clerk.get(f"/f/wood.part/filter?f0=day&o0=within&v0={word}&f1=$created_at&o1=within&v1={word}", htmx=True)
    assert page.status_code == 200
    assert "list-refused" not in page.text
    assert "last_days" in page.text


def test_a_page_of_fifty_asks_no_more_often_than_a_page_of_five(
    wood: dict[str, str], app: Flask, admin: Visitor
) -> None:
    inst = app.extensions["dougong"]
    few = statements(inst, lambda: admin.get("/f/wood.part?filter=isblank(up)"))
    for index in range(30):
        values = {"name": f"数{index}", "kind": "斗", "up": wood["栌斗"]}
        create_record(inst, operator("demo"), "wood.part", values)
    many = statements(inst, lambda: admin.get("/f/wood.part?filter=not isblank(up)"))
    assert many <= few + 2, (few, many)


def statements(inst: Any, act: Any) -> int:
    """How many statements an act sends."""
    seen: list[str] = []
    note: Any = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert act().status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


NASTY = [
    "\x00", '"', "`", "a,b,,", "--name", "name:sum", "x" * 30_000, "(((", "name.name.name.name", "$deleted",
    "up.up.up.up.up.name", "<script>", "%", "ym(", "sum(name)", "1e999999",
]  # fmt: skip
PARAMETERS = ["view", "filter", "sort", "columns", "group", "totals", "kind", "date", "month", "q", "after", "panel"]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_no_address_of_a_list_is_a_fault_of_ours(parameter: str, wood: dict[str, str], clerk: Visitor) -> None:
    for kind in ("list", "board"):
        for text in NASTY:
            asked = {"kind": kind, parameter: text}
            page = clerk.client.get("/f/wood.part", query_string=asked)
            assert page.status_code < 500, asked


@pytest.mark.parametrize("part", ["rows", "filter", "sort", "group", "filter/options", "views", "views/new"])
def test_no_part_of_a_list_is_a_fault_of_ours(part: str, wood: dict[str, str], clerk: Visitor) -> None:
    for name in ("within", "below", "f0", "v0", "s0", "up", "field"):
        for text in NASTY[:8]:
            asked = {"f0": "price", "o0": ">", "v0": "1", "kind": "tree", name: text}
            page = clerk.client.get(f"/f/wood.part/{part}", query_string=asked, headers={"HX-Request": "true"})
            assert page.status_code < 500, (part, asked)


@pytest.mark.parametrize(
    "address", ["columns", "views", "views/all", "views/x", "cards/x", "cards/01890000-0000-7000-8000-000000000001"]
)
def test_nothing_sent_to_a_list_is_a_fault_of_ours(address: str, wood: dict[str, str], clerk: Visitor) -> None:
    clerk.get("/f/wood.part")
    for text in NASTY:
        sent = {
            "view-key": text,
            "c": text,
            "up": text,
            "t.price": text,
            "title": text,
            "act": text,
            "to": text,
            "version": text,
        }
        answer = clerk.post(f"/f/wood.part/{address}", htmx=True, more={"kind": "board", "filter": text, **sent})
        assert answer.status_code < 500, (address, text)
