"""JSON Schema's scalar keywords as closures, compiled once per definition. One rule: each closure accepts exactly what the
keyword accepts in JSON Schema 2020-12 (`jsonschema` is the oracle in the tests), on values that are already canonical."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker

from ..kernel.problems import Problem, pointer
from .type import Rule

TEXT_KEYWORDS = frozenset({"minLength", "maxLength", "pattern", "format"})
NUMBER_KEYWORDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
ARRAY_KEYWORDS = frozenset({"minItems", "maxItems", "uniqueItems"})

#: Formats are those jsonschema knows with its permissive-licence extra; an unknown format asserts nothing.
FORMATS: FormatChecker = Draft202012Validator.FORMAT_CHECKER
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_WIDE = Context(prec=80)


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> Any:
    """The RE2 program of a pattern. Raises re2.error where RE2 has no such pattern (refused when the form is loaded)."""
    return re2.compile(pattern, _OPTIONS)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text, as JSON Schema means it."""
    return compiled(pattern).search(text) is not None


def exact(value: Any) -> Decimal:
    """A number of a schema, however it was read, as a Decimal."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def json_key(value: Any) -> Any:
    """A hashable stand-in that is equal exactly where JSON Schema calls two values equal: 1 and 1.0 are, 1 and true not."""
    if isinstance(value, bool) or value is None:
        return ("word", value)
    if isinstance(value, (int, Decimal, float)):
        return ("number", exact(value))
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, Mapping):
        return ("object", frozenset((key, json_key(each)) for key, each in value.items()))
    return ("array", tuple(json_key(each) for each in value))


def values_rules(schema: Mapping[str, Any], to_json: Callable[[Any], Any]) -> list[Rule]:
    """`enum` and `const`, asked of the JSON form of a value."""
    rules: list[Rule] = []
    for allowed in _allowed(schema):
        keys = frozenset(map(json_key, allowed))
        listed = tuple(allowed)

        def rule(value: Any, keys: frozenset[Any] = keys, listed: tuple[Any, ...] = listed) -> Iterable[Problem]:
            if json_key(to_json(value)) not in keys:
                yield Problem("enum", params={"allowed": listed, "value": value})

        rules.append(rule)
    return rules


def _allowed(schema: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    if "enum" in schema:
        yield schema["enum"]
    if "const" in schema:
        yield (schema["const"],)


def text_rules(schema: Mapping[str, Any]) -> list[Rule]:
    """minLength, maxLength (in code points), pattern (RE2) and format of a text."""
    rules: list[Rule] = []
    if "minLength" in schema or "maxLength" in schema:
        rules.append(_length(int(schema.get("minLength", 0)), _whole(schema.get("maxLength"))))
    if "pattern" in schema:
        rules.append(_pattern(schema["pattern"]))
    if schema.get("format") in FORMATS.checkers:
        rules.append(_format(schema["format"]))
    return rules


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _length(low: int, high: int | None) -> Rule:
    def rule(value: str) -> Iterable[Problem]:
        if len(value) < low:
            yield Problem("length", params={"min": low, "length": len(value)})
        if high is not None and len(value) > high:
            yield Problem("length", params={"max": high, "length": len(value)})

    return rule


def _pattern(pattern: str) -> Rule:
    program = compiled(pattern)

    def rule(value: str) -> Iterable[Problem]:
        if program.search(value) is None:
            yield Problem("pattern", params={"pattern": pattern, "value": value})

    return rule


def _format(name: str) -> Rule:
    def rule(value: str) -> Iterable[Problem]:
        if not FORMATS.conforms(value, name):
            yield Problem("format", params={"format": name, "value": value})

    return rule


def number_rules(schema: Mapping[str, Any]) -> list[Rule]:
    """minimum, maximum, their exclusive sisters and multipleOf, on int or Decimal."""
    rules: list[Rule] = []
    for keyword, holds in _LIMITS.items():
        if keyword in schema:
            rules.append(_limit(keyword, exact(schema[keyword]), holds))
    if "multipleOf" in schema:
        rules.append(_multiple(exact(schema["multipleOf"])))
    return rules


_LIMITS: dict[str, Callable[[Any, Decimal], bool]] = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "exclusiveMaximum": lambda value, limit: value < limit,
}


def _limit(keyword: str, limit: Decimal, holds: Callable[[Any, Decimal], bool]) -> Rule:
    def rule(value: Any) -> Iterable[Problem]:
        if not holds(value, limit):
            yield Problem("range", params={keyword: limit, "value": value})

    return rule


def _multiple(step: Decimal) -> Rule:
    def rule(value: Any) -> Iterable[Problem]:
        with localcontext(_WIDE):
            left = Decimal(value) % step
        if left:
            yield Problem("range", params={"multipleOf": step, "value": value})

    return rule


def array_rules(schema: Mapping[str, Any]) -> list[Rule]:
    """minItems, maxItems, uniqueItems of a tuple; too few is told apart by `min_items`, since a draft may have too few."""
    rules: list[Rule] = []
    if "minItems" in schema or "maxItems" in schema:
        rules.append(_items(int(schema.get("minItems", 0)), _whole(schema.get("maxItems"))))
    if schema.get("uniqueItems"):
        rules.append(no_duplicates)
    return rules


def _items(low: int, high: int | None) -> Rule:
    def rule(value: Sequence[Any]) -> Iterable[Problem]:
        if len(value) < low:
            yield Problem("length", params={"min_items": low, "length": len(value)})
        if high is not None and len(value) > high:
            yield Problem("length", params={"max_items": high, "length": len(value)})

    return rule


def no_duplicates(value: Sequence[Any]) -> Iterable[Problem]:
    """`unique` at every item that stood before."""
    seen = set()
    for index, each in enumerate(value):
        key = json_key(each)
        if key in seen:
            yield Problem("unique", pointer(index), {"value": each})
        seen.add(key)


def each_item(rules: Sequence[Rule]) -> Rule:
    """The rules of `items`, asked of every item."""

    def rule(value: Sequence[Any]) -> Iterable[Problem]:
        for index, item in enumerate(value):
            for one in rules:
                for problem in one(item):
                    yield problem.at(pointer(index))

    return rule
