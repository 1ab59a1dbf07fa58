"""Lists and sums over the API: filter, sort, fields, pages, counts, groups."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.web.api.calling import Caller, Reply

ITEMS = "/records/api.item"


@pytest.fixture(scope="module")
def twelve(bob: Caller) -> list[str]:
    """Twelve items called 列 with counts 0 to 11 and four prices, one of them null."""
    project = bob.post("/records/api.project", {"name": f"列表{bob.token}"}).data["id"]
    prices = [Decimal("1.10"), None, Decimal("2.20"), Decimal("2.20")]
    made = [
        bob.post(ITEMS, {"name": "列", "count": n, "price": prices[n % 4], "project": project if n < 2 else None})
        for n in range(12)
    ]
    return [each.data["id"] for each in made]


def _find(caller: Caller, **asked: Any) -> Reply:
    return caller.get(f"{ITEMS}?" + urlencode({"filter": 'name = "列"', **asked}))


def test_a_list_has_items_and_next(bob: Caller, twelve: list[str]) -> None:
    got = _find(bob, sort="count")
    assert set(got.data) == {"items", "next"}
    assert [each["id"] for each in got.data["items"]] == twelve
    assert got.data["next"] is None


def test_filter_is_a_formula(bob: Caller, twelve: list[str]) -> None:
    got = _find(bob, filter='name = "列" and count >= 10 and price = 2.2', count="true")
    assert sorted(each["id"] for each in got.data["items"]) == sorted(twelve[10:])
    assert got.data["count"] == 2


@pytest.mark.parametrize("sort", ["count", "-count", "price,count", "-price,-count", "-price", "$created_at", "amount"])
@pytest.mark.parametrize("limit", [1, 5, 200])
def test_pages_show_every_row_once(bob: Caller, twelve: list[str], sort: str, limit: int) -> None:
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = _find(bob, sort=sort, limit=limit, **after).data
        assert len(page["items"]) <= limit
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(twelve)
    whole = [each["id"] for each in _find(bob, sort=sort, limit=200).data["items"]]
    assert seen == whole


def test_empty_values_come_last_both_ways(bob: Caller, twelve: list[str]) -> None:
    for sort in ("price,count", "-price,count"):
        last = _find(bob, sort=sort).data["items"][-3:]
        assert [each["values"]["price"] for each in last] == [None] * 3


def test_fields_choose_what_is_shown_and_lead_through_references(bob: Caller, twelve: list[str]) -> None:
    got = _find(bob, sort="count", limit=3, fields="count,project.name").data["items"]
    assert [each["values"]["count"] for each in got] == [0, 1, 2]
    assert [bool(each["values"]["project.name"]) for each in got] == [True, True, False]
    assert {name for each in got for name in each["values"]} == {"count", "project.name"}


@pytest.mark.parametrize("name", ["cost", "nothing"])
@pytest.mark.parametrize("where", ["filter", "sort", "fields", "group", "measure"])
def test_hidden_and_unknown_names_get_the_same_answer(bob: Caller, where: str, name: str) -> None:
    if where in ("filter", "sort", "fields"):
        got = bob.get(f"{ITEMS}?{where}={quote(f'{name} > 1' if where == 'filter' else name)}")
    else:
        asked = {"group": [name]} if where == "group" else {"measures": {"x": f"sum({name})"}}
        got = bob.post(f"{ITEMS}/aggregate", asked)
    assert (got.status, got.data["code"]) == (400, "unknown_field")
    assert got.data["problems"][0]["message"] == f"没有叫 {name} 的字段"


def test_an_admin_may_ask_for_what_others_do_not_see(admin: Caller) -> None:
    assert admin.get(f"{ITEMS}?filter=cost%3E1&sort=cost&fields=cost").status == 200


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=1e1", "limit=%D9%A3", "after=x", "after=%00", "count=maybe",
     "filter=count%20%3D", "filter=count%20%2B%201", "filter=%00", "filter=name%3D%22%00%22", "filter=%FF%FE",
     "filter=" + "(" * 3000, "filter=" + "a" * 20_000, "sort=lines", "sort=note", "sort=-", "sort=%00", "fields=%00",
     "filter=count%3D%22a%22", "filter=rmb_upper(price)%3D%22a%22", "filtr=1", "sort=" + "count," * 50,
     "fields=project.nothing", "fields=lines.nothing", "filter=project.nothing%3D1", "filter=%F0%9F%98%80%3D1"],
)  # fmt: skip
def test_what_cannot_be_asked_is_400(bob: Caller, query: str) -> None:
    assert bob.get(f"{ITEMS}?{query}").status == 400


def test_a_cursor_belongs_to_one_list_of_one_person(bob: Caller, eve: Caller, twelve: list[str]) -> None:
    cursor = _find(bob, sort="count", limit=2).data["next"]
    assert _find(bob, sort="count", after=cursor).status == 200
    for got in (_find(eve, sort="count", after=cursor), _find(bob, sort="-count", after=cursor),
                _find(bob, sort="count", filter="count > 1", after=cursor), _find(bob, sort="count", after=cursor[:-2]),
                bob.get(f"/records/api.project?after={cursor}")):  # fmt: skip
        assert (got.status, got.data["code"]) == (400, "cursor")


def test_a_list_shows_what_one_may_see(bob: Caller, eve: Caller) -> None:
    row = bob.post("/records/api.ask", {"why": "只有自己"}).data["id"]
    assert row in [each["id"] for each in bob.get("/records/api.ask?limit=200").data["items"]]
    assert row not in [each["id"] for each in eve.get("/records/api.ask?limit=200").data["items"]]


def test_groups_and_sums(bob: Caller, twelve: list[str]) -> None:
    asked = {"group": ["price"], "measures": {"n": "count()", "most": "max(count)", "total": "sum(amount)"},
             "filter": 'name = "列"'}  # fmt: skip
    items = bob.post(f"{ITEMS}/aggregate", asked).data["items"]
    assert [(each["group"]["price"], each["values"]) for each in items] == [
        (Decimal("1.1"), {"n": 3, "most": 8, "total": Decimal("13.2")}),
        (Decimal("2.2"), {"n": 6, "most": 11, "total": Decimal("85.8")}),
        (None, {"n": 3, "most": 9, "total": 0}),
    ]


def test_without_a_group_there_is_one_item(bob: Caller, twelve: list[str]) -> None:
    got = bob.post(f"{ITEMS}/aggregate", {"measures": {"total": "sum(amount)"}, "filter": 'name = "列"'}).data
    assert (got["items"], got["next"]) == ([{"group": {}, "values": {"total": 99}, "titles": {}}], None)
    nothing = bob.post(f"{ITEMS}/aggregate", {"measures": {"n": "count()"}, "filter": 'name = "没有"'}).data
    assert nothing["items"][0]["values"] == {"n": 0}


def test_groups_come_in_pages(bob: Caller, twelve: list[str]) -> None:
    asked = {"group": ["count"], "measures": {"n": "count()"}, "filter": 'name = "列"', "limit": 5}
    seen: list[int] = []
    page = bob.post(f"{ITEMS}/aggregate", asked).data
    while True:
        seen += [each["group"]["count"] for each in page["items"]]
        if page["next"] is None:
            break
        page = bob.post(f"{ITEMS}/aggregate", {**asked, "after": page["next"]}).data
    assert seen == list(range(12))


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"groups": []}, 400), ({"group": "price"}, 422), ({"group": [1]}, 422), ({"measures": {"a": 1}}, 422),
     ({"measures": []}, 422), ({"limit": True}, 422), ({"limit": 2001}, 400), ({"filter": 1}, 422), ({"filter": "("}, 400),
     ({"measures": {"a": "price"}}, 400), ({"measures": {"a": "sum(price"}}, 400), ({"group": ["a b"]}, 400),
     ({"group": ['name & "\0"']}, 400), ({"group": ["price"], "after": "x"}, 400), ([], 422), (b"{", 400)],
)  # fmt: skip
def test_sums_that_cannot_be_asked_for(bob: Caller, asked: Any, status: int) -> None:
    assert bob.post(f"{ITEMS}/aggregate", asked).status == status
