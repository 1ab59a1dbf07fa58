"""The files of a module."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.load import load_form, load_module
from dougong.definition.model import MenuGroup, Role
from dougong.fields.registry import field_types
from tests.definition.making import TEXT, authored, module

HEAD = {"name": "pay", "title": "付款"}


def found(files: dict[str, Any], **rest: Any) -> list[tuple[str | None, str, str]]:
    """(file, pointer, code) of every problem."""
    _, problems = load_module(files, field_types(), **rest)
    return [(each.file, each.pointer, each.code) for each in problems]


def test_the_head_of_a_module():
    made = module(
        authored({"a": TEXT}),
        version="2.1", requires=["base"], order=7, icon="coin", roles=[{"name": "clerk", "title": "文员"}, {"name": "boss"}],
        menu=["ask", {"title": "More", "items": ["ask"]}],
    )  # fmt: skip
    assert (made.version, made.requires, made.order, made.icon) == ("2.1", ("base",), 7, "coin")
    assert made.roles == (Role("clerk", "文员"), Role("boss", "boss"))
    assert made.menu == ("ask", MenuGroup("More", ("ask",)))


def test_only_name_and_title_are_required():
    made = module()
    assert (made.version, made.order, made.requires, made.icon) == ("1", 100, (), None)


def test_every_file_is_read_to_its_end():
    files = {
        "module.json": b'{"name": "Pay", "titel": "x"}',
        "forms/ask.json": b'{"name": "other", "record": {"properties": {"a": {"x-type": "mony"}}}}',
        "forms/bad.json": b"{",
        "forms/list.json": b"[]",
        "i18n/en.json": b'{"a": 5}',
        "dashboards/d.json": b"{}",
        "seed/demo/members.json": b'[{"name": "x"}]',
        "seed/demo/none.json": b"[]",
        "notes.txt": b"hi",
    }
    assert sorted(found(files), key=str) == sorted(
        [
            ("module.json", "/name", "bad_name"),
            ("module.json", "", "missing"),
            ("module.json", "/titel", "unknown_key"),
            ("forms/ask.json", "/name", "name_differs"),
            ("forms/ask.json", "/record/properties/a/x-type", "unknown_type"),
            ("forms/bad.json", "", "not_json"),
            ("forms/list.json", "", "wrong_kind"),
            ("i18n/en.json", "/a", "wrong_kind"),
            ("dashboards/d.json", "", "missing"),
            ("seed/demo/members.json", "/0", "missing"),
            ("seed/demo/none.json", "", "bad_name"),
            ("notes.txt", "", "unknown_file"),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"name": "sqlite", "title": "T"}, [("/name", "reserved_name")]),
        ({"name": "a" * 31, "title": "T"}, [("/name", "bad_name")]),
        ({**HEAD, "menu": ["none"]}, [("/menu/0", "unknown_form")]),
        ({**HEAD, "menu": [{"title": "T", "items": ["none"]}]}, [("/menu/0/items/0", "unknown_form")]),
        ({**HEAD, "menu": [5]}, [("/menu/0", "wrong_kind")]),
        ({**HEAD, "roles": [{"name": "a"}, {"name": "a"}]}, [("/roles/1/name", "duplicate_name")]),
        ({**HEAD, "roles": [{"name": "*"}]}, [("/roles/0/name", "duplicate_name")]),
        ({**HEAD, "requires": "base"}, [("/requires", "wrong_kind")]),
        ({**HEAD, "order": "1"}, [("/order", "wrong_kind")]),
    ],
)
def test_what_a_head_is_refused_for(head: dict[str, Any], expected: list[tuple[str, str]]):
    assert found({"module.json": head}) == [("module.json", at, code) for at, code in expected]


def test_a_module_has_to_be_called_like_its_folder():
    assert found({"module.json": HEAD}, name="labor") == [("module.json", "/name", "name_differs")]
    assert found({}) == [("module.json", "", "missing_file")]


def test_without_a_head_a_name_is_enough():
    made, problems = load_module({"forms/ask.json": authored({"a": TEXT})}, field_types(), name="pay")
    assert problems == []
    assert made is not None
    assert made.forms[0].full_name == "pay.ask"


def test_a_form_may_be_given_as_text_or_as_read():
    data = authored({"a": TEXT})
    text = b'{"name":"ask","title":"ask","record":{"type":"object","properties":{"a":{"type":"string"}}}}'
    assert load_form(data, field_types(), module="pay") == load_form(text, field_types(), module="pay")


def test_what_is_no_object_is_no_form():
    for data in ([], "[]", 5, True):
        form, problems = load_form(data, field_types(), module="pay")
        assert form is None and problems


STEPS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"as": "pm", "create": "pay.ask", "id": "A", "submit": True, "values": {"a": 1}}, []),
    ({"act": "approve", "on": "A", "refused": {"code": "state", "at": "/a", "contains": "x"}}, []),
    ({"expect": {"form": "pay.ask", "aggregate": {"group": ["a"]}, "items": []}}, []),
    ({"together": [{"as": "a", "act": "submit", "on": "A"}], "times": 50, "wins": 1}, []),
    ({"now": "2025-08-04T18:00+08:00"}, []),
    ({"as": "pm"}, [("/steps/0", "one_of")]),
    ({"act": "sing", "on": "A"}, [("/steps/0/act", "not_one_of")]),
    ({"create": "ask"}, [("/steps/0/create", "bad_name")]),
    ({"act": "patch", "on": "A", "refused": {}}, [("/steps/0/refused", "missing")]),
    ({"act": "patch", "on": "A", "valeus": {}}, [("/steps/0/valeus", "unknown_key")]),
]


@pytest.mark.parametrize(("step", "expected"), STEPS)
def test_scenarios(step: dict[str, Any], expected: list[tuple[str, str]]):
    story = {"now": "2025-08-04T18:00+08:00", "given": ["demo"], "steps": [step]}
    assert found({"module.json": HEAD, "scenarios/s.json": story}) == [
        ("scenarios/s.json", at, code) for at, code in expected
    ]
