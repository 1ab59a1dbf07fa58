"""Object schemas of every draft from 04 to 2020-12 that know nothing of us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator, Draft201909Validator, Draft202012Validator

from dougong.definition.findings import Found
from dougong.definition.translate import translate
from tests.definition.making import TEXT, errors, loaded, warnings

BASE = "http://json-schema.org/"
DRAFTS = {
    4: BASE + "draft-04/schema#",
    6: BASE + "draft-06/schema#",
    7: BASE + "draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}


def translated(schema: dict[str, Any]) -> dict[str, Any]:
    return translate(schema, Found(), "")


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_schema_of_each_draft_loads(draft: int):
    where = "$defs" if draft >= 2019 else "definitions"
    form = loaded(
        {
            "$schema": DRAFTS[draft],
            "title": "Order",
            "type": "object",
            "required": ["buyer", "lines"],
            where: {
                "money": {"type": "number", "minimum": 0},
                "person": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": TEXT, "mail": {"type": "string", "format": "email"}},
                },
            },
            "properties": {
                "buyer": {"$ref": f"#/{where}/person"},
                "note": {"type": ["string", "null"], "maxLength": 1000},
                "lines": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "object", "properties": {"price": {"$ref": f"#/{where}/money"}}},
                },
            },
        }
    )
    assert [(each.name, each.type, each.required) for each in form.fields] == [
        ("buyer.name", "text", True),
        ("buyer.mail", "email", False),
        ("note", "long_text", False),
        ("lines", "subtable", True),
    ]
    assert form.fields[1].schema["format"] == "email"
    assert form.fields[3].fields[0].type == "decimal"


def test_draft_04_exclusive_bounds():
    schema = {
        "$schema": DRAFTS[4],
        "type": "object",
        "properties": {"a": {"type": "number", "minimum": 0, "exclusiveMinimum": True}},
    }
    assert loaded(schema).fields[0].schema["exclusiveMinimum"] == 0
    assert "minimum" not in loaded(schema).fields[0].schema


@pytest.mark.parametrize("draft", [4, 6, 7])
def test_beside_a_reference_only_titles_and_our_keywords_count(draft: int):
    schema = {
        "$schema": DRAFTS[draft],
        "type": "object",
        "definitions": {"t": TEXT},
        "properties": {"a": {"$ref": "#/definitions/t", "title": "甲", "minLength": 3, "x-help": "?"}},
    }
    field = loaded(schema).fields[0]
    assert (field.title, field.help, "minLength" in field.schema) == ("甲", "?", False)
    assert warnings(schema) == [("/properties/a/minLength", "no_effect")]


def test_lists_of_item_schemas_and_dependencies_are_said_anew():
    made = translated(
        {
            "$schema": DRAFTS[7],
            "properties": {"t": {"type": "array", "items": [TEXT, {"type": "integer"}], "additionalItems": False}},
            "dependencies": {"a": ["b"], "c": {"required": ["d"]}},
        }
    )
    assert made["properties"]["t"]["prefixItems"] == [TEXT, {"type": "integer"}]
    assert made["properties"]["t"]["items"] is False
    assert made["dependentRequired"] == {"a": ["b"]}
    assert made["dependentSchemas"] == {"c": {"required": ["d"]}}


def test_identifiers_and_anchors_inside_the_file_are_found():
    schema = {
        "$id": "https://example.com/order.json",
        "type": "object",
        "$defs": {
            "a": {
                "$id": "/schemas/address",
                "type": "object",
                "properties": {"city": {"$ref": "#/$defs/city"}},
                "$defs": {"city": TEXT},
            },
            "p": {"$anchor": "price", "type": "number"},
        },
        "properties": {
            "home": {"$ref": "/schemas/address"},
            "self": {"$ref": "https://example.com/order.json#price"},
            "other": {"$ref": "#price"},
        },
    }
    form = loaded(schema)
    assert [(each.name, each.type) for each in form.fields] == [
        ("home.city", "text"),
        ("self", "decimal"),
        ("other", "decimal"),
    ]


def test_recursion_of_2019_and_2020_is_json():
    for keyword in ("$recursiveRef", "$dynamicRef"):
        schema = {
            "type": "object",
            "properties": {"name": TEXT, "children": {"type": "array", "items": {keyword: "#"}}},
        }
        assert {each.name: each.type for each in loaded(schema).fields} == {"name": "text", "children": "json"}


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("other.json", "ref_remote"),
        ("https://example.com/x.json", "ref_remote"),
        ("file:///etc/passwd", "ref_remote"),
        ("//host/x", "ref_remote"),
        ("#/$defs/none", "ref_unknown"),
        ("#nowhere", "ref_unknown"),
    ],
)
def test_references_that_leave_the_file_or_find_nothing(ref: str, code: str):
    assert errors({"type": "object", "properties": {"a": {"$ref": ref}}}) == [("/properties/a/$ref", code)]


def test_an_unknown_dialect_is_read_as_the_latest_and_says_so():
    schema = {"$schema": "https://example.com/mine", "type": "object", "properties": {"a": TEXT}}
    assert warnings(schema) == [("/$schema", "unknown_dialect")]
    assert errors({"$schema": BASE + "draft-03/schema#", "type": "object", "properties": {"a": TEXT}}) == [
        ("/$schema", "unknown_dialect")
    ]


def test_what_the_meta_schema_refuses_is_named_where_it_stands():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "strin"}, "b": {"minLength": "5"}, "c": {"enum": "x"}, "d": {"required": True}},
    }
    assert errors(schema) == [
        ("/properties/a/type", "bad_schema"),
        ("/properties/b/minLength", "bad_schema"),
        ("/properties/c/enum", "bad_schema"),
        ("/properties/d/required", "bad_schema"),
    ]


def test_patterns_are_those_of_re2():
    properties = {
        "a": {"type": "string", "pattern": "(a+)+$"},
        "b": {"type": "string", "pattern": "(?=x)y"},
        "c": {"type": "string", "pattern": "("},
    }
    found = errors({"type": "object", "properties": properties})
    assert found == [("/properties/b/pattern", "pattern"), ("/properties/c/pattern", "pattern")]


NUMBERS = st.integers(-5, 5)
SCALARS = st.one_of(
    st.builds(lambda low, x: {"type": "number", "minimum": low, "exclusiveMinimum": x}, NUMBERS, st.booleans()),
    st.builds(lambda high, x: {"maximum": high, "exclusiveMaximum": x}, NUMBERS, st.booleans()),
    st.builds(lambda n: {"type": "string", "minLength": n}, st.integers(0, 3)),
    st.builds(lambda n: {"items": [{"type": "integer"}, {"minimum": n}], "additionalItems": False}, NUMBERS),
    st.builds(lambda n: {"dependencies": {"a": ["b"], "b": {"properties": {"a": {"minimum": n}}}}}, NUMBERS),
)
VALUES = st.recursive(
    st.one_of(NUMBERS, st.text(max_size=3), st.booleans(), st.decimals(-5, 5, places=1)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=4,
)


@given(
    st.dictionaries(st.sampled_from("abc"), SCALARS, max_size=3),
    st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3),
)
def test_a_translated_schema_judges_like_the_original(properties: dict[str, Any], value: dict[str, Any]):
    old = {
        "$schema": DRAFTS[4],
        "type": "object",
        "definitions": {"d": {"properties": properties}},
        "allOf": [{"$ref": "#/definitions/d"}],
    }
    assert Draft202012Validator(translated(old)).is_valid(value) == Draft4Validator(old).is_valid(value)
    for draft, oracle in ((7, Draft7Validator), (2019, Draft201909Validator)):
        if draft == 2019 and any("dependencies" in each for each in properties.values()):
            continue  # no keyword of that draft any more; we still take it at its word
        newer = {**old, "$schema": DRAFTS[draft]}
        newer["definitions"] = {"d": {"properties": {name: _without_flags(each) for name, each in properties.items()}}}
        assert Draft202012Validator(translated(newer)).is_valid(value) == oracle(newer).is_valid(value)


def _without_flags(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in schema.items() if not isinstance(each, bool) or key == "additionalItems"}


def test_exact_numbers_stay_exact_in_the_schema():
    schema = {"type": "object", "properties": {"a": {"type": "number", "multipleOf": Decimal("0.01")}}}
    assert loaded(schema).fields[0].schema["multipleOf"] == Decimal("0.01")
