"""The result types of computed fields where their authors leave them out: of formulas from the formula, of lookups and
roll-ups from the field they look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..formula import types as formula
from ..formula.aggregate import measure_type
from ..formula.check import TotalShape
from ..formula.types import Kind, Type
from .asked import Forms
from .model import Field, Form, Lookup, Rollup, RowsRule, Total
from .names import SYSTEM

SCALE = 6
MOST_SCALE = 10
RESULTS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "text",
        Kind.BOOLEAN: "boolean",
        Kind.DATE: "date",
        Kind.DATETIME: "datetime",
        Kind.TIME: "time",
        Kind.LIST: "tags",
        Kind.RECORD: "reference",
        Kind.MEMBER: "member",
        Kind.DEPARTMENT: "department",
        Kind.JSON: "json",
        Kind.ROWS: "json",
        Kind.NULL: "text",
    }
)
INFERRED = ("formula", "lookup", "rollup")
_KEPT = ("type", "enum", "oneOf", "const", "items", "multipleOf", "format")


def completed(definitions: Forms, form: str, sub: str | None, field: Field) -> Field:
    """The field with its result type; as it is where there is nothing to infer."""
    if field.result is not None or field.type not in INFERRED:
        return field
    if field.formula is not None:
        checked, _ = definitions.examine(field.formula, form, sub)
        return _of_type(field, checked.type if checked is not None else formula.TEXT)
    looked = _looked_at(definitions, form, sub, field)
    if looked is None:
        return replace(field, result="integer" if field.rollup and field.rollup.fn == "count" else "text")
    if isinstance(looked, Type):
        return _of_type(field, looked)
    if field.rollup is not None and field.rollup.fn == "avg":
        kind = definitions.type_of(looked)
        scale = kind.scale if kind is not None and kind.scale is not None else SCALE
        return replace(field, result="decimal", scale=field.scale if field.scale is not None else max(scale, 4))
    return _like(field, looked, definitions)


def _of_type(field: Field, kind: Type) -> Field:
    if kind.kind is Kind.NUMBER:
        scale = field.scale if field.scale is not None else kind.scale
        if scale == 0:
            return replace(field, result="integer")
        return replace(field, result="decimal", scale=SCALE if scale is None else min(scale, MOST_SCALE))
    return replace(field, result=RESULTS[kind.kind], ref=field.ref or kind.form)


def _like(field: Field, other: Field, definitions: Forms) -> Field:
    """A result as the field looked at: its type, places, target and choices."""
    schema: dict[str, Any] = {key: other.schema[key] for key in _KEPT if key in other.schema}
    result = other.value_type if other.value_type in definitions.types else "text"
    return replace(
        field,
        result="text" if result == "auto_number" else result,
        scale=other.scale if field.scale is None else field.scale,
        ref=field.ref or other.ref,
        schema={**schema, **field.schema},
    )


def _looked_at(definitions: Forms, form: str, sub: str | None, field: Field) -> Field | Type | None:
    """The field, or the type of the system value, that a lookup or roll-up reads."""
    if field.lookup is not None:
        return _end(definitions, *lookup_start(definitions, form, sub, field.lookup))
    if field.rollup is None:
        return None
    if field.rollup.fn == "count":
        return formula.INTEGER
    source = rollup_source(definitions, field.rollup)
    if source is None or field.rollup.field is None:
        return None
    named = field.rollup.by if field.rollup.fn == "lowest_running_day" else field.rollup.field
    path = tuple((named or "").split("."))
    return _end(definitions, *source, path) or _end(definitions, source[0], None, path)


def rows_source(definitions: Forms, form: Form, rule: RowsRule) -> tuple[Field, Field] | None:
    """The reference of `form` and the subtable of its target that `x-rows` takes rows from."""
    parts = rule.source.split(".")
    for size in range(1, len(parts)):
        reference = form.find(".".join(parts[:size]))
        target = definitions.forms.get(reference.ref or "") if reference is not None else None
        table = target.subtable(".".join(parts[size:])) if target is not None else None
        if reference is not None and table is not None and reference.value_type == "reference":
            return reference, table
    return None


def lookup_start(
    definitions: Forms, form: str, sub: str | None, lookup: Lookup
) -> tuple[str, str | None, tuple[str, ...]]:
    """Where a lookup's path begins, and the whole path."""
    path = tuple(lookup.field.split("."))
    if lookup.source is not None:
        return lookup.source, None, path
    via = tuple((lookup.via or "").split("."))
    here = sub if sub is not None and definitions.first(form, sub, via) is not None else None
    return form, here, (*via, *path)


def rollup_source(definitions: Forms, rollup: Rollup) -> tuple[str, str | None] | None:
    """The (form, subtable) whose rows a roll-up counts; None = there is none."""
    if rollup.source in definitions.forms:
        return rollup.source, None
    form, _, sub = rollup.source.rpartition(".")
    found = definitions.forms.get(form)
    return (form, sub) if found is not None and found.subtable(sub) is not None else None


def _end(definitions: Forms, form: str, sub: str | None, path: tuple[str, ...]) -> Field | Type | None:
    field = definitions.field(form, path, sub)
    if field is not None:
        return field
    found = definitions.walk(form, sub, path)
    return found[1] if found is not None and path[-1] in SYSTEM else None


def total_shape(definitions: Forms, form: Form, total: Total) -> TotalShape:
    """Types of a total's keys and values; a formula with problems counts as text or number, they are reported by `link`."""
    keys = []
    for expr in total.key.values():
        checked, _ = definitions.examine(expr, form.full_name, total.each)
        keys.append(checked.type if checked is not None else formula.TEXT)
    values: dict[str, Type] = {}
    for name, (fn, value) in total.values.items():
        checked = definitions.examine(value, form.full_name, total.each)[0] if value is not None else None
        values[name] = measure_type(fn, checked.type if checked is not None else None)
        if fn != "count" and checked is None:
            values[name] = formula.NUMBER
    return TotalShape(tuple(keys), values)
