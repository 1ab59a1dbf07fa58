"""Our own keywords of a property."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.model import Lookup, MembersRule, NumberRule, Rollup
from tests.definition.making import TEXT, authored, errors, fields_of, load, rows

PLACE = "/record/properties/x"


def test_what_each_keyword_sets():
    field = fields_of(
        {
            "x": {
                "type": "string",
                "title": "标题",
                "x-id": "first",
                "x-default": "'a'",
                "x-visible": "y = 1",
                "x-required": "y > 1",
                "x-readonly": "y < 1",
                "x-unique": True,
                "x-mask": "phone",
                "x-late": True,
                "x-widget": "wide",
                "x-help": "Help",
                "x-options": {"rows": 3},
                "x-index": True,
            },
            "y": {"type": "number", "x-scale": 3},
            "z": {"type": "string", "format": "date", "x-date": True},
        }
    )
    x = field["x"]
    assert (x.id, x.title, x.unique, x.mask, x.late, x.widget, x.help, x.index) == (
        "first",
        "标题",
        True,
        "phone",
        True,
        "wide",
        "Help",
        True,
    )
    assert [e.text for e in (x.default, x.visible, x.required_when, x.readonly) if e] == [
        "'a'",
        "y = 1",
        "y > 1",
        "y < 1",
    ]
    assert x.visible is not None and x.visible.pointer == PLACE + "/x-visible"
    assert x.options == {"rows": 3}
    assert (field["y"].scale, field["z"].is_date) == (3, True)


def test_truth_and_numbers_may_stand_for_formulas():
    x = fields_of({"x": {"type": "integer", "x-default": 8, "x-visible": False}})["x"]
    assert x.default is not None and x.default.text == "8"
    assert x.visible is not None and x.visible.text == "false"


def test_a_reference():
    x = fields_of({"x": {"type": "string", "x-ref": "pay.ask", "x-ref-where": "not closed", "x-ref-tree": True}})["x"]
    assert (x.type, x.ref, x.ref_tree) == ("reference", "pay.ask", True)
    assert x.ref_where is not None and x.ref_where.text == "not closed"


def test_lookups_that_follow_and_lookups_that_ask():
    follow = fields_of({"x": {"x-lookup": {"via": "contract", "field": "partner.name", "freeze": "submit"}}})["x"]
    assert follow.lookup == Lookup("partner.name", "contract", freeze="submit")
    assert not follow.computed
    asked = fields_of(
        {
            "x": {
                "x-lookup": {
                    "from": "pay.rate",
                    "where": "kind = record.kind",
                    "sort": "-priority, -from",
                    "field": "rate",
                }
            }
        }
    )["x"]
    assert asked.lookup is not None
    assert (asked.lookup.source, asked.lookup.sort, asked.computed) == ("pay.rate", ("-priority", "-from"), True)


def test_roll_ups():
    x = fields_of(
        {"x": {"x-rollup": {"from": "pay.ask.lines", "via": "contract", "fn": "sum", "field": "amount", "where": "ok"}}}
    )["x"]
    assert x.rollup is not None
    assert (x.rollup.source, x.rollup.via, x.rollup.fn, x.rollup.field) == (
        "pay.ask.lines",
        "contract",
        "sum",
        "amount",
    )
    assert fields_of({"x": {"x-rollup": {"from": "pay.ask", "via": "c", "fn": "count"}}})["x"].rollup == Rollup(
        "pay.ask", "c", "count"
    )


def test_numbers():
    assert fields_of({"x": {"x-number": "FK-{yyyymm}-{seq:4}"}})["x"].number == NumberRule("FK-{yyyymm}-{seq:4}")
    scoped = fields_of({"x": {"x-number": {"pattern": "{project}-{seq}", "scope": ["project"]}}})["x"]
    assert scoped.number == NumberRule("{project}-{seq}", ("project",))


def test_members_make_a_group_form():
    lines = {
        **rows(user={"type": "string", "x-type": "member"}, role=TEXT),
        "x-members": {"user": "user", "role": "role"},
    }
    assert fields_of({"x": lines})["x"].members == MembersRule("user", "role")


def test_the_result_of_a_computed_field_is_stated_or_left_open():
    fields = fields_of(
        {
            "a": {"x-formula": "1"},
            "b": {"type": "number", "x-formula": "1"},
            "c": {"x-type": "money", "x-formula": "1"},
            "d": {"x-type": "formula", "x-formula": "1"},
            "e": {"type": "string", "enum": ["a"], "x-formula": "'a'"},
            "f": {"x-type": "rollup", "x-rollup": {"from": "pay.ask", "via": "a", "fn": "count"}},
            "g": {"type": "string", "x-ref": "pay.ask", "x-lookup": {"via": "a", "field": "b"}},
        }
    )
    assert {name: each.result for name, each in fields.items()} == {
        "a": None,
        "b": "decimal",
        "c": "money",
        "d": None,
        "e": "choice",
        "f": None,
        "g": "reference",
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"x-type": "mony"}, [("/x-type", "unknown_type")]),
        ({"type": "string", "x-type": "money"}, [("/x-type", "type_conflict")]),
        ({"type": "string", "x-type": "tags"}, [("/x-type", "type_conflict")]),
        ({"type": "array", "x-type": "subtable"}, [("/x-type", "not_a_subtable")]),
        ({"type": "string", "x-type": "formula"}, [("", "missing")]),
        ({"type": "string", "x-type": "auto_number"}, [("", "missing")]),
        ({"type": "string", "x-type": "reference"}, [("", "missing")]),
        ({"type": "string", "x-ref": "contract"}, [("/x-ref", "bad_name")]),
        ({"type": "string", "x-ref": "a.b__c"}, [("/x-ref", "bad_name")]),
        ({"type": "string", "x-ref-where": "true"}, [("", "missing")]),
        ({"x-formula": 5.5j}, [("/x-formula", "wrong_kind")]),
        ({"x-formula": ["a"]}, [("/x-formula", "wrong_kind")]),
        ({"x-formula": "  "}, [("/x-formula", "empty")]),
        ({"x-formula": "1", "x-rollup": {"from": "a.b", "via": "c", "fn": "count"}}, [("/x-rollup", "not_together")]),
        ({"type": "string", "x-unique": "yes"}, [("/x-unique", "wrong_kind")]),
        ({"type": "number", "x-scale": 11}, [("/x-scale", "out_of_bounds")]),
        ({"type": "number", "x-scale": True}, [("/x-scale", "wrong_kind")]),
        ({"x-lookup": {"field": "a"}}, [("/x-lookup", "missing")]),
        ({"x-lookup": {"via": "a"}}, [("/x-lookup", "missing")]),
        ({"x-lookup": {"via": "a", "from": "b.c", "field": "d"}}, [("/x-lookup", "not_together")]),
        ({"x-lookup": {"via": "a", "field": "d", "where": "true"}}, [("/x-lookup/where", "not_together")]),
        ({"x-lookup": {"via": "a", "field": "d", "freeze": "approve"}}, [("/x-lookup/freeze", "not_one_of")]),
        ({"x-rollup": {"from": "a.b", "via": "c", "fn": "median", "field": "d"}}, [("/x-rollup/fn", "not_one_of")]),
        ({"x-rollup": {"from": "a.b", "via": "c", "fn": "sum"}}, [("/x-rollup", "missing")]),
        ({"x-rollup": {"from": "a.b", "via": "c", "fn": "lowest_running", "field": "d"}}, [("/x-rollup", "missing")]),
        ({"x-rollup": {"from": "b", "via": "c", "fn": "count"}}, [("/x-rollup/from", "bad_name")]),
        ({"x-number": "no sequence"}, [("/x-number", "bad_number_pattern")]),
        ({"x-number": "{seq}{seq}"}, [("/x-number", "bad_number_pattern")]),
        ({"x-number": "{seq:4"}, [("/x-number", "bad_number_pattern")]),
        ({"x-number": {"pattern": "{seq:99}"}}, [("/x-number/pattern", "bad_number_pattern")]),
        ({"type": "string", "x-members": {"user": "a"}}, [("/x-members", "not_a_subtable")]),
        ({"type": "string", "x-id": "x" * 201}, [("/x-id", "too_long")]),
        ({"type": "string", "title": 5}, [("/title", "bad_schema")]),
    ],
)
def test_what_is_refused_and_where(schema: dict[str, Any], expected: list[tuple[str, str]]):
    assert errors(authored({"x": schema})) == [(PLACE + at, code) for at, code in expected]


def test_an_unknown_type_lists_the_known_ones():
    _, problems = load(authored({"x": {"x-type": "mony"}}))
    assert "money" in problems[0].params["known"]


def test_an_unknown_key_inside_a_keyword_is_reported():
    _, problems = load(authored({"x": {"x-lookup": {"via": "a", "field": "b", "fiter": "c"}}}))
    assert [(each.pointer, each.code, each.level) for each in problems] == [
        (PLACE + "/x-lookup/fiter", "unknown_key", "warning")
    ]
