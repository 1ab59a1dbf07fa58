"""What a module adds to another module's form."""

from __future__ import annotations

from typing import Any

from dougong.definition.definitions import Definitions, link
from dougong.fields.registry import field_types
from dougong.kernel.problems import Problem
from tests.definition.making import MONEY, TEXT, authored, module, places, rows

PROJECT = authored(
    {"name": TEXT, "lines": rows(a=TEXT)},
    "project",
    kind="document",
    checks=[{"id": "one", "rule": "true", "message": "M"}],
)


def extended(extension: dict[str, Any], **head: Any) -> tuple[Definitions | None, list[Problem]]:
    head = {"requires": ["base"], **head}
    funds = module(name="funds", files={"extends/base.project.json": extension}, **head)
    return link([module(PROJECT, name="base"), funds], field_types())


def test_fields_checks_and_the_rest_join_the_form():
    tenant, problems = extended(
        {
            "record": {
                "properties": {
                    "account": {"type": "string", "title": "专户", "x-unique": True},
                    "limit": MONEY,
                    "where": {"type": "object", "properties": {"city": TEXT}},
                },
                "required": ["account"],
            },
            "checks": [{"id": "two", "rule": "limit >= 0", "message": "M", "at": "limit"}],
            "totals": [{"name": "t", "key": {"k": "name"}, "values": {"s": "sum(limit)"}}],
            "policies": [{"roles": ["*"], "actions": ["view"]}],
            "views": [{"name": "v", "columns": ["account"]}],
            "layout": [{"section": "资金", "fields": ["account", "where"]}],
        }
    )
    assert problems == []
    assert tenant is not None
    form = tenant.form("base.project")
    assert [each.name for each in form.fields] == ["name", "lines", "account", "limit", "where.city"]
    assert [(each.id, each.on) for each in form.checks] == [
        ("one", ("submit", "approve")),
        ("two", ("submit", "approve")),
    ]
    assert [each.fields for each in form.unique] == [("account",)]
    assert form.unique[0].where is not None
    assert form.groups == {"where": "where"}
    assert [cell.field for cell in form.layout[0].cells] == ["account", "where.city"]
    assert "account" in form.schema["properties"] and "account" in form.schema["required"]
    assert tenant.modules["base"].forms[0].find("account") is None


def test_what_is_there_already_is_not_replaced():
    _, problems = extended({"record": {"properties": {"name": TEXT, "other": {"type": "string", "x-id": "lines.a"}}}})
    assert places(problems) == [
        ("/record/properties/name", "duplicate_name"),
        ("/record/properties/other", "duplicate_id"),
    ]
    assert {each.file for each in problems} == {"extends/base.project.json"}


def test_a_problem_is_reported_in_the_extensions_file():
    _, problems = extended({"record": {"properties": {"x": {"x-formula": "none"}}}})
    assert [(each.file, each.pointer) for each in problems] == [
        ("extends/base.project.json", "/record/properties/x/x-formula")
    ]


def test_only_a_required_modules_form_is_extended():
    _, problems = extended({"record": {"properties": {"x": TEXT}}}, requires=[])
    assert [each.code for each in problems] == ["not_required"]
    funds = module(name="funds", files={"extends/base.none.json": {}})
    assert [each.code for each in link([funds], field_types())[1]] == ["unknown_form"]
