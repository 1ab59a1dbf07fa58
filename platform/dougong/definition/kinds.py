"""Which field type a schema asks for, and what a loader has to know of a field type. One rule: a schema that fits no type is
edited as JSON and says so; nothing is refused for being unusual."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from ..formula.types import Type
from .findings import kind_of
from .model import Field
from .opening import Opened
from .translate import words

LONG_TEXT = 255
FORMATS = {
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "email": "email",
    "idn-email": "email",
    "uri": "url",
    "iri": "url",
}
CHECKED_FORMATS = words(
    "date date-time time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference uuid"
    " uri-template json-pointer relative-json-pointer regex"
)


class FieldTypeLike(Protocol):
    """What the language needs of a field type: its word, the JSON types of its values, what formulas see."""

    name: ClassVar[str]
    json_type: ClassVar[str | tuple[str, ...]]

    def formula_type(self, field: Field) -> Type:
        """The type formulas see. Raises TypeError when there is none."""
        ...


Types = Mapping[str, FieldTypeLike]


def type_of(opened: Opened, types: Types) -> tuple[str, str | None]:
    """The field type of a schema without `x-type`, and why it is only edited as JSON (None when it is not)."""
    if opened.recursive:
        return "json", "recursive"
    values = choices(opened)
    if values is not None:
        return _choice(values, opened)
    said = opened.type or _shared_type(opened)
    if isinstance(said, tuple):
        return ("decimal", None) if set(said) == {"integer", "number"} else ("json", "several_types")
    if said == "string":
        return _text(opened, types), None
    if said in ("integer", "boolean"):
        return said, None
    if said == "number":
        return "decimal", None
    if said == "array" or (said is None and ("items" in opened.keywords or "prefixItems" in opened.keywords)):
        return "array", None
    if said == "object" or (said is None and opened.properties):
        return "object", None
    return "json", "no_type" if said is None else said


def _shared_type(opened: Opened) -> str | None:
    """The one scalar type all branches of an anyOf or oneOf have."""
    for keyword in ("anyOf", "oneOf"):
        branches = opened.keywords.get(keyword)
        if isinstance(branches, list):
            said = [each.get("type") if isinstance(each, dict) else None for each in branches]
            if said and said[0] in ("string", "integer", "number", "boolean") and said.count(said[0]) == len(said):
                return str(said[0])
    return None


def choices(opened: Opened) -> list[Any] | None:
    """The values of an enum, or of a oneOf or anyOf of consts; None when it is neither."""
    enum = opened.keywords.get("enum")
    if isinstance(enum, list) and enum:
        return enum
    for keyword in ("oneOf", "anyOf"):
        branches = opened.keywords.get(keyword)
        if isinstance(branches, list) and branches and all(isinstance(e, dict) and "const" in e for e in branches):
            return [each["const"] for each in branches if each["const"] is not None]
    if "const" in opened.keywords and opened.type is None:
        return [opened.keywords["const"]]
    return None


def _choice(values: list[Any], opened: Opened) -> tuple[str, str | None]:
    if not opened.keywords.keys() & {"enum", "oneOf", "anyOf"}:
        return _constant(values[0]), None
    if any(isinstance(each, Decimal) and each != each.to_integral_value() for each in values):
        return ("decimal", None) if {kind_of(each) for each in values} == {"number"} else ("json", "mixed_enum")
    scalar = all(kind_of(each) in ("string", "number", "boolean") for each in values)
    return ("choice", None) if scalar else ("json", "mixed_enum")


def _constant(value: Any) -> str:
    """The type of the one value a bare `const` allows."""
    if kind_of(value) == "number":
        return "integer" if value == int(value) else "decimal"
    return {"string": "text", "boolean": "boolean"}.get(kind_of(value), "json")


def _text(opened: Opened, types: Types) -> str:
    asked = FORMATS.get(str(opened.keywords.get("format")))
    if asked is not None and asked in types:
        return asked
    longest = opened.keywords.get("maxLength")
    if isinstance(longest, int | Decimal) and longest > LONG_TEXT and "long_text" in types:
        return "long_text"
    return "text"


def fits(kind: FieldTypeLike, said: str | tuple[str, ...] | None) -> bool:
    """Whether a field type's values can be of the JSON type a schema names."""
    if said is None:
        return True
    wanted = {kind.json_type} if isinstance(kind.json_type, str) else set(kind.json_type)
    given = {said} if isinstance(said, str) else set(said)
    if "number" in wanted:
        wanted.add("integer")
    return kind.name == "json" or bool(wanted & given)
