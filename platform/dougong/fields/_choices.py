"""What choice and multi_choice share: the allowed values of a schema, by `enum` or by `oneOf` of consts with titles.

One rule: a choice's value is the enum value itself, whatever its JSON type; a blank one among them means nothing chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..definition.columns import BOOL, INT, JSON, TEXT, ColumnSpec
from ..formula import types as formula
from ..formula.types import Kind, Type
from ._characters import plain
from ._keywords import json_key
from .type import Unreadable


def options(schema: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """(value, label) in the author's order, without blank ones and repetitions."""
    listed = [(each.get("const"), each.get("title")) for each in schema.get("oneOf", ()) if "const" in each]
    listed = listed or [(each, None) for each in schema.get("enum", ())]
    listed = listed or ([(schema["const"], None)] if "const" in schema else [])
    found: dict[Any, tuple[Any, str]] = {}
    for value, title in listed:
        if value is not None and value != "":
            found.setdefault(json_key(value), (value, str(title) if title else value_text(value)))
    return list(found.values())


def value_text(value: Any) -> str:
    """The value as the text that stands for it in a form or file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def pick(value: Any, allowed: Sequence[tuple[Any, str]]) -> Any:
    """The listed value that equals this one. Raises Unreadable `enum`."""
    key = json_key(value)
    for each, _ in allowed:
        if json_key(each) == key:
            return each
    raise Unreadable("enum", allowed=tuple(each for each, _ in allowed), value=value)


def settled(value: Any, allowed: Sequence[tuple[Any, str]]) -> Any:
    """The listed value that equals what a formula gave, else what it gave."""
    key = json_key(value)
    return next((each for each, _ in allowed if json_key(each) == key), value)


def by_text(text: str, allowed: Sequence[tuple[Any, str]]) -> Any:
    """The value a text means: its own text first, then a label that only one value has; else the text itself."""
    for wanted in (text, plain(text)):
        for each, _ in allowed:
            if value_text(each) == wanted:
                return each
        labelled = [each for each, label in allowed if label == wanted]
        if len(labelled) == 1:
            return labelled[0]
    return text


def option_column(allowed: Sequence[tuple[Any, str]]) -> ColumnSpec:
    """TEXT, BOOL or INT where all values are such, else JSON."""
    values = [each for each, _ in allowed]
    if all(isinstance(each, str) for each in values):
        return TEXT
    if all(isinstance(each, bool) for each in values):
        return BOOL
    if all(isinstance(each, int) and not isinstance(each, bool) and abs(each) < 10**18 for each in values):
        return INT
    return JSON


def option_type(allowed: Sequence[tuple[Any, str]]) -> Type:
    """What formulas see of one chosen value."""
    kinds = {"text": formula.TEXT, "bool": formula.BOOLEAN, "int": formula.INTEGER}
    return kinds.get(option_column(allowed).kind, Type(Kind.JSON))
