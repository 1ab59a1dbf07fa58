"""A record's JSON Schema becomes fields: which types, which names, what is edited as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from tests.definition.making import TEXT, authored, errors, fields_of, load, loaded, rows, warnings


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 255}, "text"),
        ({"type": "string", "maxLength": 256}, "long_text"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": "string", "format": "time"}, "time"),
        ({"type": "string", "enum": ["a", "b"]}, "choice"),
        ({"enum": ["a", "b"]}, "choice"),
        ({"enum": [1, 2]}, "choice"),
        ({"type": "string", "oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}, "choice"),
        ({"anyOf": [{"const": "a"}, {"const": "b"}]}, "choice"),
        ({"type": "integer"}, "integer"),
        ({"type": "number"}, "decimal"),
        ({"type": ["integer", "number"]}, "decimal"),
        ({"type": "boolean"}, "boolean"),
        ({"type": ["string", "null"]}, "text"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer"),
        ({"oneOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, "date"),
        ({"type": "array", "items": {"type": "string"}}, "tags"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "multi_choice"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": TEXT}}}, "subtable"),
        ({"type": "string", "x-ref": "pay.ask"}, "reference"),
        ({"type": "string", "x-type": "member"}, "member"),
        ({"type": "number", "x-type": "money"}, "money"),
        ({"type": "string", "x-number": "A-{seq:4}"}, "auto_number"),
        ({"x-formula": "1 + 1"}, "formula"),
        ({"type": "string", "x-lookup": {"via": "a", "field": "b"}}, "lookup"),
        ({"x-rollup": {"from": "pay.ask", "via": "a", "fn": "count"}}, "rollup"),
        ({"allOf": [{"type": "string"}, {"maxLength": 300}]}, "long_text"),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "integer"),
        ({"const": 3}, "integer"),
        ({"oneOf": [{"const": "a"}]}, "choice"),
        ({"oneOf": [{"const": "a"}, {"const": None}]}, "choice"),
        ({"oneOf": [{"type": "string"}]}, "text"),
        ({"const": "a", "x-id": "y"}, "text"),
        ({"type": "array", "items": {"type": "number"}}, "tags"),
        ({"type": "array", "items": {"type": "boolean"}}, "tags"),
    ],
)
def test_which_field_type_a_schema_asks_for(schema: dict[str, Any], kind: str):
    assert fields_of({"x": schema})["x"].type == kind


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({}, "no_type"),
        (True, "no_type"),
        ({"title": "anything"}, "no_type"),
        ({"type": "null"}, "null"),
        ({"type": ["string", "number"]}, "several_types"),
        ({"enum": ["a", {"b": 1}]}, "mixed_enum"),
        ({"type": "object"}, "free_object"),
        ({"type": "object", "properties": {"a": TEXT}, "additionalProperties": True}, "free_object"),
        ({"type": "object", "patternProperties": {"^x": TEXT}}, "free_object"),
        ({"type": "array"}, "no_items"),
        ({"type": "array", "prefixItems": [TEXT]}, "tuple"),
        ({"type": "array", "items": {"type": "array", "items": TEXT}}, "array_items"),
        ({"type": "array", "items": {"type": "object"}}, "free_object"),
    ],
)
def test_what_has_no_widget_is_edited_as_json_and_says_so(schema: Any, reason: str):
    form, problems = load(authored({"x": schema}))
    assert form is not None
    assert form.fields[0].type == "json"
    assert [(each.code, each.params["reason"]) for each in problems] == [("json_editor", reason)]


def test_nested_objects_become_dotted_fields_and_groups():
    form = loaded(
        authored(
            {
                "a": {
                    "type": "object",
                    "title": "地址",
                    "properties": {"b": {"type": "object", "properties": {"c": TEXT}}},
                }
            }
        )
    )
    assert [each.name for each in form.fields] == ["a.b.c"]
    assert dict(form.groups) == {"a": "地址", "a.b": "b"}


def test_required_inside_an_optional_group_counts_once_the_group_is_filled():
    group = {"type": "object", "required": ["city"], "properties": {"city": TEXT, "zip": TEXT}}
    optional = fields_of({"home": group})
    assert not optional["home.city"].required
    assert optional["home.city"].required_when is not None
    assert fields_of({"home": group}, required=["home"])["home.city"].required


def test_arrays_of_objects_are_subtables_with_columns():
    lines = fields_of({"lines": rows(what=TEXT, deep={"type": "object", "properties": {"er": TEXT}})})["lines"]
    assert [(each.name, each.id) for each in lines.fields] == [("what", "lines.what"), ("deep.er", "lines.deep.er")]


def test_an_array_inside_a_row_is_json():
    data = authored({"lines": rows(tags={"type": "array", "items": TEXT})})
    assert loaded(data).fields[0].fields[0].type == "json"
    assert warnings(data) == [("/record/properties/lines/items/properties/tags", "json_editor")]


def test_definitions_are_resolved_and_point_to_where_they_stand():
    record = {"$defs": {"name": {"type": "string", "maxLength": 300, "title": "名"}}}
    field = fields_of({"x": {"$ref": "#/$defs/name"}, "y": {"$ref": "#/$defs/name", "title": "别名"}}, **record)
    assert (field["x"].type, field["x"].title, field["y"].title) == ("long_text", "名", "别名")
    assert field["x"].pointer == "/record/properties/x"


def test_a_problem_inside_a_definition_is_reported_where_it_is_written():
    record = {"$defs": {"bad": {"type": "string", "x-type": "mony"}}}
    assert errors(authored({"x": {"$ref": "#/$defs/bad"}}, record=record)) == [
        ("/record/$defs/bad/x-type", "unknown_type")
    ]


def test_a_schema_that_contains_itself_is_json_with_its_whole_schema():
    node = {"type": "object", "properties": {"v": TEXT, "next": {"$ref": "#/$defs/node"}}}
    form = loaded(authored({"tree": {"$ref": "#/$defs/node"}}, record={"$defs": {"node": node}}))
    field = next(each for each in form.fields if each.name == "tree.next")
    assert field.type == "json"
    assert field.schema["$ref"].startswith("#/$defs/")
    assert field.schema["$defs"]


def test_many_references_to_each_other_do_not_explode():
    defs = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 8} for i in range(12)}
    record = {"$defs": {**defs, "d12": TEXT}}
    assert ("/record/properties/x", "too_complex") in errors(authored({"x": {"$ref": "#/$defs/d0"}}, record=record))


def test_properties_that_double_at_every_level_stop_at_a_thousand_fields():
    two = {
        f"d{i}": {
            "type": "object",
            "properties": {"a": {"$ref": f"#/$defs/d{i + 1}"}, "b": {"$ref": f"#/$defs/d{i + 1}"}},
        }
        for i in range(16)
    }
    record = {"$defs": {**two, "d16": TEXT}}
    assert ("/record", "too_many_fields") in errors(authored({"x": {"$ref": "#/$defs/d0"}}, record=record))


def test_properties_of_branches_are_fields_too():
    branch = {
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"properties": {"extra": {"type": "integer"}}, "required": ["extra"]},
    }
    form, problems = load(authored({"kind": TEXT}, record=branch))
    assert form is not None
    assert [(each.name, each.type, each.required) for each in form.fields] == [
        ("kind", "text", False),
        ("extra", "integer", False),
    ]
    assert [each.code for each in problems] == ["conditional_property"]


def test_a_property_two_branches_declare_with_constants_is_a_choice():
    record = {
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "x": TEXT}},
            {"properties": {"kind": {"const": "b"}, "y": TEXT}},
        ]
    }
    fields = fields_of({}, **record)
    assert {name: each.type for name, each in fields.items()} == {"kind": "choice", "x": "text", "y": "text"}


def test_undeclared_keys_are_kept_only_where_the_schema_writes_so():
    assert loaded(authored({"a": TEXT})).additional is None
    assert loaded(authored({"a": TEXT}, record={"additionalProperties": False})).additional is None
    for value in (True, {}, TEXT):
        form = loaded(authored({"a": TEXT}, record={"additionalProperties": value}))
        assert form.additional == "$rest"
        assert form.fields[-1].type == "json"


def test_a_default_of_json_schema_becomes_a_formula():
    fields = fields_of(
        {
            "t": {"type": "string", "default": 'say "hi"'},
            "n": {"type": "number", "default": 5},
            "b": {"type": "boolean", "default": False},
            "d": {"type": "string", "format": "date", "default": "2026-02-28"},
            "x": {"type": "string", "default": "no", "x-default": "'yes'"},
        }
    )
    texts = {name: each.default.text for name, each in fields.items() if each.default}
    assert texts == {"t": '"say ""hi"""', "n": "5", "b": "false", "d": 'date("2026-02-28")', "x": "'yes'"}


