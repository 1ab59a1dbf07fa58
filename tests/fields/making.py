"""Fields and forms made by hand, for tests that need no loader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.definition.model import Field, Form
from dougong.fields.registry import field_types
from dougong.fields.type import FieldType, Unreadable

TYPES = field_types()


def a_field(type_name: str, schema: Mapping[str, Any] | None = None, name: str = "a", **more: Any) -> Field:
    kind = TYPES[type_name]
    if type_name in ("formula", "lookup", "rollup"):
        more.setdefault("result", "money")
    return Field(
        id=name,
        name=name,
        title=name,
        type=type_name,
        schema=kind.sample_schema() if schema is None else schema,
        **more,
    )


def a_form(*fields: Field, schema: Mapping[str, Any] | None = None, **more: Any) -> Form:
    properties = {each.name: each.schema for each in fields}
    required = [each.name for each in fields if each.required]
    whole = schema or {"type": "object", "required": required, "properties": properties}
    return Form(module="m", name="f", title="F", kind="master", schema=whole, fields=fields, **more)


def code_of(kind: FieldType, value: Any, field: Field) -> str:
    """The code with which `read` refuses; "" where it does not."""
    try:
        kind.read(value, field)
    except Unreadable as error:
        return error.code
    return ""
