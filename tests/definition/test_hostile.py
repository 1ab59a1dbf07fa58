"""Definitions that want to break us: each is refused with a message or simply works, and quickly."""

from __future__ import annotations

import time
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from dougong.definition.definitions import link
from dougong.definition.load import load_form, load_module
from dougong.definition.model import Module
from dougong.fields.registry import field_types
from tests.definition.making import TEXT, authored, errors, loaded, rows

DEEP: dict[str, Any] = {}
for _ in range(500):
    DEEP = {"properties": {"a": DEEP}, "type": "object"}

SQL_AND_PYTHON = """validate select rowid version data errors oid _rowid_ table class None __class__ id parent
    position"""

REFUSED = {
    "deep": authored({"a": DEEP}),
    "deep text": b'{"record":' * 5000 + b"{}" + b"}" * 5000,
    "huge": b'{"title": "' + b"x" * 300_000 + b'"}',
    "doubled keys": b'{"record": {"type": "object", "properties": {"a": {}, "a": {}}}}',
    "not a number": b'{"record": {"type": "object", "properties": {"a": {"minimum": NaN}}}}',
    "file": authored({"a": {"$ref": "file:///etc/passwd"}}),
    "host": authored({"a": {"$ref": "http://169.254.169.254/latest"}}),
    "host by identifier": authored({"a": {"$ref": "x"}}, record={"$id": "http://example.com/"}),
    "relative file": authored({"a": {"$ref": "../../secret.json"}}),
    "look ahead": authored({"a": {"type": "string", "pattern": "^(?=.*a)b"}}),
    "back reference": authored({"a": {"type": "string", "pattern": r"(a)\1"}}),
    "huge repetition": authored({"a": {"type": "string", "pattern": "(a{1000}){1000}"}}),
    "pattern of a property": authored({}, record={"patternProperties": {"(?=a)": TEXT}}),
    "system name": authored({"$state": TEXT}),
    "thousands of fields": authored({f"f{i}": {} for i in range(2000)}),
    "thousands of columns": authored({"l": rows(**{f"f{i}": {} for i in range(2000)})}),
    "no object": authored({}, record={"type": "string"}),
    "list for properties": {"record": {"type": "object", "properties": []}},
    "number for a schema": authored({"a": 5}),
    "null for a schema": authored({"a": None}),
    "record is a list": {"name": "ask", "record": []},
    "name of a path": {**authored({"a": TEXT}), "name": "../../etc"},
    "name of sql": {**authored({"a": TEXT}), "name": 'a"; drop table x'},
}