def test_a_default_that_no_formula_says_is_reported():
    assert warnings(authored({"x": {"default": {"a": 1}, "type": "object", "properties": {}}})) != []
    assert ("/record/properties/x/default", "no_effect") in warnings(
        authored({"x": {"type": "array", "items": TEXT, "default": ["only"]}})
    )


@pytest.mark.parametrize(
    "name",
    [
        "validate",
        "select",
        "rowid",
        "version",
        "data",
        "errors",
        "id",
        "state",
        "a.b",
        "a b",
        "with`tick",
        "👷🏽‍♀️",
        "مرحبا",
        "名",
        "$schema",
        "__proto__",
        "x-y",
        " padded ",
        "record",
        "parent",
        "A" * 200,
    ],
)
def test_any_name_is_a_name(name: str):
    assert loaded(authored({name: TEXT})).fields[0].name == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("x" * 201, "too_long"),
        ("a\x07", "bad_text"),
        ("a\nb", "bad_text"),
        ("$id", "reserved_name"),
    ],
)
def test_names_that_nothing_could_hold(name: str, code: str):
    assert [each[1] for each in errors(authored({name: TEXT}))] == [code]


def test_names_that_only_differ_in_case_or_late_are_two_fields():
    long = "合同" * 30
    fields = fields_of({"A": TEXT, "a": TEXT, long + "甲": TEXT, long + "乙": TEXT})
    assert len({each.id for each in fields.values()}) == 4


