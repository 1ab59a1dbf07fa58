"""What was sent becomes canonical values, and everything wrong with it is told at once, at its place."""

from decimal import Decimal
from typing import Any

import pytest

from dougong.definition.model import Field, Form
from dougong.fields.nesting import path_of
from dougong.fields.registry import field_types
from dougong.records import coerce
from dougong.records.coerce import Incoming, Key
from dougong.records.json_values import nest

FORM = Form(
    "m",
    "f",
    "F",
    "master",
    {},
    (
        Field("name", "name", "名称", "text", {"type": "string"}),
        Field("price", "price", "价", "money", {"type": "number"}),
        Field("on", "on", "日", "date", {"type": "string", "format": "date"}),
        Field("boss", "boss", "上级", "reference", {"type": "string"}, ref="m.f"),
        Field("city", "address.city", "市", "text", {"type": "string"}),
        Field("no", "address.no", "号", "integer", {"type": "integer"}),
        Field("dotted", "a.b", "点", "text", {"type": "string"}),
        Field("lines", "lines", "行", "subtable", {"type": "array"}, fields=(
            Field("what", "what", "物", "text", {"type": "string"}),
            Field("hours", "hours", "时", "decimal", {"type": "number"}, scale=2),
        )),
    ),
    groups={"address": "地址"},
)  # fmt: skip


def read(sent: Any, *hidden: str) -> Incoming:
    return coerce.read(FORM, field_types(), sent, lambda name: name in hidden)


def problems(sent: Any, *hidden: str) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in read(sent, *hidden).problems}


def test_values_are_read_by_their_types_and_groups_are_flattened() -> None:
    found = read({"name": "钢筋", "price": Decimal("19.99"), "address": {"city": "深圳", "no": 7}, "a.b": "x"})
    assert found.problems == []
    assert found.values == {
        "name": "钢筋",
        "price": Decimal("19.99"),
        "address.city": "深圳",
        "address.no": 7,
        "a.b": "x",
    }


def test_null_clears_a_value_and_a_whole_group() -> None:
    assert read({"name": None, "address": None}).values == {"name": None, "address.city": None, "address.no": None}


def test_a_key_waits_to_be_resolved() -> None:
    assert read({"boss": {"$key": "PRJ-A"}}).values == {"boss": Key("PRJ-A")}
    assert read({"boss": {"$key": 12}}).values == {"boss": Key("12")}


def test_rows_keep_their_order_and_their_ids() -> None:
    found = read({"lines": [{"what": "a"}, {"$id": "r1", "hours": 8}]})
    assert [(line.id, line.values) for line in found.rows["lines"]] == [(None, {"what": "a"}), ("r1", {"hours": 8})]
    assert read({"lines": None}).rows == {"lines": []}


def test_every_problem_is_told_at_its_own_place() -> None:
    sent = {
        "nmae": "x",
        "price": "12",
        "on": "2025-02-30",
        "boss": {"$key": []},
        "address": "深圳",
        "lines": [{"what": 1}, 7, {"hours": Decimal("1.005"), "hourz": 1}],
    }
    assert problems(sent) == {
        ("/nmae", "unknown_field"),
        ("/price", "type"),
        ("/on", "format"),
        ("/boss", "type"),
        ("/address", "type"),
        ("/lines/0/what", "type"),
        ("/lines/1", "type"),
        ("/lines/2/hours", "scale"),
        ("/lines/2/hourz", "unknown_field"),
    }


def test_a_hidden_field_is_as_unknown_as_one_that_does_not_exist() -> None:
    sent = {"name": "x", "address": {"city": "x"}, "lines": [{"hours": 1}], "nothing": 1}
    assert problems(sent, "name", "address.city", "lines.hours") == {
        ("/name", "unknown_field"),
        ("/address/city", "unknown_field"),
        ("/lines/0/hours", "unknown_field"),
        ("/nothing", "unknown_field"),
    }


def test_too_many_rows_are_refused_before_they_are_read() -> None:
    assert problems({"lines": [{}] * 5001}) == {("/lines", "length")}


@pytest.mark.parametrize("sent", [{"lines": {}}, {"lines": "x"}, {"lines": 3}])
def test_rows_must_be_a_list(sent: Any) -> None:
    assert problems(sent) == {("/lines", "type")}


def test_names_with_dots_are_groups_only_where_the_form_says_so() -> None:
    assert path_of("address.city", {"address"}) == ("address", "city")
    assert path_of("a.b", {"address"}) == ("a.b",)
    assert path_of("a.b.c", {"a", "a.b"}) == ("a", "b", "c")


def test_a_group_without_any_value_is_null() -> None:
    assert nest({"address.city": None, "address.no": None, "a.b": "x"}, {"address"}) == {"address": None, "a.b": "x"}
    assert nest({"address.city": None, "address.no": 1}, {"address"}) == {"address": {"city": None, "no": 1}}
