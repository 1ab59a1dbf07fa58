"""The lists beside a form's record."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.model import Cell, Expr
from tests.definition.making import TEXT, authored, errors, loaded, rows, warnings

A = {"a": TEXT, "lines": rows(b=TEXT)}


def form(**rest: Any) -> Any:
    return loaded(authored(A, **rest))


def test_checks_run_on_submit_and_approve_for_documents_and_on_save_otherwise():
    checks = [{"rule": "a = 'x'", "message": "M"}, {"rule": "a = 'x'", "message": "M", "on": ["void"]}]
    assert [each.on for each in form(checks=checks, kind="document").checks] == [("submit", "approve"), ("void",)]
    assert [each.on for each in form(checks=checks).checks] == [("save",), ("void",)]


def test_levels_are_two_words_or_a_formula():
    checks = [
        {"rule": "true", "message": "M", "level": level} for level in ("block", "warn", "if(a = 'x', 'warn', 'none')")
    ]
    levels = [each.level for each in form(checks=checks).checks]
    assert levels == ["block", "warn", Expr("if(a = 'x', 'warn', 'none')")]


def test_ids_are_made_of_what_an_item_is_about_and_never_meet_written_ones():
    checks = [
        {"rule": "true", "message": "M", "at": "a"},
        {"rule": "true", "message": "M", "at": "a"},
        {"id": "check_a", "rule": "true", "message": "M"},
    ]
    assert [each.id for each in form(checks=checks).checks] == ["check_a_2", "check_a_3", "check_a"]


def test_unique_of_documents_leaves_out_what_is_not_in_force():
    unique = [{"fields": ["lines.b", "a"]}, {"fields": ["a"], "where": "a <> 'x'"}]
    document = form(unique=unique, kind="document")
    assert document.unique[0].where is not None and "$state not in" in document.unique[0].where.text
    assert document.unique[1].where == Expr("a <> 'x'")
    assert form(unique=unique).unique[0].where is None


def test_a_unique_field_is_a_unique_rule():
    found = loaded(
        authored({"a": {"type": "string", "x-unique": True}, "lines": rows(b={"type": "string", "x-unique": True})})
    )
    assert [(each.id, each.fields) for each in found.unique] == [
        ("x-unique:a", ("a",)),
        ("x-unique:lines.b", ("lines.b",)),
    ]


def test_totals_are_measures_over_keys():
    total = {
        "name": "per_a",
        "each": "lines",
        "key": {"k": "b"},
        "values": {"n": "count()", "s": "sum( len(b)+1 )", "m": "avg(len(b))"},
        "where": "a = 'x'",
    }
    found = form(totals=[total]).totals[0]
    assert (found.id, found.name, found.each, dict(found.key)) == ("per_a", "per_a", "lines", {"k": Expr("b")})
    assert {name: fn for name, (fn, _) in found.values.items()} == {"n": "count", "s": "sum", "m": "avg"}
    assert found.values["n"][1] is None
    assert found.values["s"][1] == Expr("len(b) + 1")


def test_effects():
    effect = {"on": "approved", "do": "post", "form": "pay.ledger", "each": "lines", "values": {"x": "b"}}
    found = form(effects=[effect]).effects[0]
    assert (found.id, found.on, found.do, found.form, found.each) == (
        "post_pay.ledger",
        "approved",
        "post",
        "pay.ledger",
        "lines",
    )


def test_policies_take_words_or_a_formula_for_rows():
    policies = [{"roles": ["clerk"], "actions": ["view"], "rows": rows_} for rows_ in ("own", "my(a)")]
    policies.append({"roles": ["*"], "actions": ["view", "edit"], "fields": {"a": "masked", "*": "read"}})
    found = form(policies=policies).policies
    assert [each.rows for each in found] == ["own", Expr("my(a)"), "all"]
    assert found[2].fields == {"a": "masked", "*": "read"}
    assert found[2].actions == {"view", "edit"}


def test_layout():
    layout = [
        {
            "section": "S",
            "columns": 3,
            "fields": ["a", {"field": "lines", "span": 2, "break": True}],
            "when": "a = 'x'",
        },
        {"tab": "T", "fields": []},
    ]
    first, second = form(layout=layout).layout
    assert (first.id, first.kind, first.columns, first.cells) == (
        "S",
        "section",
        3,
        (Cell("a"), Cell("lines", 2, True)),
    )
    assert (second.kind, second.columns) == ("tab", 2)


def test_views_and_prints():
    view = {
        "name": "mine",
        "title": "My",
        "kind": "board",
        "columns": ["a", "$state"],
        "filter": "a = 'x'",
        "sort": "-a",
        "group": "a",
        "totals": {"a": "count"},
        "default": True,
    }
    found = form(views=[view]).views[0]
    assert (found.id, found.kind, found.sort, found.group, found.default) == ("mine", "board", ("-a",), ("a",), True)
    block = {"text": "{{a}}"}
    assert form(prints=[{"name": "p", "title": "P", "paper": "A5", "landscape": True, "blocks": [block]}]).prints[
        0
    ].blocks == (block,)


FLOW = {
    "nodes": [
        {"type": "approve", "who": [{"role": "pm"}], "mode": {"ratio": 1}},
        {
            "type": "choose",
            "branches": [{"when": "a = 'x'", "nodes": [{"type": "approve", "who": [{"role": "gm"}]}]}, {"nodes": []}],
        },
        {"type": "cc", "id": "approve", "who": [{"role": "cashier"}]},
    ]
}


def test_a_flow_gets_ids_and_knows_whether_people_act():
    found = form(flow=FLOW)
    assert found.flow is not None
    nodes = found.flow["nodes"]
    assert [each["id"] for each in nodes] == ["approve_2", "choose", "approve"]
    assert [each["id"] for each in nodes[1]["branches"]] == ["choose_1", "choose_2"]
    assert found.approved_by_people
    assert not form(flow={}).approved_by_people
    assert not form(flow={"nodes": [{"type": "cc", "who": [{"role": "a"}]}]}).approved_by_people


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"checks": [{"message": "M"}]}, [("/checks/0", "missing")]),
        ({"checks": [{"rule": "true"}]}, [("/checks/0", "missing")]),
        ({"checks": [{"rule": "true", "message": "M", "on": ["saved"]}]}, [("/checks/0/on/0", "not_one_of")]),
        ({"checks": [{"id": "x", "rule": "true", "message": "M"}] * 2}, [("/checks/1/id", "duplicate_id")]),
        ({"checks": {}}, [("/checks", "wrong_kind")]),
        ({"checks": ["a"]}, [("/checks/0", "wrong_kind")]),
        ({"unique": [{"fields": []}]}, [("/unique/0/fields", "empty")]),
        ({"unique": [{"fields": [1]}]}, [("/unique/0/fields/0", "wrong_kind")]),
        (
            {"totals": [{"name": "a b", "key": {"k": "a"}, "values": {"n": "count()"}}]},
            [("/totals/0/name", "bad_name")],
        ),
        ({"totals": [{"name": "t", "key": {}, "values": {"n": "count()"}}]}, [("/totals/0/key", "empty")]),
        (
            {"totals": [{"name": "t", "key": {"k": "a"}, "values": {"n": "max(a)"}}]},
            [("/totals/0/values/n", "not_one_of")],
        ),
        ({"totals": [{"name": "t", "key": {"k": "a"}, "values": {"n": "a + 1"}}]}, [("/totals/0/values/n", "measure")]),
        (
            {"totals": [{"name": "t", "key": {"k": "a"}, "values": {"n": "sum("}}]},
            [("/totals/0/values/n", "unexpected_end")],
        ),
        (
            {"totals": [{"name": "t", "key": {"k": "a"}, "values": {"n": "count()"}}] * 2},
            [("/totals/1", "duplicate_name")],
        ),
        ({"effects": [{"on": "saved", "do": "post", "form": "a.b", "values": {}}]}, [("/effects/0/on", "not_one_of")]),
        ({"policies": [{"roles": ["a"], "actions": ["look"]}]}, [("/policies/0/actions/0", "not_one_of")]),
        ({"policies": [{"actions": ["view"]}]}, [("/policies/0", "missing")]),
        (
            {"policies": [{"roles": ["a"], "actions": ["view"], "fields": {"a": "secret"}}]},
            [("/policies/0/fields/a", "not_one_of")],
        ),
        ({"layout": [{"fields": ["a"]}]}, [("/layout/0", "missing")]),
        ({"layout": [{"section": "S", "columns": 4, "fields": []}]}, [("/layout/0/columns", "out_of_bounds")]),
        ({"layout": [{"section": "S", "fields": [5]}]}, [("/layout/0/fields/0", "wrong_kind")]),
        ({"views": [{"title": "T"}]}, [("/views/0", "missing")]),
        ({"views": [{"name": "a", "kind": "pie"}]}, [("/views/0/kind", "not_one_of")]),
        ({"views": [{"name": "a"}, {"name": "a"}]}, [("/views/1", "duplicate_name")]),
        ({"prints": [{"name": "p", "blocks": [{"text": "a", "heading": "b"}]}]}, [("/prints/0/blocks/0", "one_of")]),
        ({"flow": {"nodes": [{"type": "aprove"}]}}, [("/flow/nodes/0/type", "not_one_of")]),
        ({"flow": {"nodes": [{"type": "approve"}]}}, [("/flow/nodes/0", "missing")]),
        ({"flow": {"nodes": [{"type": "approve", "who": [{"rolle": "a"}]}]}}, [("/flow/nodes/0/who/0", "one_of")]),
        (
            {"flow": {"nodes": [{"type": "approve", "who": [{"role": "a"}], "mode": "some"}]}},
            [("/flow/nodes/0/mode", "not_one_of")],
        ),
        (
            {"flow": {"nodes": [{"type": "approve", "who": [{"role": "a"}], "mode": {"ratio": 2}}]}},
            [("/flow/nodes/0/mode/ratio", "out_of_bounds")],
        ),
        (
            {"flow": {"nodes": [{"type": "choose", "branches": [{"nodes": []}, {"nodes": []}]}]}},
            [("/flow/nodes/0/branches/0", "default_branch")],
        ),
        (
            {"flow": {"nodes": [{"type": "choose", "branches": [{"when": "true", "nodes": []}]}]}},
            [("/flow/nodes/0/branches/0", "default_branch")],
        ),
        ({"flow": {"nodes": [{"type": "choose"}]}}, [("/flow/nodes/0", "missing")]),
        (
            {"flow": {"nodes": [{"type": "approve", "id": "x", "who": [{"role": "a"}]}] * 2}},
            [("/flow/nodes/1/id", "duplicate_id")],
        ),
        ({"kind": "paper"}, [("/kind", "not_one_of")]),
        ({"name": "Ask"}, [("/name", "bad_name")]),
        ({"name": "a__b"}, [("/name", "bad_name")]),
    ],
)
def test_what_is_refused_and_where(part: dict[str, Any], expected: list[tuple[str, str]]):
    assert errors(authored(A) | part) == expected


def test_all_problems_come_at_once():
    data = authored(
        {"a": {"x-type": "mony"}, "b": {"type": "string", "pattern": "("}}, kind="x", checks=[{}], policies=[{}]
    )
    assert {code for _, code in errors(data)} == {"unknown_type", "pattern", "not_one_of", "missing"}


def test_unknown_keys_are_reported_everywhere():
    data = authored(
        A,
        chekcs=[],
        rules=[{"when": "schedule"}],
        checks=[{"rule": "true", "message": "M", "levl": "warn"}],
        policies=[{"roles": ["a"], "actions": ["view"], "row": "all"}],
        layout=[{"section": "S", "fields": [{"field": "a", "spam": 1}]}],
        flow={"nodes": [{"type": "approve", "who": [{"role": "a"}], "mod": "any"}]},
    )
    assert warnings(data) == [
        ("/checks/0/levl", "unknown_key"),
        ("/chekcs", "unknown_key"),
        ("/flow/nodes/0/mod", "unknown_key"),
        ("/layout/0/fields/0/spam", "unknown_key"),
        ("/policies/0/row", "unknown_key"),
        ("/rules", "no_effect"),
    ]
