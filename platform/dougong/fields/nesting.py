"""Where a field lies in the JSON of its record: "address.city" of the group "address" is /address/city. One rule: only the
form's groups nest, so a property whose own name holds a dot stays what it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def path_of(name: str, groups: Collection[str]) -> tuple[str, ...]:
    """The property names that lead to a field of a record or row."""
    if "." not in name:
        return (name,)
    for end in range(len(name) - 1, 0, -1):
        if name[end] == "." and name[:end] in groups:
            return (*path_of(name[:end], groups), name[end + 1 :])
    return (name,)


def place(into: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value where `path` leads, making the objects on the way."""
    for part in path[:-1]:
        into = into.setdefault(part, {})
    into[path[-1]] = value


def follow(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema, or what its `$ref` into the same document stands for ({} where that leads nowhere)."""
    for _ in range(20):
        if not isinstance(schema, Mapping):
            return {}
        target = schema.get("$ref")
        if not isinstance(target, str) or not target.startswith("#"):
            return schema
        schema = _at(root, target[1:])
    return {}


def _at(root: Any, at: str) -> Any:
    for part in at.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(root, Mapping):
            root = root.get(part)
        elif isinstance(root, list) and part.isdecimal() and int(part) < len(root):
            root = root[int(part)]
        else:
            return None
    return root
