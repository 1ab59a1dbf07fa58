"""Small definitions for the tests of this folder, loaded and linked with the real field types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dougong.definition.definitions import Definitions, link
from dougong.definition.load import load_form, load_module
from dougong.definition.model import Field, Form, Module
from dougong.fields.registry import field_types
from dougong.kernel.problems import Problem

TEXT = {"type": "string"}
MONEY = {"type": "number", "x-type": "money"}


def authored(properties: Mapping[str, Any], name: str = "ask", **rest: Any) -> dict[str, Any]:
    """A form's file."""
    record = {"type": "object", "properties": dict(properties), **rest.pop("record", {})}
    return {"name": name, "title": name, "record": record, **rest}


def rows(**columns: Any) -> dict[str, Any]:
    """A subtable's schema."""
    return {"type": "array", "items": {"type": "object", "properties": columns}}


def load(data: Any, **rest: Any) -> tuple[Form | None, list[Problem]]:
    return load_form(data, field_types(), module="pay", **rest)


def loaded(data: Any, **rest: Any) -> Form:
    """The form, which must have no errors."""
    form, problems = load(data, **rest)
    assert form is not None, problems
    return form


def fields_of(properties: Mapping[str, Any], **record: Any) -> dict[str, Field]:
    """The fields of a record by name."""
    form = loaded(authored(properties, record=record))
    return {each.name: each for each in form.fields}


def module(*forms: Mapping[str, Any], name: str = "pay", files: Mapping[str, Any] | None = None, **head: Any) -> Module:
    """A module of these forms, which must have no errors."""
    made: dict[str, Any] = {"module.json": {"name": name, "title": name, **head}}
    made.update({f"forms/{each['name']}.json": each for each in forms})
    found, problems = load_module({**made, **(files or {})}, field_types())
    assert found is not None, problems
    return found


def linked(*forms: Mapping[str, Any]) -> Definitions:
    """A tenant with one module of these forms, which must have no errors."""
    found, problems = link([module(*forms)], field_types())
    assert found is not None, problems
    return found


def link_problems(*forms: Mapping[str, Any], **rest: Any) -> list[Problem]:
    return link([module(*forms, **rest)], field_types())[1]


def places(problems: Iterable[Problem], level: str = "error") -> list[tuple[str, str]]:
    """(pointer, code) of the problems of one level, sorted."""
    return sorted((each.pointer, each.code) for each in problems if each.level == level)


def errors(data: Any, **rest: Any) -> list[tuple[str, str]]:
    """The errors of loading one form."""
    return places(load(data, **rest)[1])


def warnings(data: Any, **rest: Any) -> list[tuple[str, str]]:
    """The warnings of loading one form."""
    return places(load(data, **rest)[1], "warning")