LOADS = {
    "reference to itself": authored({"a": {"$ref": "#/properties/a"}}),
    "two references in a circle": authored(  # each is only the other
        {"a": {"$ref": "#/$defs/x"}}, record={"$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"$ref": "#/$defs/x"}}}
    ),
    "reference to the root": authored({"a": {"$ref": "#"}}),
    "all of itself": authored({"a": TEXT}, record={"allOf": [{"$ref": "#"}]}),
    "exploding pattern": authored({"a": {"type": "string", "pattern": "^(a+)+$"}}),
    "false schema": authored({"a": False}),
    "empty enumeration with null": authored({"a": {"enum": [None]}}),
    "contradiction": authored({"a": {"allOf": [{"type": "string"}, {"type": "integer"}]}}),
    "no properties": authored({}),
    "properties named like keywords": authored(
        dict.fromkeys(["properties", "$ref", "$defs", "allOf", "enum", "x-type"], TEXT)
    ),
    "definitions named like keywords": authored(
        {"a": {"$ref": "#/$defs/properties"}}, record={"$defs": {"properties": {"type": "string"}}}
    ),
    "words of sql and Python": authored(dict.fromkeys(SQL_AND_PYTHON.split(), TEXT)),
    "case": authored({"A": TEXT, "a": TEXT, "Ａ": TEXT, "lines": rows(B=TEXT, b=TEXT)}),
    "alike for sixty characters": authored({"汉字" * 30 + end: TEXT for end in "甲乙丙"}),
    "emoji and right to left": authored(
        {"👩‍👩‍👧‍👦": TEXT, "עברית": TEXT, "\u202eabc": TEXT, "e\u0301": TEXT, "é": TEXT}
    ),
    "enumeration with markup": authored({"a": {"enum": ["<script>alert(1)</script>", "'; drop table", "{{7*7}}"]}}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(name: str):
    before = time.perf_counter()
    found = errors(REFUSED[name], name=None)
    assert found
    assert time.perf_counter() - before < 5


@pytest.mark.parametrize("name", LOADS)
def test_what_only_looks_bad_loads_and_links(name: str):
    form = loaded(LOADS[name])
    tenant, problems = link([Module("pay", "Pay", forms=(form,))], field_types())
    assert tenant is not None, problems
    for each in tenant.form("pay.ask").fields:
        assert each.value_type in field_types()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "1" + "+1" * 200_000,
        "__import__('os')",
        "a.__class__",
        "'" + "x" * 70_000,
        "`",
        "not " * 5000 + "true",
        "\x00",
        "１＋",
        ")(",
    ],
)
def test_formulas_that_would_run_away_are_problems_with_a_position(text: str):
    form = loaded(authored({"a": {"type": "string"}, "b": TEXT}))
    made = load_form(authored({"a": {"type": "string", "x-visible": text[:60_000]}}), field_types(), module="pay")
    if made[0] is None:
        assert made[1]
        return
    tenant, problems = link([Module("pay", "Pay", forms=(made[0],))], field_types())
    assert tenant is None
    assert all(each.pointer == "/record/properties/a/x-visible" and "position" in each.params for each in problems)
    assert form is not None


WORDS = """record properties type items $ref $defs allOf anyOf oneOf enum const required x-type x-ref x-formula
    x-lookup x-rollup x-number x-members x-rows x-id checks unique totals policies layout views prints flow effects nodes
    branches who id name title kind rule fields key values from via fn where a b"""
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from(["", "a", "string", "object", "#/x", "a.b", "1 +", "view"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(WORDS.split()),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_makes_the_loader_fail(data: Any):
    form, problems = load_form(data, field_types(), module="pay")
    assert form is not None or any(each.level == "error" for each in problems)
    if form is not None:
        link([Module("pay", "Pay", forms=(form,))], field_types())


@given(
    st.dictionaries(
        st.sampled_from(
            ["record", "checks", "unique", "totals", "policies", "layout", "views", "flow", "effects", "prints"]
        ),
        JSON,
    )
)
def test_no_form_makes_the_loader_fail(parts: dict[str, Any]):
    data = {"name": "ask", "title": "T", "record": {"type": "object", "properties": {"a": TEXT}}, **parts}
    text = simplejson.dumps(data)
    form, problems = load_form(text, field_types(), module="pay")
    assert form is not None or any(each.level == "error" for each in problems)
    if form is not None:
        link([Module("pay", "Pay", forms=(form,))], field_types())


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "module.json",
                "forms/a.json",
                "extends/a.b.json",
                "i18n/en.json",
                "seed/x/a.b.json",
                "scenarios/s.json",
                "dashboards/d.json",
            ]
        ),
        JSON,
    )
)
def test_no_module_makes_the_loader_fail(files: dict[str, Any]):
    made, problems = load_module(files, field_types())
    assert made is not None or any(each.level == "error" for each in problems)


def test_a_form_at_its_limits_loads_in_good_time():
    properties = {
        f"field{i}": {"type": "number", "title": f"字段 {i}", "x-type": "money", "minimum": 0} for i in range(600)
    }
    properties |= {f"sum{i}": {"x-formula": f"field{i} + field{i + 1} * 2"} for i in range(399)}
    before = time.perf_counter()
    form = loaded(authored(properties))
    tenant, problems = link([Module("pay", "Pay", forms=(form,))], field_types())
    assert tenant is not None, problems
    assert time.perf_counter() - before < 20
