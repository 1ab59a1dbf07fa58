"""The tree of a formula: frozen nodes, equal when they mean the same whatever their spacing.

`position` is the 0-based character the node begins at and `type` what the checker found; neither takes part in equality.
Long runs of one operator are one flat Chain, so that depth follows nesting and not length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal as OneOf

from .types import NULL, Ref, Type

Family = OneOf["or", "and", "&", "+", "*"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """What all nodes share."""

    position: int = field(default=0, compare=False)
    type: Type = field(default=NULL, compare=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below, in the order of the text."""
        for each in fields(self):
            yield from _nodes(getattr(self, each.name))


@dataclass(frozen=True)
class Literal(Node):
    """A number, text, truth value or null; after checking also a date, instant or time."""

    value: None | Decimal | str | bool | date | datetime | time


@dataclass(frozen=True)
class Name(Node):
    """A name as written, not yet looked up."""

    path: tuple[str, ...]


@dataclass(frozen=True)
class Read(Node):
    """A name the checker has resolved."""

    ref: Ref


@dataclass(frozen=True)
class Unary(Node):
    """`operator` is "-" or "not"."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """A comparison: = <> < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Chain(Node):
    """`first` followed by (operator, operand)s of one family, applied from left to right: and; or; &; + -; * /."""

    family: Family
    first: Node
    rest: tuple[tuple[str, Node], ...]

    def operands(self) -> Iterator[Node]:
        """All operands from left to right."""
        yield self.first
        for _, operand in self.rest:
            yield operand


@dataclass(frozen=True)
class Items(Node):
    """A list as written: ("a", "b")."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class In(Node):
    """`needle in haystack`; the haystack is Items or a list."""

    needle: Node
    haystack: Node
    negated: bool = False


@dataclass(frozen=True)
class Call(Node):
    """A function by its English name (unknown names as written, in lower case)."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Aggregate(Node):
    """A function over rows; `value` and `where` are seen from inside a row. Made by the checker."""

    function: str
    rows: Ref
    value: Node | None = None
    where: Node | None = None
    extra: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Total(Node):
    """`total("module.form.name", key, …).value`."""

    name: str
    keys: tuple[Node, ...]
    value: str


@dataclass(frozen=True)
class My(Node):
    """`my(group)`: the actor is a member in force of the group record read. Made by the checker."""

    group: Ref


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(each.children())


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
