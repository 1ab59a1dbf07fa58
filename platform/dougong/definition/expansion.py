"""How much a schema says once every `$ref` is written out: a few lines that refer to each other twice make millions. One
rule: the size is only counted, each target once, so a hostile schema costs no more than a long one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .translate import look

LIMIT = 50_000
_DATA = frozenset({"$defs", "definitions", "enum", "const", "default", "examples"})


class Expansion:
    """Counts the schemas of one translated record. A schema that contains itself counts once: how often it is met is up to
    the value."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._sizes: dict[str, int] = {}

    def size(self, node: Any) -> int:
        """The number of schemas below the node, everything it refers to written out; at most a little over LIMIT."""
        if isinstance(node, list):
            return sum(map(self.size, node))
        if not isinstance(node, Mapping):
            return 0
        inner = sum(self.size(each) for key, each in node.items() if key not in _DATA)
        target = node.get("$ref")
        return min(1 + inner + (self._target(target) if isinstance(target, str) else 0), LIMIT + 1)

    def _target(self, target: str) -> int:
        if target not in self._sizes:
            self._sizes[target] = 1
            self._sizes[target] = self.size(look(self._root, target[1:]))
        return self._sizes[target]
