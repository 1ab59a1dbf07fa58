"""What is left of a record's JSON Schema once the field types' own keywords are taken out: `if`, `anyOf`, `contains`,
`dependentRequired` … are asked of `jsonschema`, and most forms have none, so most records never see it.

One rule: nothing is fetched from anywhere and patterns are RE2's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from threading import local
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from ..definition.model import Field, Form
from ..kernel.problems import Problem, pointer
from ._keywords import FORMATS, NUMBER_KEYWORDS, TEXT_KEYWORDS, exact, matches, number_rules
from .nesting import follow, path_of
from .type import FieldType

ANNOTATIONS = frozenset({
    "$schema", "$id", "id", "$anchor", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
})  # fmt: skip
_CODES = {
    "type": "type", "enum": "enum", "const": "enum", "minLength": "length", "maxLength": "length", "minItems": "length",
    "maxItems": "length", "minimum": "range", "maximum": "range", "exclusiveMinimum": "range", "exclusiveMaximum": "range",
    "multipleOf": "range", "pattern": "pattern", "format": "format", "uniqueItems": "unique", "required": "required",
    "dependentRequired": "required", "additionalProperties": "unknown_field", "unevaluatedProperties": "unknown_field",
}  # fmt: skip
_CONSTS = frozenset({"const", "title", "description"})


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not matches(pattern, value):
        yield ValidationError("pattern")


def _pattern_properties(validator: Any, patterns: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    if not isinstance(value, Mapping):
        return
    for pattern, schema in patterns.items():
        for name, each in value.items():
            if matches(pattern, name):
                yield from validator.descend(each, schema, path=name, schema_path=pattern)


def _multiple_of(_: Any, step: Any, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        for rule in number_rules({"multipleOf": exact(step)}):
            if any(rule(value)):
                yield ValidationError("multipleOf")


def _is_integer(_: Any, value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | Decimal) and value == int(value)


#: How many keywords may be asked of one record; only schemas that refer to themselves in several branches come near.
BUDGET = 100_000


class _Spending(local):
    """What this thread has asked of the record it judges."""

    count = 0


_spent = _Spending()


class _Spent(Exception):
    """The schema asks more of a record than can be answered."""


def _counted(keyword: Callable[..., Any]) -> Callable[..., Iterator[ValidationError]]:
    def one(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        _spent.count += 1
        if _spent.count > BUDGET:
            raise _Spent
        yield from keyword(validator, value, instance, schema) or ()

    return one


_OWN = {"pattern": _pattern, "patternProperties": _pattern_properties, "multipleOf": _multiple_of}
#: JSON Schema 2020-12 with RE2 patterns, exact numbers and a budget.
Exact: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {keyword: _counted(each) for keyword, each in (dict(Draft202012Validator.VALIDATORS) | _OWN).items()},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


class Residual:
    """The rest of a form's schema; false when nothing is left."""

    def __init__(self, form: Form, types: Mapping[str, FieldType]) -> None:
        self._root, self._groups, self._types = form.schema, form.groups, types
        self._schema = self._object(form.schema, form.fields, ())
        whole = Exact(form.schema, format_checker=FORMATS, registry=Registry())
        self._validator = whole.evolve(schema=self._schema)

    def __bool__(self) -> bool:
        return bool(self._schema)

    def problems(self, document: Any) -> Iterator[Problem]:
        """Everything wrong with a record's JSON, in which nothing is null."""
        _spent.count = 0
        try:
            for error in self._validator.iter_errors(document):
                yield from _told(error)
        except (RecursionError, _Spent):
            yield Problem("check", params={"keyword": "$ref"})

    def _object(self, schema: Any, fields: tuple[Field, ...], above: tuple[str, ...]) -> dict[str, Any]:
        """The rest of an object's schema: record, group or row."""
        schema = follow(schema, self._root)
        kept = {key: each for key, each in schema.items() if not _covered(key, frozenset({"type", "required"}))}
        kept.pop("properties", None)
        if not isinstance(kept.get("additionalProperties"), Mapping):
            kept.pop("additionalProperties", None)
        inner = {name: self._property(name, schema, fields, above) for name in schema.get("properties", {})}
        rests = {name: rest for name, rest in inner.items() if rest}
        if kept:
            return {**kept, "properties": {name: inner[name] or True for name in inner}}
        return {"properties": rests} if rests else {}

    def _property(self, name: str, schema: Any, fields: tuple[Field, ...], above: tuple[str, ...]) -> dict[str, Any]:
        path = (*above, name)
        field = next((each for each in fields if path_of(each.name, self._groups) == path), None)
        node = schema["properties"][name]
        if field is None:
            return self._object(node, fields, path) if self._leads(path, fields) else {}
        if field.is_subtable:
            return self._subtable(field, node)
        rest = _without(field.schema, self._types[field.value_type].keywords)
        return dict(node) if rest and "$defs" in field.schema else rest

    def _subtable(self, field: Field, node: Any) -> dict[str, Any]:
        """The rest of a subtable's schema and of its rows'; one that is put together of parts is asked whole."""
        said = follow(node, self._root)
        if not isinstance(said.get("items"), Mapping):
            return dict(said)
        rows = self._object(said["items"], field.fields, ())
        own = _without(field.schema, self._types[field.type].keywords)
        return {**own, "items": rows} if rows else own

    def _leads(self, path: tuple[str, ...], fields: tuple[Field, ...]) -> bool:
        return any(path_of(each.name, self._groups)[: len(path)] == path for each in fields)


def _covered(keyword: str, keywords: frozenset[str]) -> bool:
    return keyword in keywords or keyword in ANNOTATIONS or keyword.startswith("x-")


def _without(schema: Mapping[str, Any], keywords: frozenset[str]) -> dict[str, Any]:
    rest = {key: each for key, each in schema.items() if not _covered(key, keywords)}
    if "oneOf" in keywords and any(
        set(each) - _CONSTS for each in schema.get("oneOf", ()) if isinstance(each, Mapping)
    ):
        rest["oneOf"] = schema["oneOf"]
    items = schema.get("items")
    if "items" in keywords and isinstance(items, Mapping):
        left = {key for key in items if not _covered(key, _ITEM_KEYWORDS)}
        rest |= {"items": {key: items[key] for key in left}} if left and "properties" not in items else {}
    return rest


_ITEM_KEYWORDS = frozenset({"type", "enum", "const", "oneOf"}) | TEXT_KEYWORDS | NUMBER_KEYWORDS


def _told(error: ValidationError) -> Iterator[Problem]:
    at = pointer(*error.absolute_path)
    keyword = str(error.validator)
    code = _CODES.get(keyword, "check")
    if code == "required":
        yield from (Problem(code, at + pointer(name)) for name in _missing(error))
    elif keyword in ("minItems", "maxItems"):
        yield Problem(code, at, {"min_items" if keyword == "minItems" else "max_items": error.validator_value})
    elif code == "check":
        yield Problem(code, at, {"keyword": keyword})
    else:
        yield Problem(code, at, {keyword: error.validator_value})


def _missing(error: Any) -> list[str]:
    wanted, given = error.validator_value, error.instance
    if isinstance(wanted, Mapping):
        wanted = [name for trigger, names in wanted.items() if trigger in given for name in names]
    return [name for name in wanted if name not in given]
