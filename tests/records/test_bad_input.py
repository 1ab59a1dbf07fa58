"""Bad input is refused with a code at its place, nothing is lost and nothing is half written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Conflict, Invalid, NotFound, Stale
from dougong.kernel.ids import new_id
from dougong.records.ops import Create, Transition, Update
from tests.records.conftest import Desk

NAMES = [
    "validate",
    "select",
    "rowid",
    "version",
    "A",
    "a",
    "data",
    "errors",
    "表" * 60 + "甲",
    "表" * 60 + "乙",
    "id",
    "$x",
]
ITEM: dict[str, Any] = {
    "record": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 5, "minLength": 2},
            "kind": {"type": "string", "enum": ["甲", "乙"]},
            "code": {"type": "string", "pattern": "^[A-Z]+$"},
            "price": {"type": "number", "x-type": "money", "minimum": 0},
            "count": {"type": "integer", "maximum": 10},
            "day": {"type": "string", "format": "date"},
            "at": {"type": "string", "format": "date-time"},
            "open": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "any": {"x-type": "json"},
            "twice": {"x-type": "money", "x-formula": "price * 2"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"count": {"type": "integer"}}}},
        },
    }
}
ODD = {"record": {"type": "object", "properties": {name: {"type": "string"} for name in NAMES if name != "$x"}}}


BAD: list[tuple[str, Any, str]] = [
    ("name", 7, "type"),
    ("name", "好" * 6, "length"),
    ("name", "😀" * 6, "length"),
    ("name", "好", "length"),
    ("name", "a\x00b", "format"),
    ("name", "\ud800x", "format"),
    ("name", None, "required"),
    ("name", "   ", "required"),
    ("kind", "丙", "enum"),
    ("code", "abc", "pattern"),
    ("price", "12", "type"),
    ("price", -1, "range"),
    ("price", Decimal("0.001"), "scale"),
    ("price", Decimal("1e20"), "out_of_range"),
    ("price", Decimal("NaN"), "type"),
    ("price", Decimal("Infinity"), "type"),
    ("price", True, "type"),
    ("count", Decimal("1.5"), "scale"),
    ("count", 11, "range"),
    ("count", 10**30, "out_of_range"),
    ("day", "2025-02-30", "format"),
    ("day", "20250230", "format"),
    ("day", 20250201, "type"),
    ("at", "2025-02-01T25:00:00Z", "format"),
    ("at", "2025-02-01T10:00:00", "format"),
    ("open", "true", "type"),
    ("tags", "x", "type"),
    ("tags", ["a", "b", "c"], "length"),
    ("tags", [1], "type"),
    ("lines", "x", "type"),
    ("lines", [1], "type"),
    ("lines", [{"count": "x"}], "type"),
    ("lines", [{"other": 1}], "unknown_field"),
    ("lines", [{"$id": "x"}], "reference"),
    ("lines", [{"$id": 5}], "type"),
    ("unknown", 1, "unknown_field"),
    ("$state", "approved", "unknown_field"),
    ("$owner", "x", "unknown_field"),
    ("id", "x", "unknown_field"),
    ("state", "approved", "unknown_field"),
    ("version", 7, "unknown_field"),
    ("twice", 5, "read_only"),
]


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM, "odd": ODD})


def create(desk: Desk, **values: Any) -> Any:
    return desk.create("shop.item", {"name": "钢筋", **values})


def test_a_bad_value_is_refused_at_its_place(desk: Desk) -> None:
    for name, value, code in BAD:
        found = desk.refused(lambda name=name, value=value: create(desk, **{name: value}))
        assert code in {each for _, each in found}, (name, value, found)
        assert all(pointer.startswith(f"/{name}") for pointer, _ in found), (name, value, found)
    assert desk.rows("SELECT count(*) FROM shop__item") == [(0,)]


def test_characters_are_counted_and_not_bytes(desk: Desk) -> None:
    for name in ("好" * 5, "😀" * 5):
        assert create(desk, name=name).values["name"] == name


def test_a_list_whose_entries_cannot_be_read_is_not_also_missing(desk: Desk, publish: Callable[..., None]) -> None:
    kinds = {"type": "array", "items": {"type": "string", "enum": ["甲", "乙"]}, "uniqueItems": True}
    publish(shop={"item": {"record": {"type": "object", "required": ["kinds"], "properties": {"kinds": kinds}}}})
    assert desk.refused(lambda: desk.create("shop.item", {"kinds": ["丙"]})) == {("/kinds/0", "enum")}
    assert desk.refused(lambda: desk.create("shop.item", {"kinds": []})) == {("/kinds", "required")}


def test_everything_wrong_is_told_at_once(desk: Desk) -> None:
    sent = {"kind": "丙", "price": "x", "day": "2025-13-01", "other": 1, "lines": [{"count": 1}, {"count": "x"}]}
    assert desk.refused(lambda: desk.create("shop.item", sent)) == {
        ("/name", "required"),
        ("/kind", "enum"),
        ("/price", "type"),
        ("/day", "format"),
        ("/other", "unknown_field"),
        ("/lines/1/count", "type"),
    }


def test_every_line_of_a_batch_is_judged(desk: Desk) -> None:
    ops = [Create("shop.item", values, pointer=f"/{n}") for n, values in enumerate([{"name": "好人"}, {}, {"x": 1}])]
    assert desk.refused(lambda: desk.write(ops)) == {
        ("/1/name", "required"),
        ("/2/name", "required"),
        ("/2/x", "unknown_field"),
    }
    assert desk.rows("SELECT count(*) FROM shop__item") == [(0,)]


def test_a_computed_value_may_come_back_as_it_is(desk: Desk) -> None:
    made = create(desk, price=5, twice=10)
    assert desk.update(made, {"twice": 10}).version == 1
    assert desk.update(made, {"price": 6, "twice": 10}).version == 2
    assert desk.refused(lambda: desk.update(made, {"twice": 11})) == {("/twice", "read_only")}


def test_a_formula_beyond_its_column_is_refused(desk: Desk) -> None:
    found = desk.refused(lambda: create(desk, price=Decimal("99999999999999.99")))
    assert found == {("/twice", "out_of_range")}


def test_names_that_mean_something_elsewhere_mean_nothing_here(desk: Desk) -> None:
    values = {name: f"v{n}" for n, name in enumerate(NAMES) if name != "$x"}
    made = desk.create("shop.odd", values)
    assert desk.read(made).values == values
    changed = desk.update(made, {"version": "w", "A": "z"})
    assert (changed.version, changed.values["version"], changed.values["A"], changed.values["a"]) == (2, "w", "z", "v5")


def test_a_record_that_is_not_there_is_not_found(desk: Desk) -> None:
    for row_id in (new_id(), "x", "' OR 1=1", "../../etc", "\x00"):
        for op in (Update("shop.item", row_id, {}), Transition("shop.item", row_id, "delete")):
            with pytest.raises(NotFound):
                desk.write([op])


def test_an_unknown_form_is_not_found(desk: Desk) -> None:
    for form in ("shop.nothing", "nothing.item", "item", "", "shop.item.lines", "'"):
        with pytest.raises(NotFound):
            desk.create(form, {})


def test_a_row_of_another_record_cannot_be_taken(desk: Desk) -> None:
    mine, theirs = create(desk, lines=[{"count": 1}]), create(desk, lines=[{"count": 2}])
    row = theirs.values["lines"][0].id
    assert desk.refused(lambda: desk.update(mine, {"lines": [{"$id": row, "count": 9}]})) == {
        ("/lines/0/$id", "reference")
    }
    assert desk.refused(lambda: create(desk, lines=[{"$id": row}])) == {("/lines/0/$id", "reference")}
    own = mine.values["lines"][0].id
    twice = {"lines": [{"$id": own}, {"$id": own}]}
    assert desk.refused(lambda: desk.update(mine, twice)) == {("/lines/0/$id", "unique"), ("/lines/1/$id", "unique")}


def test_of_many_edits_of_one_version_one_wins(desk: Desk) -> None:
    made = create(desk)

    def edit(number: int) -> int | None:
        try:
            desk.update(made, {"count": number}, version=1)
        except Stale:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        won = [each for each in pool.map(edit, range(10)) if each is not None]
    assert len(won) == 1
    stands = desk.read(made)
    assert (stands.version, stands.values["count"]) == (2, won[0])


def test_of_many_deletions_one_wins(desk: Desk) -> None:
    made = create(desk)

    def delete(_: int) -> bool:
        try:
            desk.move(made, "delete")
        except (Conflict, NotFound):
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(delete, range(6))) == 1


def test_nothing_is_left_of_a_refused_act(desk: Desk) -> None:
    made = create(desk, price=5)
    before = desk.rows("SELECT count(*) FROM dg_audit"), desk.rows("SELECT count(*) FROM dg_outbox")
    with pytest.raises(Invalid):
        desk.update(made, {"price": 6, "kind": "丙"})
    assert desk.read(made).values["price"] == 5
    assert (desk.rows("SELECT count(*) FROM dg_audit"), desk.rows("SELECT count(*) FROM dg_outbox")) == before
