"""Modules become one tenant: every name is found, every formula checked, every result type known."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.definitions import link
from dougong.fields.registry import field_types
from dougong.kernel.errors import DefinitionError, FormulaError, NotFound
from tests.definition.making import MONEY, TEXT, authored, link_problems, linked, module, places, rows

P = "/record/properties"
CONTRACT = authored({"title": TEXT, "rest": MONEY, "kind": {"enum": ["a", "b"]}}, "contract")
REF = {"type": "string", "x-ref": "pay.contract"}
DAY = {"type": "string", "format": "date"}


def problems(properties: dict[str, Any], **rest: Any) -> list[tuple[str, str]]:
    return places(link_problems(CONTRACT, authored(properties, **rest)))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"a": {"type": "string", "x-ref": "pay.none"}}, [("/a/x-ref", "unknown_form")]),
        ({"a": {"type": "string", "x-ref": "pay.contract", "x-ref-tree": True}}, [("/a/x-ref-tree", "not_a_tree")]),
        ({"a": REF, "b": {"x-lookup": {"via": "x", "field": "rest"}}}, [("/b/x-lookup/via", "not_a_reference")]),
        ({"a": TEXT, "b": {"x-lookup": {"via": "a", "field": "rest"}}}, [("/b/x-lookup/via", "not_a_reference")]),
        ({"a": REF, "b": {"x-lookup": {"via": "a", "field": "none"}}}, [("/b/x-lookup/field", "unknown_field")]),
        ({"b": {"x-lookup": {"from": "pay.none", "field": "rest"}}}, [("/b/x-lookup/from", "unknown_form")]),
        (
            {"b": {"x-lookup": {"from": "pay.contract", "field": "rest", "sort": ["none"]}}},
            [("/b/x-lookup/sort", "unknown_field")],
        ),
        (
            {"b": {"x-lookup": {"from": "pay.contract", "field": "rest", "where": "rest > record.none"}}},
            [("/b/x-lookup/where", "unknown_field")],
        ),
        ({"b": {"x-rollup": {"from": "pay.none", "via": "a", "fn": "count"}}}, [("/b/x-rollup/from", "unknown_form")]),
        (
            {"b": {"x-rollup": {"from": "pay.contract", "via": "title", "fn": "count"}}},
            [("/b/x-rollup/via", "not_a_reference")],
        ),
        ({"a": {"x-number": "{none}-{seq}", "type": "string"}}, [("/a/x-number", "unknown_field")]),
        ({"a": {"x-formula": "none + 1"}}, [("/a/x-formula", "unknown_field")]),
        ({"a": {"x-formula": "1 +"}}, [("/a/x-formula", "unexpected_end")]),
        ({"a": {"type": "boolean", "x-formula": "'text'"}}, [("/a/x-formula", "type")]),
        ({"a": {"type": "string", "x-visible": "1 + 1"}}, [("/a/x-visible", "type")]),
        ({"a": {"type": "number", "x-default": "'x'"}}, [("/a/x-default", "type")]),
        ({"a": {**REF, "x-ref-where": "none = 1"}}, [("/a/x-ref-where", "unknown_field")]),
        ({"a": {**REF, "x-ref-where": "rmb_upper(rest) = 'x'"}}, [("/a/x-ref-where", "not_queryable")]),
        ({"g": {**rows(u=TEXT), "x-members": {"user": "u"}}}, [("/g/x-members/user", "type_conflict")]),
        ({"g": {**rows(u=TEXT), "x-members": {"user": "v"}}}, [("/g/x-members/user", "unknown_field")]),
    ],
)
def test_fields_that_name_what_is_not_there(properties: dict[str, Any], expected: list[tuple[str, str]]):
    assert problems(properties) == [(P + at, code) for at, code in expected]


def taken_over(rule: dict[str, Any]) -> list[tuple[str, str]]:
    before = authored({"lines": rows(item=TEXT, count=MONEY)}, "order")
    lines = {**rows(item=TEXT, count=MONEY, twice={"x-formula": "count * 2"}), "x-rows": rule}
    return places(link_problems(before, authored({"order": {"type": "string", "x-ref": "pay.order"}, "lines": lines})))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"from": "order.lines"}, []),
        ({"from": "order.lines", "where": "count > 0", "values": {"item": "item & record.order.$number"}}, []),
        ({"from": "order.none"}, [("/from", "not_a_subtable")]),
        ({"from": "lines"}, [("/from", "not_a_subtable")]),
        ({"from": "order.lines", "where": "count + 1"}, [("/where", "type")]),
        ({"from": "order.lines", "values": {"item": "none"}}, [("/values/item", "unknown_field")]),
        ({"from": "order.lines", "values": {"count": "item"}}, [("/values/count", "type")]),
        ({"from": "order.lines", "values": {"none": "1"}}, [("/values/none", "unknown_field")]),
        ({"from": "order.lines", "values": {"twice": "1"}}, [("/values/twice", "read_only")]),
    ],
)
def test_rows_that_are_taken_over_name_what_is_there(rule: dict[str, Any], expected: list[tuple[str, str]]):
    assert taken_over(rule) == [(f"{P}/lines/x-rows{at}", code) for at, code in expected]


def test_only_a_subtable_takes_rows_over():
    assert problems({"a": {**TEXT, "x-rows": {"from": "b.c"}}}) == [(f"{P}/a/x-rows", "not_a_subtable")]


FIELDS = {"a": TEXT, "n": MONEY, "lines": rows(b=TEXT), "more": rows(c=TEXT), "j": {"type": "object"}}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"checks": [{"rule": "true", "message": "M", "at": "x"}]}, [("/checks/0/at", "unknown_field")]),
        ({"checks": [{"rule": "b = 'x'", "message": "M"}]}, [("/checks/0/rule", "unknown_field")]),
        ({"checks": [{"rule": "b = 'x'", "message": "M", "each": "lines", "at": "b"}]}, []),
        ({"checks": [{"rule": "b = 'x'", "message": "M", "each": "a"}]}, [("/checks/0/each", "not_a_subtable")]),
        ({"checks": [{"rule": "true", "message": "M", "level": "1 + 1"}]}, [("/checks/0/level", "type")]),
        ({"unique": [{"fields": ["x"]}]}, [("/unique/0/fields/0", "unknown_field")]),
        ({"unique": [{"fields": ["j"]}]}, [("/unique/0/fields/0", "not_a_key")]),
        ({"unique": [{"fields": ["lines.b", "more.c"]}]}, [("/unique/0/fields", "several_subtables")]),
        ({"unique": [{"fields": ["a"], "where": "year(today()) > 2000"}]}, [("/unique/0/where", "volatile")]),
        ({"unique": [{"fields": ["lines.b", "a"], "where": "b <> 'x'"}]}, []),
        (
            {"totals": [{"name": "t", "key": {"k": "x"}, "values": {"n": "count()"}}]},
            [("/totals/0/key/k", "unknown_field")],
        ),
        ({"totals": [{"name": "t", "key": {"k": "a"}, "values": {"n": "sum(a)"}}]}, [("/totals/0/values/n", "type")]),
        (
            {"totals": [{"name": "t", "each": "x", "key": {"k": "a"}, "values": {"n": "count()"}}]},
            [("/totals/0/each", "not_a_subtable")],
        ),
        (
            {"effects": [{"on": "approved", "do": "post", "form": "pay.x", "values": {}}]},
            [("/effects/0/form", "unknown_form")],
        ),
        (
            {"effects": [{"on": "approved", "do": "post", "form": "pay.contract", "values": {"x": "a"}}]},
            [("/effects/0/values/x", "unknown_field")],
        ),
        ({"policies": [{"roles": ["*"], "actions": ["view"], "rows": "my(a)"}]}, [("/policies/0/rows", "group")]),
        (
            {"policies": [{"roles": ["*"], "actions": ["view"], "fields": {"x": "read"}}]},
            [("/policies/0/fields/x", "unknown_field")],
        ),
        ({"policies": [{"roles": ["*"], "actions": ["view"], "fields": {"lines.b": "read"}}]}, []),
        ({"layout": [{"section": "S", "fields": ["x"]}]}, [("/layout/0/fields", "unknown_field")]),
        ({"views": [{"name": "v", "columns": ["x"]}]}, [("/views/0/columns", "unknown_field")]),
        ({"views": [{"name": "v", "filter": "x = 1"}]}, [("/views/0/filter", "unknown_field")]),
        ({"views": [{"name": "v", "sort": ["-x"]}]}, [("/views/0/sort", "unknown_field")]),
        ({"prints": [{"name": "p", "blocks": [{"text": "{{x}}"}]}]}, [("/prints/0/blocks/0/text", "unknown_field")]),
        (
            {"prints": [{"name": "p", "blocks": [{"table": "lines", "columns": ["x"]}]}]},
            [("/prints/0/blocks/0/columns", "unknown_field")],
        ),
        (
            {"flow": {"nodes": [{"type": "choose", "branches": [{"when": "x > 1", "nodes": []}, {"nodes": []}]}]}},
            [("/flow/nodes/0/branches/0/when", "unknown_field")],
        ),
        (
            {"flow": {"nodes": [{"type": "approve", "who": [{"project_role": "pm"}]}]}},
            [("/flow/nodes/0/who/0", "not_a_group")],
        ),
    ],
)
def test_parts_that_name_what_is_not_there(part: dict[str, Any], expected: list[tuple[str, str]]):
    assert problems(FIELDS, **part) == expected


def test_a_problem_of_a_formula_says_where_in_the_text():
    found = link_problems(authored({"a": {"x-formula": "1 + none"}}))
    assert (found[0].pointer, found[0].file, found[0].params["position"]) == (P + "/a/x-formula", "forms/ask.json", 4)


def test_an_unknown_role_is_only_a_warning():
    found = link_problems(authored({"a": TEXT}, policies=[{"roles": ["clerk", "admin", "*"], "actions": ["view"]}]))
    assert places(found, "warning") == [("/policies/0/roles/0", "unknown_role")]
    known = link_problems(
        authored({"a": TEXT}, policies=[{"roles": ["clerk"], "actions": ["view"]}]), roles=[{"name": "clerk"}]
    )
    assert known == []


def test_a_placeholder_that_nothing_fills_is_a_warning():
    checks = [{"rule": "true", "message": "{b} {a} {lines.b} {none} {excess} {$number}", "each": "lines"}]
    found = link_problems(authored({"a": TEXT, "lines": rows(b=TEXT)}, checks=checks))
    assert [(each.pointer, each.level, each.params["name"]) for each in found] == [
        ("/checks/0/message", "warning", "none")
    ]


def test_what_stands_in_braces_is_a_formula_and_checked_as_one():
    checks = [{"rule": "true", "message": "{n + 1} {nz(n, 0)} {n +} {n + none}"}]
    found = link_problems(authored({"n": {"type": "number"}}, checks=checks))
    assert [(each.pointer, each.level, each.code) for each in found] == [
        ("/checks/0/message", "error", "unexpected_end"),
        ("/checks/0/message", "error", "unknown_field"),
    ]


def test_formulas_that_go_round_in_circles_are_told_by_their_titles():
    found = link_problems(
        authored(
            {"a": {"title": "甲", "x-formula": "b + 1"}, "b": {"title": "乙", "type": "number", "x-formula": "a + 1"}}
        )
    )
    circle = [each for each in found if each.code == "formula_cycle"]
    assert circle
    assert {"ask.甲", "ask.乙"} <= set(circle[0].params["cycle"])


def test_types_that_go_round_in_circles_are_told_too():
    found = link_problems(authored({"a": {"x-formula": "b + 1"}, "b": {"x-formula": "a + 1"}}))
    assert "formula_cycle" in {each.code for each in found}


def results(properties: dict[str, Any], *forms: dict[str, Any]) -> dict[str, tuple[str | None, int | None]]:
    form = linked(*forms, authored(properties)).form("pay.ask")
    return {each.name: (each.result, each.scale) for each in form.fields if each.result is not None}


def test_result_types_of_formulas_come_from_the_formula():
    member = {"type": "string", "x-type": "member"}
    found = results(
        {
            "n": {"type": "number", "x-scale": 3}, "d": {"type": "string", "format": "date"}, "m": member, "c": REF,
            "sum": {"x-formula": "n + n"}, "whole": {"x-formula": "year(d)"}, "product": {"x-formula": "n * n"},
            "text": {"x-formula": "'a' & 'b'"}, "day": {"x-formula": "d"}, "yes": {"x-formula": "n > 1"},
            "who": {"x-formula": "m"}, "which": {"x-formula": "c"}, "chain": {"x-formula": "sum + 1"},
        },
        CONTRACT,
    )  # fmt: skip
    assert {name: kind for name, (kind, _) in found.items()} == {
        "sum": "decimal", "whole": "integer", "product": "decimal", "text": "text", "day": "date", "yes": "boolean",
        "who": "member", "which": "reference", "chain": "decimal",
    }  # fmt: skip
    assert found["sum"][1] == 3


def test_result_types_of_lookups_and_roll_ups_come_from_the_field_they_look_at():
    child = authored(
        {
            "up": {"type": "string", "x-ref": "pay.ask"},
            "n": {"type": "number", "x-scale": 3},
            "lines": rows(m=MONEY),
            "day": DAY,
        },
        "child",
    )
    up = {"from": "pay.child", "via": "up"}
    properties = {
        "contract": REF,
        "rest": {"x-lookup": {"via": "contract", "field": "rest"}},
        "kind": {"x-lookup": {"via": "contract", "field": "kind"}},
        "state": {"x-lookup": {"via": "contract", "field": "$state"}},
        "asked": {"x-lookup": {"from": "pay.contract", "field": "rest", "where": "kind = record.kind"}},
        "total": {"x-rollup": {**up, "fn": "sum", "field": "n"}},
        "count": {"x-rollup": {**up, "fn": "count"}},
        "mean": {"x-rollup": {**up, "fn": "avg", "field": "n"}},
        "deep": {"x-rollup": {"from": "pay.child.lines", "via": "up", "fn": "max", "field": "m"}},
        "low": {"x-rollup": {**up, "fn": "lowest_running", "field": "n", "by": "day"}},
        "low_day": {
            "x-rollup": {"from": "pay.child.lines", "via": "up", "fn": "lowest_running_day", "field": "m", "by": "day"}
        },
    }
    found = results(properties, CONTRACT, child)
    assert {name: kind for name, (kind, _) in found.items()} == {
        "rest": "money", "kind": "choice", "state": "text", "asked": "money", "total": "decimal", "count": "integer",
        "mean": "decimal", "deep": "money", "low": "decimal", "low_day": "date",
    }  # fmt: skip
    assert (found["total"][1], found["mean"][1], found["low"][1]) == (3, 4, 3)
    kind = linked(CONTRACT, child, authored(properties)).form("pay.ask").find("kind")
    assert kind is not None
    assert kind.schema["enum"] == ["a", "b"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"by": "none"}, ("/by", "unknown_field")),
        ({"by": "name"}, ("/by", "not_a_date")),
        ({"by": "$created_at"}, ("/by", "not_a_date")),
        ({"field": "day"}, ("/field", "not_a_number")),
    ],
)
def test_a_running_sum_adds_numbers_in_the_order_of_a_date(changed: dict[str, str], expected: tuple[str, str]):
    child = authored({"up": {"type": "string", "x-ref": "pay.ask"}, "n": MONEY, "day": DAY, "name": TEXT}, "child")
    for fn in ("lowest_running", "lowest_running_day"):
        rollup = {"from": "pay.child", "via": "up", "fn": fn, "field": "n", "by": "day", **changed}
        found = places(link_problems(child, authored({"a": {"x-rollup": rollup}})))
        assert found == [(P + "/a/x-rollup" + expected[0], expected[1])]


def test_totals_are_read_with_the_types_of_their_keys():
    total = {
        "name": "per_kind",
        "key": {"kind": "kind"},
        "values": {"s": "sum(rest)", "n": "count()", "m": "avg(rest)"},
    }
    contract = {**CONTRACT, "totals": [total]}
    good = authored({"a": {"x-formula": "total('pay.contract.per_kind', 'a').s"}})
    assert link_problems(contract, good) == []
    for text, code in (
        ("total('pay.contract.none', 'a').s", "unknown_total"),
        ("total('pay.contract.per_kind', 'a').x", "unknown_field"),
        ("total('pay.contract.per_kind').s", "arguments"),
        ("total('pay.contract.per_kind', 5).s", "type"),
    ):
        found = [
            each.code for each in link_problems(contract, authored({"a": {"x-formula": text}})) if each.level == "error"
        ]
        assert found and found[0] in (code, "unknown_total", "total_value"), (text, found)


def test_titles_name_records():
    forms = {
        "name": {"x": {"type": "string"}, "name": TEXT},
        "required": {"x": TEXT, "y": TEXT},
        "first": {"n": MONEY, "x": TEXT},
        "number": {"no": {"type": "string", "x-number": "A{seq}"}, "x": TEXT},
        "none": {"n": MONEY},
    }
    record = {"required": {"required": ["y"]}}
    tenant = linked(*(authored(each, name, record=record.get(name, {})) for name, each in forms.items()))
    titles = {name: tenant.title_field(f"pay.{name}") for name in forms}
    assert titles == {"name": "name", "required": "y", "first": "x", "number": None, "none": None}


def test_what_is_not_there_is_not_found():
    tenant = linked(CONTRACT)
    with pytest.raises(NotFound):
        tenant.form("pay.none")
    with pytest.raises(NotFound):
        tenant.total("pay.contract.none")
    with pytest.raises(FormulaError):
        tenant.checked("none", "pay.contract")


def test_a_formula_of_a_definition_that_is_wrong_says_so_with_its_place():
    tenant = linked(authored({"a": TEXT}))
    from dougong.definition.model import Expr

    with pytest.raises(DefinitionError) as error:
        tenant.checked(Expr("none", "/x"), "pay.ask")
    assert error.value.problems[0].pointer == "/x"


def test_the_digest_changes_with_what_is_said_and_not_with_the_order_of_keys():
    one, same = (
        linked(authored({"a": TEXT, "b": TEXT})),
        linked(dict(reversed(authored({"a": TEXT, "b": TEXT}).items()))),
    )
    other = linked(authored({"a": TEXT, "b": MONEY}))
    assert one.digest == same.digest != other.digest


def test_modules_that_need_each_other_or_nobody():
    a, b = module(name="a", requires=["b"]), module(name="b", requires=["a"])
    assert {each.code for each in link([a, b], field_types())[1]} == {"cycle"}
    assert {each.code for each in link([module(name="a", requires=["none"])], field_types())[1]} == {"unknown_module"}
    assert {each.code for each in link([module(name="a"), module(name="a")], field_types())[1]} == {"duplicate_name"}
