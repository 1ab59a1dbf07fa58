"""What the dependency graph of derived values is made of: links between values, components in order, and what a compiled
graph can tell. One rule: a graph is built by graph.py and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .model import Field, Rollup, Total
from .names import is_system
from .reads import Reads, Relation, Slot, columns

if TYPE_CHECKING:
    from .linked import Definitions


class Edge(StrEnum):
    """How a change travels: within the row, from record to its rows, from rows to their record, child → parent by
    a reference, target → rows that look at it."""

    OWN = "own"
    OWNER = "owner"
    ROWS = "rows"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Link:
    """`source` feeds `target`. UP: `via` is the source's reference; DOWN: `hops` lead from the target's row (`base`
    tells which: the row itself, its owner or its subtable's rows) to the source's row, the first one in `via`."""

    source: Slot
    target: Slot
    edge: Edge
    via: str | None = None
    hops: tuple[str, ...] = ()
    base: Relation = Relation.OWN


@dataclass(frozen=True, slots=True)
class Component:
    """Nodes computed together: one, or a legal circle along the tree reference `tree`."""

    slots: tuple[Slot, ...]
    tree: str | None = None


@dataclass(frozen=True)
class Graph:
    """The compiled graph. `order` holds computed nodes only (formulas, lookups, roll-ups, totals), inputs first. `reads`:
    what each computed node reads. `rank`: forms in the order of locking, children before parents. `circles`: illegal
    components, for `problems`."""

    definitions: Definitions
    order: tuple[Component, ...]
    links: tuple[Link, ...]
    reads: Mapping[Slot, Reads]
    kept: frozenset[Slot]
    needed: frozenset[Slot]
    rank: Mapping[str, int]
    circles: tuple[tuple[Slot, ...], ...] = ()
    sources: Mapping[Slot, tuple[Link, ...]] = field(default_factory=dict)
    targets: Mapping[Slot, tuple[Link, ...]] = field(default_factory=dict)

    def is_kept(self, form: str, sub: str | None, name: str) -> bool:
        """Whether a column holds the value; False = computed at read."""
        return is_system(name) or Slot(form, sub, name) in self.kept

    def kept_fields(self, form: str, sub: str | None = None) -> tuple[Field, ...]:
        """The fields of a form's records (or a subtable's rows) that have a column, subtables left out."""
        fields = columns(self.definitions, form, sub)
        return tuple(each for each in fields if not each.is_subtable and self.is_kept(form, sub, each.name))


TOTAL_MARK = "total "


def total_slot(form: str, total: Total) -> Slot:
    """The node a total is in the graph."""
    return Slot(form, total.each, TOTAL_MARK + total.name)


def source_of(definitions: Definitions, rollup: Rollup) -> tuple[str, str | None]:
    """The kind of rows a roll-up counts: (form, subtable or None)."""
    if rollup.source in definitions.forms:
        return rollup.source, None
    form, _, sub = rollup.source.rpartition(".")
    return form, sub
