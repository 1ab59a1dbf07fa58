"""Strongly connected components in topological order (Tarjan, "Depth-first search and linear graph algorithms", 1972),
without recursion, so that a long chain of formulas costs no stack."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


def components(nodes: Iterable[N], edges: Iterable[tuple[N, N]]) -> list[tuple[N, ...]]:
    """The components, each before those it feeds; nodes that only edges name are included. Deterministic."""
    after: dict[N, list[N]] = {node: [] for node in nodes}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        after.setdefault(target, [])
    found = _Tarjan(after).run()
    return found[::-1]


class _Tarjan(Generic[N]):
    def __init__(self, after: dict[N, list[N]]) -> None:
        self.after = after
        self.index: dict[N, int] = {}
        self.low: dict[N, int] = {}
        self.stack: list[N] = []
        self.on_stack: set[N] = set()
        self.found: list[tuple[N, ...]] = []

    def run(self) -> list[tuple[N, ...]]:
        for node in self.after:
            if node not in self.index:
                self.visit(node)
        return self.found

    def visit(self, root: N) -> None:
        path: list[tuple[N, Iterator[N]]] = [(root, self.enter(root))]
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

    def enter(self, node: N) -> Iterator[N]:
        self.index[node] = self.low[node] = len(self.index)
        self.stack.append(node)
        self.on_stack.add(node)
        return iter(self.after[node])

    def leave(self, node: N, above: N | None) -> None:
        if self.low[node] == self.index[node]:
            some: list[N] = []
            while not some or some[-1] != node:
                some.append(self.stack.pop())
                self.on_stack.discard(some[-1])
            self.found.append(tuple(reversed(some)))
        if above is not None:
            self.low[above] = min(self.low[above], self.low[node])
