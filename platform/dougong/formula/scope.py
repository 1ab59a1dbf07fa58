"""What the checker asks about names, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .ast import Node
from .types import Ref, Type


@dataclass(frozen=True)
class TotalShape:
    """Types of a total's keys, in order, and of its values by name."""

    keys: tuple[Type, ...]
    values: Mapping[str, Type]


class Scope(Protocol):
    """The names one formula may use; implemented over definitions."""

    def resolve(self, path: tuple[str, ...]) -> Ref | None:
        """The value a path means: a row's field, else the record's; None = unknown or hidden."""
        ...

    def rows(self, path: tuple[str, ...]) -> tuple[Ref, Scope] | None:
        """The rows a path means, and the scope inside one of them."""
        ...

    def total(self, name: str) -> TotalShape | None:
        """The shape of a total by its full name."""
        ...

    def group(self, path: tuple[str, ...]) -> bool:
        """Whether the path is a reference to a form with members, so that `my(path)` may be asked."""
        ...


@dataclass(frozen=True)
class AggregateRead:
    """What an aggregate reads: the rows, and the names inside a row (anchor "self" is the row)."""

    function: str
    rows: Ref
    reads: frozenset[Ref]


@dataclass(frozen=True)
class Checked:
    """A formula that may be evaluated: names resolved, every node typed.

    `reads`: values of this record (and of what encloses it), those inside aggregates that belong to this record included.
    `volatile`: its value changes without a write. `queryable`: it has a SQL form. `text`: canonical, names as written."""

    node: Node
    type: Type
    text: str
    reads: frozenset[Ref]
    aggregates: frozenset[AggregateRead]
    totals: frozenset[str]
    volatile: bool
    queryable: bool
