"""Texts, choices, lists, ids and JSON."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.columns import BOOL, INT, JSON, TEXT
from tests.fields.making import TYPES, a_field, code_of


def test_length_counts_code_points() -> None:
    field = a_field("text", {"type": "string", "maxLength": 3})
    (rule,) = TYPES["text"].rules(field)
    assert list(rule("汉字👷")) == []
    assert [each.code for each in rule("👷👷👷👷")] == ["length"]


def test_blank_text_is_null_but_inner_space_stays() -> None:
    kind, field = TYPES["text"], a_field("text")
    assert kind.read(" \u3000\t", field) is None
    assert kind.read(" a ", field) == " a "


def test_text_without_a_limit_has_one_and_an_indexed_text_a_lower_one() -> None:
    kind = TYPES["text"]
    assert code_of(kind, "x" * 10_000, a_field("text")) == ""
    assert code_of(kind, "x" * 10_001, a_field("text")) == "length"
    assert code_of(kind, "x" * 501, a_field("text", unique=True)) == "length"


def test_a_browsers_line_breaks_become_one_line_feed() -> None:
    assert TYPES["long_text"].read_form(["a\r\nb"], a_field("long_text")) == "a\nb"


def test_patterns_are_re2_and_explosive_ones_are_harmless() -> None:
    (rule,) = TYPES["text"].rules(a_field("text", {"pattern": "^(a+)+$"}))
    assert [each.code for each in rule("a" * 9_000 + "!")] == ["pattern"]


@pytest.mark.parametrize(
    ("schema", "column"),
    [
        ({"enum": ["a", "b", None, ""]}, TEXT),
        ({"enum": [1, 2]}, INT),
        ({"enum": [True, False]}, BOOL),
        ({"enum": [1, "a"]}, JSON),
        ({"oneOf": [{"const": 1, "title": "一"}]}, INT),
    ],
)
def test_a_choice_is_kept_as_its_value_is(schema: dict[str, Any], column: Any) -> None:
    assert TYPES["choice"].column(a_field("choice", schema)) == column


def test_a_choice_is_typed_by_value_or_label() -> None:
    field = a_field("choice", {"oneOf": [{"const": "day", "title": "白班"}, {"const": "night", "title": "夜班"}]})
    kind = TYPES["choice"]
    assert [kind.read_form([text], field) for text in ("night", "夜班", "中班")] == ["night", "night", "中班"]
    assert kind.choices(field) == [("day", "白班"), ("night", "夜班")]


def test_one_and_true_are_different_choices() -> None:
    field = a_field("choice", {"enum": [1, 2]})
    assert code_of(TYPES["choice"], True, field) == "enum"


def test_a_list_keeps_order_and_refuses_doubles_at_their_place() -> None:
    kind, field = TYPES["tags"], a_field("tags")
    assert kind.read(["b", "a"], field) == ("b", "a")
    found = [problem for rule in kind.rules(field) for problem in rule(("a", "b", "a"))]
    assert [(each.code, each.pointer) for each in found] == [("unique", "/2")]


def test_a_bad_item_says_where() -> None:
    with pytest.raises(ValueError, match="type") as caught:
        TYPES["tags"].read(["a", 1], a_field("tags"))
    assert caught.value.inside == "/1"  # type: ignore[attr-defined]


def test_a_cell_of_several_words() -> None:
    kind, field = TYPES["tags"], a_field("tags")
    assert kind.read_text("急、三层，补", field) == ["急", "三层", "补"]


def test_tags_may_be_numbers() -> None:
    kind, field = TYPES["tags"], a_field("tags", {"type": "array", "items": {"type": "integer", "maximum": 9}})
    assert kind.read(kind.read_form(["3", "1"], field), field) == (3, 1)
    found = [problem for rule in kind.rules(field) for problem in rule((3, 10))]
    assert [(each.code, each.pointer) for each in found] == [("range", "/1")]


def test_a_key_from_a_file_names_a_row() -> None:
    assert TYPES["reference"].read_text("PRJ-A", a_field("reference")) == {"$key": "PRJ-A"}


def test_json_that_does_not_parse_is_kept_for_the_eye() -> None:
    kind, field = TYPES["json"], a_field("json")
    typed = kind.read_form(['{"a": 1, "a": 2}'], field)
    assert code_of(kind, typed, field) == "format"
    assert kind.write_form(typed, field) == '{"a": 1, "a": 2}'


def test_an_untick_is_a_no() -> None:
    kind, field = TYPES["boolean"], a_field("boolean")
    assert kind.read_form(["false", "true"], field) is True
    assert kind.read_form(["false"], field) is False
    assert [kind.read_text(text, field) for text in ("是", "否", "TRUE", "0")] == [True, False, True, False]


def test_a_type_that_never_becomes_this_one_is_refused() -> None:
    with pytest.raises(ValueError, match="type"):
        TYPES["date"].convert(("a",), TYPES["attachment"], a_field("attachment"), a_field("date"))
    assert TYPES["multi_choice"].convert("业主", TYPES["choice"], a_field("choice"), a_field("multi_choice")) == (
        "业主",
    )
