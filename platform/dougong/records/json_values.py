"""Whole records between flat values by field name and the JSON that nests them by the form's groups (fields/nesting.py). One
rule: what `nest` makes, `tree_of` leads back to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from ..definition.model import Field
from ..fields.nesting import path_of, place
from ..kernel.problems import pointer

Tree: TypeAlias = dict[str, "Field | Tree"]


def pointer_of(name: str, groups: Collection[str]) -> str:
    """The JSON Pointer of a field inside its record or row."""
    return pointer(*path_of(name, groups))


def tree_of(fields: Iterable[Field], groups: Collection[str]) -> Tree:
    """The fields as the sender nests them."""
    tree: Tree = {}
    for field in fields:
        *above, last = path_of(field.name, groups)
        branch = tree
        for part in above:
            inner = branch.setdefault(part, {})
            if isinstance(inner, dict):
                branch = inner
        branch[last] = field
    return tree


def nest(values: Mapping[str, Any], groups: Collection[str]) -> dict[str, Any]:
    """Flat values by field name → nested JSON; a group whose fields are all null is null."""
    nested: dict[str, Any] = {}
    for name, value in values.items():
        place(nested, path_of(name, groups), value)
    return {name: _blank(value) if name in groups else value for name, value in nested.items()}


def _blank(group: Any) -> Any:
    if not isinstance(group, dict):
        return group
    inner = {name: _blank(value) for name, value in group.items()}
    return None if all(value is None for value in inner.values()) else inner
