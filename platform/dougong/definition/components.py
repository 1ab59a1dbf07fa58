"""Strongly connected components in topological order (Tarjan, "Depth-first search and linear graph algorithms", 1972),
without recursion, so that a long chain of formulas costs no stack."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def components(nodes: Iterable[N], edges: Iterable[tuple[N, N]]) -> list[tuple[N, ...]]:
    """The components, each before those it feeds; nodes that only edges name are included. Deterministic."""
    after: dict[N, list[N]] = {node: [] for node in nodes}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        after.setdefault(target, [])
    found = _Tarjan(after).run()
    return found[::-1]


class _Tarjan:
    def __init__(self, after: dict[N, list[N]]) -> None:
        self.after: dict[Hashable, Sequence[Hashable]] = {node: tuple(some) for node, some in after.items()}
        self.index: dict[Hashable, int] = {}
        self.low: dict[Hashable, int] = {}
        self.stack: list[Hashable] = []
        self.on_stack: set[Hashable] = set()
        self.found: list[tuple[N, ...]] = []

    def run(self) -> list[tuple[N, ...]]:
        for node in self.after:
            if node not in self.index:
                self.visit(node)
        return self.found

    def visit(self, root: Hashable) -> None:
        path: list[tuple[Hashable, Iterator[Hashable]]] = [(root, self.enter(root))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                self.leave(node, path[-1][0] if path else None)
            elif following not in self.index:
                path.append((following, self.enter(following)))
            elif following in self.on_stack:
                self.low[node] = min(self.low[node], self.index[following])

    def enter(self, node: Hashable) -> Iterator[Hashable]:
        self.index[node] = self.low[node] = len(self.index)
        self.stack.append(node)
        self.on_stack.add(node)
        return iter(self.after[node])

    def leave(self, node: Hashable, above: Hashable | None) -> None:
        if self.low[node] == self.index[node]:
            some = []
            while not some or some[-1] != node:
                some.append(self.stack.pop())
                self.on_stack.discard(some[-1])
            self.found.append(tuple(reversed(some)))  # type: ignore[arg-type]
        if above is not None:
            self.low[above] = min(self.low[above], self.low[node])