def test_a_dotted_name_beside_a_group_of_that_name_is_refused():
    properties = {"a": {"type": "object", "properties": {"b": TEXT}}, "a.b": TEXT}
    assert ("/record/properties/a.b", "duplicate_name") in errors(authored(properties))


def test_ids_are_written_once_in_the_whole_form():
    properties = {"a": {"type": "string", "x-id": "one"}, "lines": rows(b={"type": "string", "x-id": "one"})}
    assert errors(authored(properties)) == [("/record/properties/lines/items/properties/b", "duplicate_id")]


def test_a_new_field_under_an_old_name_does_not_take_the_old_id():
    fields = fields_of({"renamed": {"type": "string", "x-id": "a"}, "a": TEXT})
    assert (fields["renamed"].id, fields["a"].id) == ("a", "a_2")


def test_an_id_kept_from_earlier_versions_is_used_again():
    form = loaded(authored({"a": TEXT}), kept={"a": "first"})
    assert form.fields[0].id == "first"


def test_a_plain_json_schema_is_a_master_form_without_policies():
    form = loaded(
        {"title": "Person", "type": "object", "required": ["name"], "properties": {"name": TEXT}}, name="person"
    )
    assert (form.full_name, form.title, form.kind, form.policies) == ("pay.person", "Person", "master", ())
    assert form.fields[0].required


@pytest.mark.parametrize(
    "root", [{"type": "array"}, {"type": "string"}, {"type": "array", "items": {"type": "object"}}]
)
def test_a_schema_that_is_no_object_is_no_form(root: dict[str, Any]):
    assert [code for _, code in errors(root)] == ["not_an_object"]


def test_the_whole_schema_stays_without_our_own_keywords():
    form = loaded(authored({"x-odd": {"type": "string", "x-type": "text", "minLength": 2}}))
    assert form.schema["properties"] == {"x-odd": {"type": "string", "minLength": 2}}


def test_unknown_keywords_and_foreign_ones_are_reported():
    properties = {
        "a": {"type": "string", "minLenght": 3, "x-color": "red"},
        "b": {"type": "object", "properties": {"c": TEXT}, "x-help": "?"},
    }
    assert warnings(authored(properties)) == [
        ("/record/properties/a/minLenght", "unknown_keyword"),
        ("/record/properties/a/x-color", "unknown_keyword"),
        ("/record/properties/b/x-help", "no_effect"),
    ]


def test_more_than_a_thousand_fields_are_refused():
    assert errors(authored({f"f{i}": TEXT for i in range(1001)})) == [("/record", "too_many_fields")]


def test_branches_that_share_a_type_have_it():
    schema = {"anyOf": [{"type": "string", "format": "hostname"}, {"type": "string", "format": "ipv4"}]}
    assert fields_of({"x": schema})["x"].type == "text"


def test_a_property_two_branches_declare_with_lists_of_values_is_a_choice_of_all():
    record = {
        "oneOf": [{"properties": {"kind": {"enum": ["disk", "tape"]}}}, {"properties": {"kind": {"enum": ["nfs"]}}}]
    }
    kind = fields_of({}, **record)["kind"]
    assert (kind.type, kind.schema["enum"]) == ("choice", ["disk", "tape", "nfs"])


def test_a_default_inside_an_optional_group_does_not_fill_the_group():
    group = {
        "type": "object",
        "properties": {"colour": {"type": "string", "default": "red"}, "size": {"type": "string", "x-default": "'M'"}},
    }
    fields = fields_of({"main": group})
    assert fields["main.colour"].default is None
    assert fields["main.size"].default is not None
    assert fields_of({"main": group}, required=["main"])["main.colour"].default is not None
