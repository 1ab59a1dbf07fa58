"""The API of one tenant as OpenAPI 3.1, made from its definitions. One rule: it shows exactly the forms, fields and acts
that `forms/{form}` shows the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...definition.model import Field, Form
from ...fields.nesting import path_of
from ...fields.type import FieldType
from .openapi_parts import ACTS, FORM_FREE, PARAMETERS, RESPONSES, SCHEMAS, operation

Types = Mapping[str, FieldType]


def openapi(forms: Sequence[tuple[Form, Mapping[str, Any]]], types: Types, *, version: str) -> dict[str, Any]:
    """The description; each form comes with what describe_form says of it."""
    paths: dict[str, Any] = {path: dict(each) for path, each in FORM_FREE.items()}
    schemas: dict[str, Any] = dict(SCHEMAS)
    for form, shown in forms:
        paths |= _paths(form, shown["actions"])
        schemas |= _schemas(form, shown["fields"], types)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dougong", "version": version},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "parameters": PARAMETERS,
            "responses": RESPONSES,
            "schemas": schemas,
        },
    }


def _paths(form: Form, actions: Iterable[str]) -> dict[str, Any]:
    """The addresses of one form's records, as far as some policy grants the act."""
    granted, name, place = set(actions), form.full_name, f"/records/{form.full_name}"
    found: dict[str, dict[str, Any]] = {place: {}, f"{place}/{{id}}": {}}
    for method, tail, action, shape in ACTS:
        if action not in granted:
            continue
        path = place + tail
        found.setdefault(path, {})[method] = operation(name, form.title, method, tail, shape)
    return {path: each for path, each in found.items() if each}


def _schemas(form: Form, shown: Sequence[Mapping[str, Any]], types: Types) -> dict[str, Any]:
    """What one writes (`module.form`) and what one reads (`module.form.record`)."""
    write = _object(form, form.fields, shown, types, writing=True)
    values = _object(form, form.fields, shown, types, writing=False)
    required = sorted({each.name.split(".")[0] for each in form.fields if each.required and _open(shown, each)})
    write["additionalProperties"] = form.additional is not None
    if required and not form.is_document:  # drafts may be incomplete
        write["required"] = required
    record = {"allOf": [{"$ref": "#/components/schemas/Record"}, {"type": "object", "properties": {"values": values}}]}
    return {form.full_name: {"title": form.title, **write}, f"{form.full_name}.record": record}


def _object(
    form: Form, fields: Iterable[Field], shown: Sequence[Mapping[str, Any]], types: Types, *, writing: bool
) -> dict[str, Any]:
    """An object schema of the fields that are shown, nested by the form's groups."""
    by_name = {each["name"]: each for each in shown}
    made = _group(writing, nullable=False)
    for each in fields:
        said = by_name.get(each.name)
        if said is None or each.name == form.additional or (writing and said["level"] != "edit"):
            continue
        *above, last = path_of(each.name, form.groups)
        inner = made
        for n, part in enumerate(above):
            title = form.groups.get(".".join(above[: n + 1]), part)
            inner = inner["properties"].setdefault(part, {"title": title, **_group(writing, nullable=True)})
        inner["properties"][last] = _field(form, each, said, types, writing)
    return made


def _group(writing: bool, *, nullable: bool) -> dict[str, Any]:
    """An object schema without properties yet; what one writes may hold no others."""
    made: dict[str, Any] = {"type": ["object", "null"] if nullable else "object", "properties": {}}
    return {**made, "additionalProperties": False} if writing else made


def _field(form: Form, field: Field, said: Mapping[str, Any], types: Types, writing: bool) -> dict[str, Any]:
    if field.is_subtable:
        row = _object(form, field.fields, said["fields"], types, writing=writing)
        row["properties"] = {"$id": {"type": "string"}, **row["properties"]}
        return {"type": "array", "title": field.title, "items": row}
    shown = {"type": ["string", "null"]} if said["level"] == "masked" else _value(field, types, writing)
    return {**shown, "title": field.title} | ({"readOnly": True} if field.computed and not writing else {})


def _value(field: Field, types: Types, writing: bool) -> dict[str, Any]:
    """The schema of a field's value: its author's keywords without ours, the type of its field type, null when empty."""
    kept = {key: each for key, each in field.schema.items() if not key.startswith(("x-", "$")) and key != "type"}
    own = types[field.value_type].json_type
    named = [own] if isinstance(own, str) else list(own)
    if writing and field.value_type in ("reference", "member", "department"):
        return {"anyOf": [{"type": ["string", "null"]}, {"$ref": "#/components/schemas/Key"}]}
    if writing and field.value_type == "multi_reference":
        kept["items"] = {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Key"}]}
    if "enum" in kept:
        kept["enum"] = list(dict.fromkeys([*kept["enum"], None]))
    if "oneOf" in kept:
        kept["oneOf"] = [*kept["oneOf"], {"const": None}]
    return {**kept, "type": [*named, "null"]}


def _open(shown: Sequence[Mapping[str, Any]], field: Field) -> bool:
    return any(each["name"] == field.name and each["level"] == "edit" for each in shown)
