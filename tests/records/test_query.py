"""Lists: filters, sorting, pages, projections. What the database answers is what plain Python would."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong.actions.bulk_write import bulk_write
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import Listed, find_records
from dougong.actions.transition_record import transition_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Malformed, NotFound
from dougong.records.query import COUNTED, Query

Publish = Callable[..., None]
FIRM = operator("demo")
FORM: dict[str, Any] = {
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "price": {"type": "number", "x-type": "money"},
            "count": {"type": "integer"},
            "day": {"type": "string", "format": "date"},
            "done": {"type": "boolean"},
            "kind": {"enum": ["甲", "乙"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "address": {"type": "object", "properties": {"city": {"type": "string"}, "a.b": {"type": "string"}}},
            "age": {"x-formula": "datediff(day, today(), 'day')"},
            "amount": {"x-formula": "price * count"},
            "up": {"type": "string", "x-ref": "m.f"},
            "up_price": {"x-lookup": {"via": "up", "field": "price"}},
            "up_words": {"x-formula": "rmb_upper(up.price)"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "n": {"type": "integer"},
                        "words": {"x-formula": "rmb_upper(n * nz(parent.up.price, 1))"},
                        "times": {"x-formula": "n * nz(parent.up.price, 1)"},
                    },
                },
            },
            "odd, name": {"type": "string"},
        },
    }
}


@pytest.fixture
def fill(installation: Installation, publish: Publish) -> Callable[[list[dict[str, Any]]], list[str]]:
    publish(m={"f": FORM})
    return lambda rows: [each["id"] for each in bulk_write(installation, FIRM, "m.f", rows)["items"]]


def ask(inst: Installation, **asked: Any) -> Listed:
    return find_records(inst, FIRM, "m.f", Query(**asked))


def names(inst: Installation, **asked: Any) -> list[str]:
    return [each["values"]["name"] for each in ask(inst, **{"sort": ["name"], **asked}).items]


ROWS: list[dict[str, Any]] = [
    {
        "name": "a",
        "price": Decimal("10.50"),
        "count": 2,
        "day": "2026-02-01",
        "done": True,
        "kind": "甲",
        "tags": ["x"],
    },
    {"name": "b", "price": Decimal("9.99"), "count": 10, "day": "2026-02-28", "done": False, "kind": "乙"},
    {"name": "c", "price": Decimal("0.00"), "lines": [{"n": 3}, {"n": 4}], "address": {"city": "上海"}},
    {"name": "d"},
]


FILTERS = {
    "price > 9.99": "a",
    "price >= 9.99": "ab",
    "price = 10.5": "a",
    "price < 9.995": "bc",
    "count = 10 or count = 2": "ab",
    "count > 2.5": "b",
    "not (count > 2.5)": "a",
    "day = '2026-02-28'": "b",
    "day >= date('2026-02-01') and day < date('2026-02-28')": "a",
    "done": "a",
    "not done": "b",
    "kind in ('甲', '乙')": "ab",
    "'x' in tags": "a",
    "isblank(price)": "d",
    "price * count > 50": "b",
    "amount = 21": "a",
    "sum(lines.n) = 7": "c",
    "count(lines) = 0": "abd",
    "address.city = '上海'": "c",
    "name > 'b'": "cd",
    "name & '!' = 'a!'": "a",
    "age > 0": "a",
    "$number = 'x'": "",
    "$created_at <= now()": "abcd",
    "1 = 1": "abcd",
    "price / 0 = 1": "",
    "": "abcd",
    "  ": "abcd",
}


def test_filters(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill(ROWS)
    assert {text: "".join(names(installation, filter=text)) for text in FILTERS} == FILTERS


BAD = [
    ({"filter": "nonsense = 1"}, "unknown_field"),
    ({"filter": "up.nonsense = 1"}, "unknown_field"),
    ({"filter": "name ="}, "unexpected_end"),
    ({"filter": "name = 1"}, "type"),
    ({"filter": "price"}, "type"),
    ({"filter": "name = '" + "x" * 20_000 + "'"}, "too_long"),
    ({"filter": "(" * 200 + "1" + ")" * 200 + " = 1"}, "too_deep"),
    ({"filter": "rmb_upper(price) = 'x'"}, "not_queryable"),
    ({"sort": ["nonsense"]}, "unknown_field"),
    ({"sort": ["-"]}, "unknown_field"),
    ({"sort": ["lines"]}, "not_sortable"),
    ({"sort": ["tags"]}, "not_sortable"),
    ({"sort": ["age"]}, "not_sortable"),
    ({"sort": ["name,price,count,day,done,kind"]}, "too_many_sorts"),
    ({"fields": ["name,nonsense"]}, "unknown_field"),
    ({"fields": ["lines.nonsense"]}, "unknown_field"),
    ({"fields": ["name.x"]}, "unknown_field"),
    ({"fields": ["up.lines"]}, "unknown_field"),
    ({"fields": ["up.up_words"]}, "not_queryable"),
    ({"limit": 0}, "limit"),
    ({"limit": 201}, "limit"),
    ({"after": "nonsense"}, "cursor"),
    ({"after": "AAAA"}, "cursor"),
    ({"after": base64.urlsafe_b64encode(b"[]").decode()}, "cursor"),
    ({"after": "é"}, "cursor"),
]


def test_bad_questions_are_refused_with_a_code(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill(ROWS)
    for asked, code in BAD:
        with pytest.raises(Malformed) as refused:
            ask(installation, **asked)
        assert (refused.value.code, asked) == (code, asked)


def test_an_unknown_form_is_not_found(installation: Installation, tenant: str) -> None:
    with pytest.raises(NotFound):
        find_records(installation, operator(tenant), "no.form", Query())


def test_nulls_sort_last_both_ways(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill(ROWS)
    assert "".join(names(installation, sort=["count", "name"])) == "abcd"
    assert "".join(names(installation, sort=["-count", "-name"])) == "badc"
    assert "".join(names(installation, sort=["-amount,name"])) == "bacd"


def test_numbers_sort_as_numbers_and_text_by_code_point(
    installation: Installation, fill: Callable[..., list[str]]
) -> None:
    fill([{"name": name, "count": n} for name, n in (("B", 10), ("a", 9), ("Ä", 100), ("甲", -1), ("😀", 0))])
    assert names(installation) == ["B", "a", "Ä", "甲", "😀"]
    assert names(installation, sort=["count"]) == ["甲", "😀", "a", "B", "Ä"]


def test_a_value_behind_a_reference_sorts_and_filters(
    installation: Installation, fill: Callable[..., list[str]]
) -> None:
    low, high = fill([{"name": "low", "price": 9}, {"name": "high", "price": 10}])
    fill([{"name": "x", "up": low}, {"name": "y", "up": high}])
    assert names(installation, sort=["-up.price", "name"]) == ["y", "x", "high", "low"]
    assert names(installation, sort=["up_price", "-name"]) == ["x", "y", "low", "high"]
    assert names(installation, filter="up.name = 'low' or up_price = 10") == ["x", "y"]


def test_newest_first_without_a_sort(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill([{"name": str(n)} for n in range(5)])
    assert [each["values"]["name"] for each in ask(installation).items] == ["4", "3", "2", "1", "0"]


def test_a_projection_has_what_was_asked_for(installation: Installation, fill: Callable[..., list[str]]) -> None:
    (up,) = fill([{"name": "up", "price": 3, "address": {"city": "沪"}}])
    fill([{"name": "x", "up": up, "odd, name": "!", "lines": [{"n": 1}]}])
    (row,) = ask(installation, filter="name = 'x'", fields=["name, up.price", "`odd, name`", "lines.n,address"]).items
    (line,) = row["values"].pop("lines")
    assert row["values"] == {"name": "x", "up.price": Decimal("3.00"), "odd, name": "!", "address": None}
    assert {name: value for name, value in line.items() if name != "$id"} == {"n": 1}
    (row,) = ask(installation, filter="name = 'x'", fields=["up.address.city", "$number"]).items
    assert row["values"] == {"up.address.city": "沪"}


def test_counts(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill(ROWS)
    assert ask(installation, count=True, limit=1).as_json()["count"] == 4
    assert "count" not in ask(installation).as_json()
    assert ask(installation, count=True, filter="done").page.count == 1


def test_a_count_beyond_the_limit_says_more(
    installation: Installation, fill: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ROWS)
    monkeypatch.setattr("dougong.records.query.COUNTED", 3)
    answer = ask(installation, count=True).as_json()
    assert (answer["count"], answer["more"]) == (3, True)
    assert COUNTED == 10_000


def test_a_foreign_cursor_is_refused(
    installation: Installation, fill: Callable[..., list[str]], member: Callable[..., Actor]
) -> None:
    fill(ROWS)
    cursor = ask(installation, limit=1, sort=["name"]).page.next
    assert cursor is not None
    assert names(installation, after=cursor) == ["b", "c", "d"]
    for other in ({"sort": ["-name"]}, {"sort": ["name"], "filter": "done"}, {"sort": []}):
        with pytest.raises(Malformed, match="cursor"):
            ask(installation, after=cursor, **other)
    with pytest.raises(Malformed, match="cursor"):
        find_records(installation, member("admin"), "m.f", Query(sort=["name"], after=cursor))


def test_a_cursor_that_somebody_wrote_is_refused(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill(ROWS)
    cursor = ask(installation, limit=1, sort=["price"]).page.next
    assert cursor is not None
    owner, row, _ = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for value in (["s", "x"], ["n", "NaN"], ["n", "1e999"], ["d", "2026-01-01"], ["q", "1"], 5, ["i", "x"], ["t", "x"]):
        forged = base64.urlsafe_b64encode(json.dumps([owner, row, value]).encode()).decode()
        with pytest.raises(Malformed, match="cursor"):
            ask(installation, sort=["price"], after=forged)


KEYS = {
    "name": lambda row: row.get("name"),
    "price": lambda row: row.get("price"),
    "count": lambda row: row.get("count"),
    "day": lambda row: date.fromisoformat(row["day"]) if row.get("day") else None,
    "done": lambda row: row.get("done"),
}


@st.composite
def _rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    value = {
        "name": st.sampled_from(["a", "b", "B", "甲"]),
        "price": st.sampled_from([Decimal("-1.00"), Decimal("0.00"), Decimal("10.00"), Decimal("9.99")]),
        "count": st.integers(-2, 2),
        "day": st.sampled_from(["2026-02-01", "2026-10-01"]),
        "done": st.booleans(),
    }
    return draw(st.lists(st.fixed_dictionaries({}, optional=value), min_size=1, max_size=12))


SORTS = st.lists(st.tuples(st.sampled_from(sorted(KEYS)), st.booleans()), max_size=3, unique_by=lambda pair: pair[0])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_rows(), sort=SORTS, size=st.integers(1, 5))
def test_pages_follow_each_other_in_order_without_losing_or_repeating_a_row(
    installation: Installation,
    fill: Callable[..., list[str]],
    rows: list[dict[str, Any]],
    sort: list[tuple[str, bool]],
    size: int,
) -> None:
    for each in ask(installation, limit=200).items:
        transition_record(installation, FIRM, "m.f", each["id"], "delete")
    ids = fill(rows)
    found: list[str] = []
    after = None
    while True:
        page = ask(installation, sort=[("-" if down else "") + name for name, down in sort], limit=size, after=after)
        found += [each["id"] for each in page.items]
        after = page.page.next
        if after is None:
            break
    assert found == _in_order(ids, rows, sort)


def _in_order(ids: list[str], rows: list[dict[str, Any]], sort: list[tuple[str, bool]]) -> list[str]:
    pairs = sorted(zip(ids, rows, strict=True), key=lambda pair: pair[0], reverse=sort[-1][1] if sort else True)
    for name, down in reversed(sort):
        known = [pair for pair in pairs if KEYS[name](pair[1]) is not None]
        blank = [pair for pair in pairs if KEYS[name](pair[1]) is None]
        pairs = sorted(known, key=lambda pair: KEYS[name](pair[1]), reverse=down) + blank
    return [row for row, _ in pairs]


def test_rows_written_between_pages_disturb_no_others(
    installation: Installation, fill: Callable[..., list[str]]
) -> None:
    fill([{"name": name} for name in "bdf"])
    first = ask(installation, sort=["name"], limit=2)
    create_record(installation, FIRM, "m.f", {"name": "a"})
    create_record(installation, FIRM, "m.f", {"name": "e"})
    assert names(installation, after=first.page.next) == ["e", "f"]


def test_every_word_is_found_in_some_text(installation: Installation, fill: Callable[..., list[str]]) -> None:
    fill([{"name": "Steel 钢筋", "kind": "甲"}, {"name": "50%_off"}, {"name": "steel", "odd, name": "甲"}])
    found = {words: names(installation, words=words) for words in ("steel", "STEEL 甲", "钢", "%", "_", "steel x", " ")}
    assert found == {
        "steel": ["Steel 钢筋", "steel"],
        "STEEL 甲": ["Steel 钢筋", "steel"],
        "钢": ["Steel 钢筋"],
        "%": ["50%_off"],
        "_": ["50%_off"],
        "steel x": [],
        " ": ["50%_off", "Steel 钢筋", "steel"],
    }
    for words in ("a " * 11, "x" * 101):
        with pytest.raises(Malformed):
            ask(installation, words=words)


def test_what_only_python_computes_is_read_like_the_rest(
    installation: Installation, fill: Callable[..., list[str]]
) -> None:
    (up,) = fill([{"name": "up", "price": 3}])
    fill([{"name": "x", "up": up, "lines": [{"n": 2}, {"n": None}]}])
    (row,) = ask(installation, filter="name = 'x'", fields=["up_words", "lines"]).items
    assert row["values"]["up_words"] == "叁元整"
    assert [(each["words"], each["times"]) for each in row["values"]["lines"]] == [("陆元整", Decimal(6)), (None, None)]
    for asked in ({"filter": "up_words = '叁元整'"}, {"sort": ["up_words"]}):
        with pytest.raises(Malformed, match="not_"):
            ask(installation, **asked)
