"""A whole record judged: every problem at once, each at its place."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dougong.definition.model import Form
from dougong.fields.validate import compile_form
from dougong.kernel.problems import Problem
from tests.fields.making import TYPES, a_field, a_form

TEXT = {"type": "string"}


def told(problems: Sequence[Problem]) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in problems}


def ticket() -> Form:
    hours = a_field("decimal", {"type": "number", "maximum": 24}, "hours", required=True)
    worker = a_field("text", TEXT, "worker", required=True)
    items = {"type": "object", "required": ["hours", "worker"], "properties": {"hours": hours.schema, "worker": TEXT}}
    lines = a_field("subtable", {"type": "array", "items": items, "minItems": 1}, "lines", fields=(worker, hours))
    return a_form(a_field("text", {"type": "string", "maxLength": 3}, "content", required=True), lines)


def test_all_problems_at_once_with_pointers_into_rows() -> None:
    rows = [{"worker": "张伟", "hours": Decimal(8)}, {"worker": None, "hours": Decimal(25)}]
    found = compile_form(ticket(), TYPES).problems({"content": "太长了点", "lines": rows})
    assert told(found) == {("/content", "length"), ("/lines/1/worker", "required"), ("/lines/1/hours", "range")}


def test_rows_may_be_objects_with_values() -> None:
    rows = [SimpleNamespace(id="1", values={"worker": "a", "hours": Decimal(25)})]
    assert told(compile_form(ticket(), TYPES).problems({"content": "a", "lines": rows})) == {
        ("/lines/0/hours", "range")
    }


def test_a_draft_may_be_incomplete_but_not_over_long() -> None:
    judge = compile_form(ticket(), TYPES)
    assert told(judge.problems({"lines": [{"hours": Decimal(99)}]}, draft=True)) == set()
    assert told(judge.problems({"content": "太长了点"}, draft=True)) == {("/content", "length")}


def test_nothing_is_required_where_a_field_does_not_apply() -> None:
    judge = compile_form(ticket(), TYPES)
    rows = [{"worker": None, "hours": Decimal(1)}]
    assert told(judge.problems({"lines": rows}, exempt={"/content", "/lines/0/worker"})) == set()


def grouped(required: list[str]) -> Form:
    city = a_field("text", TEXT, "address.city", required=True)
    street = a_field("text", TEXT, "address.street")
    schema = {"type": "object", "required": required, "properties": {"address": {
        "type": "object", "required": ["city"], "properties": {"city": TEXT, "street": TEXT}}}}  # fmt: skip
    return a_form(city, street, schema=schema, groups={"address": "地址"})


def test_a_group_left_blank_is_absent_and_asks_nothing() -> None:
    judge = compile_form(grouped([]), TYPES)
    assert judge.problems({}) == []
    assert told(judge.problems({"address.street": "x"})) == {("/address/city", "required")}
    assert told(compile_form(grouped(["address"]), TYPES).problems({})) == {("/address/city", "required")}


def with_rest(rest: dict[str, Any]) -> Form:
    kind, other = a_field("choice", {"enum": ["a", "b"]}, "kind"), a_field("text", TEXT, "other")
    schema = {"type": "object", "properties": {"kind": kind.schema, "other": TEXT}, **rest}
    return a_form(kind, other, schema=schema)


def test_conditions_of_the_schema_are_kept() -> None:
    judge = compile_form(with_rest({"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
                                    "then": {"required": ["other"]}}), TYPES)  # fmt: skip
    assert told(judge.problems({"kind": "a"})) == {("/other", "required")}
    assert judge.problems({"kind": "b"}) == []


def test_other_keywords_are_reported_as_checks() -> None:
    judge = compile_form(with_rest({"anyOf": [{"required": ["kind"]}, {"required": ["other"]}]}), TYPES)
    assert told(judge.problems({})) == {("", "check")}
    judge = compile_form(with_rest({"dependentRequired": {"other": ["kind"]}}), TYPES)
    assert told(judge.problems({"other": "x"})) == {("/kind", "required")}


def test_a_field_keeps_the_keywords_its_type_does_not_know() -> None:
    field = a_field(
        "text", {"type": "string", "not": {"const": "x"}, "anyOf": [{"maxLength": 1}, {"minLength": 3}]}, "a"
    )
    judge = compile_form(a_form(field), TYPES)
    assert told(judge.problems({"a": "x"})) == {("/a", "check")}
    assert told(judge.problems({"a": "xx"})) == {("/a", "check")}
    assert judge.problems({"a": "xyz"}) == []


def test_references_inside_the_schema_lead_where_they_say() -> None:
    schema = {"type": "object", "properties": {"a": {"allOf": [{"$ref": "#/$defs/small"}]}},
              "$defs": {"small": {"maximum": 9}}}  # fmt: skip
    judge = compile_form(a_form(a_field("json", schema["properties"]["a"], "a"), schema=schema), TYPES)  # type: ignore[index]
    assert told(judge.problems({"a": Decimal(10)})) == {("/a", "range")}


def test_endless_references_are_a_problem_not_a_crash() -> None:
    schema = {"type": "object", "properties": {"a": {}}, "allOf": [{"$ref": "#/$defs/x"}],
              "$defs": {"x": {"allOf": [{"$ref": "#/$defs/x"}]}}}  # fmt: skip
    judge = compile_form(a_form(a_field("json", {}, "a"), schema=schema), TYPES)
    assert told(judge.problems({"a": 1})) == {("", "check")}


def test_undeclared_keys_are_judged_where_the_schema_judges_them() -> None:
    judge = compile_form(with_rest({"additionalProperties": {"type": "integer"}}), TYPES)
    assert told(judge.problems({"kind": "a"}, rest={"n": "x"})) == {("/n", "type")}


def test_exact_decimals_reach_the_oracle() -> None:
    field = a_field("json", {"properties": {"n": {"multipleOf": Decimal("0.01")}}}, "a")
    judge = compile_form(a_form(field), TYPES)
    assert judge.problems({"a": {"n": Decimal("19.99")}}) == []
    assert told(judge.problems({"a": {"n": Decimal("12345678901234567890123456789.999")}})) == {("/a/n", "range")}


def test_limits_of_shares_and_amounts_are_told_as_their_fields_show_them() -> None:
    share = a_field("percent", {"type": "number", "maximum": 1}, "share")
    count = a_field("integer", {"type": "integer", "maximum": 1}, "count")
    found = compile_form(a_form(share, count), TYPES).problems({"share": Decimal("1.2"), "count": Decimal(2)})
    assert [(each.pointer, each.params.get("shown_as")) for each in found] == [("/share", "percent"), ("/count", None)]
