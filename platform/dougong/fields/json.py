"""Any JSON: what has no widget of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import simplejson

from ..definition.columns import JSON, ColumnSpec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ._characters import keepable
from .type import FieldType, Unreadable, blank

MAX_DEPTH = 32
MAX_CHARACTERS = 262_144


class Json(FieldType):
    """Kept as it was written, numbers exactly; at most 32 levels and 256 K characters. `jsonschema` checks it all, so no
    keyword is this type's own."""

    name = "json"
    json_type = ("object", "array", "string", "number", "boolean")
    widget = "json"
    sortable = False
    keywords = frozenset()
    operators = ("is null", "is not null")
    converts_from = ("text", "long_text", "tags", "multi_choice")

    def column(self, field: Field) -> ColumnSpec | None:
        return JSON

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.JSON)

    def read(self, value: Any, field: Field) -> Any:
        """A list becomes a tuple, as columns give it back; blank text is null here too."""
        if blank(value):
            return None
        if isinstance(value, Unparsed):
            raise Unreadable("format", format="json")
        if _size(value, 0) > MAX_CHARACTERS:
            raise Unreadable("length", max=MAX_CHARACTERS)
        return tuple(value) if isinstance(value, list) else value

    def write(self, value: Any, field: Field) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        if text is None:
            return None
        try:
            return simplejson.loads(text, use_decimal=True, parse_constant=_refuse, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            return Unparsed(text)

    def write_form(self, value: Any, field: Field) -> str:
        if value is None:
            return ""
        if isinstance(value, Unparsed):
            return value.text
        return simplejson.dumps(self.write(value, field), use_decimal=True, ensure_ascii=False, indent=2)

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """A text becomes a JSON text, a list an array."""
        return self.read(source.write(value, old), new)

    def samples(self, field: Field) -> Sequence[Any]:
        return [{"a": [1, Decimal("0.10"), None], "中": True}, (1, "a", {"b": []}), "text", Decimal("1.5"), False]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        deep: Any = 1
        for _ in range(MAX_DEPTH + 1):
            deep = [deep]
        return [
            (deep, "length"),
            ({"a": "\x00"}, "format"),
            ("x" * (MAX_CHARACTERS + 1), "length"),
            ({"\x00": 1}, "format"),
        ]

    def sample_schema(self) -> dict[str, Any]:
        return {}


class Unparsed:
    """What was typed into a JSON box but is no JSON; kept so that the person sees it again."""

    def __init__(self, text: str) -> None:
        self.text = text


def _size(value: Any, depth: int) -> int:
    """About as many characters as the value takes. Raises Unreadable where no column could keep it exactly."""
    if depth > MAX_DEPTH:
        raise Unreadable("length", depth=MAX_DEPTH)
    if isinstance(value, str):
        return len(keepable(value)) + 2
    if isinstance(value, Mapping):
        return 2 + sum(_size(key, depth) + _size(each, depth + 1) + 2 for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return 2 + sum(_size(each, depth + 1) + 1 for each in value)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, Decimal) and value.is_finite()):
        return _digits(value)
    raise Unreadable("type", expected="json")


def _digits(value: Any) -> int:
    """Numbers that would not come back the same from both databases are refused: 60 digits, exponents within 60."""
    if isinstance(value, Decimal) and (abs(value.adjusted()) > 60 or len(value.as_tuple().digits) > 60):
        raise Unreadable("out_of_range", digits=60)
    if isinstance(value, int) and value.bit_length() > 200:
        raise Unreadable("out_of_range", digits=60)
    return 60 if isinstance(value, (int, Decimal)) else 5


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found
