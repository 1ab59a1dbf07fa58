"""How a flat record lies in JSON: a field called "address.city" of the group "address" is `{"address": {"city": …}}`. One
rule: nesting follows the form's groups alone, so a property whose own name holds a dot stays what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from ..definition.model import Field
from ..kernel.problems import pointer

Tree: TypeAlias = dict[str, "Field | Tree"]


def path_of(name: str, groups: Collection[str]) -> tuple[str, ...]:
    """The property names that lead to a field."""
    for end in range(len(name) - 1, 0, -1):
        if name[end] == "." and name[:end] in groups:
            return (*path_of(name[:end], groups), name[end + 1 :])
    return (name,)


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
        *above, last = path_of(name, groups)
        branch = nested
        for part in above:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return {name: _blank(value) if name in groups else value for name, value in nested.items()}


def _blank(group: Any) -> Any:
    if not isinstance(group, dict):
        return group
    inner = {name: _blank(value) for name, value in group.items()}
    return None if all(value is None for value in inner.values()) else inner
