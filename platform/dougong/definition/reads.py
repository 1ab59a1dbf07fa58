"""What a formula reads, as the dependency graph needs it: which value of which form, and how its row is found from the row
that is computed. One rule: every name in a formula becomes one Input for each reference it passes and one for its end, so
that whatever can change the result is an input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ..formula.ast import Aggregate, My, Node, Read, Total, walk
from .model import Field

if TYPE_CHECKING:
    from ..formula.check import Checked
    from .definitions import Definitions


class Slot(NamedTuple):
    """A value: of a form's records (`sub` None) or of the rows of its subtable; `name` is a field or $system name."""

    form: str
    sub: str | None
    name: str


class Relation(StrEnum):
    """How the row read is found: the row itself, the record owning it, the rows of a subtable of the record."""

    OWN = "own"
    OWNER = "owner"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Input:
    """`source` is read. `hops` are references followed from the row that `relation` finds, in order; empty = none."""

    source: Slot
    relation: Relation
    hops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reads:
    """Everything one formula reads: values, totals ("module.form.total"), and whether its result changes without a
    write (`volatile`: today, now, me, people), has no SQL form, or reads the rows of another record (`foreign`)."""

    inputs: tuple[Input, ...] = ()
    totals: frozenset[str] = frozenset()
    volatile: bool = False
    queryable: bool = True
    foreign: bool = False


def reads_of(checked: Checked, definitions: Definitions, form: str, sub: str | None) -> Reads:
    """What a checked formula reads that stands in a record of `form` or in a row of its subtable `sub`."""
    finder = _Finder(definitions, form, sub)
    finder.visit(checked.node, None, False)
    return Reads(
        tuple(dict.fromkeys(finder.inputs)),
        frozenset(finder.totals),
        checked.volatile or finder.people,
        checked.queryable,
    )


def follow(
    definitions: Definitions, slot: tuple[str, str | None], path: tuple[str, ...]
) -> Iterator[tuple[Slot, Field]]:
    """The fields a path passes: (slot, field) of each reference and of its end. Stops at a system value or where the
    path leaves the records (a member's department)."""
    form, sub = slot
    rest = path
    while rest:
        found = _longest(definitions, form, sub, rest)
        if found is None:
            return
        each, rest = found
        yield Slot(form, sub, each.name), each
        if not rest or each.ref is None:
            return
        form, sub = each.ref, None


def columns(definitions: Definitions, form: str, sub: str | None) -> tuple[Field, ...]:
    """The fields of a form's records or of one subtable's rows."""
    found = definitions.forms[form]
    if sub is None:
        return found.fields
    table = found.subtable(sub)
    return table.fields if table is not None else ()


def _longest(
    definitions: Definitions, form: str, sub: str | None, path: tuple[str, ...]
) -> tuple[Field, tuple[str, ...]] | None:
    """The field a path begins with: a grouped field's name is several parts of the path."""
    if form not in definitions.forms:
        return None
    names = {each.name: each for each in columns(definitions, form, sub)}
    for size in range(len(path), 0, -1):
        if (name := ".".join(path[:size])) in names:
            return names[name], path[size:]
    return None


class _Finder:
    """Walks one tree. The context of a node is the subtable whose row it is seen from inside an aggregate, or None."""

    def __init__(self, definitions: Definitions, form: str, sub: str | None) -> None:
        self.definitions = definitions
        self.form, self.sub = form, sub
        self.inputs: list[Input] = []
        self.totals: set[str] = set()
        self.people = False
        self.foreign = False

    def visit(self, node: Node, rows: str | None, inside: bool) -> None:
        if isinstance(node, Read):
            self.read(node.ref.anchor, node.ref.path, rows, inside)
        elif isinstance(node, Total):
            self.totals.add(node.name)
        elif isinstance(node, My):
            self.people = True
            self.read(node.group.anchor, node.group.path, rows, inside)
        if isinstance(node, Aggregate):
            self.aggregate(node, rows, inside)
            return
        for child in node.children():
            self.visit(child, rows, inside)

    def aggregate(self, node: Aggregate, rows: str | None, inside: bool) -> None:
        """The rows' own existence counts too: `$id` stands for it."""
        sub = ".".join(node.rows.path)
        if self.definitions.forms[self.form].subtable(sub) is None:
            self.read(node.rows.anchor, node.rows.path, rows, inside)
            self.foreign = True
            return
        self.inputs.append(Input(Slot(self.form, sub, "$id"), Relation.ROWS))
        for child in walk(node):
            if isinstance(child, Read):
                self.read(child.ref.anchor, child.ref.path, sub, True)
            elif isinstance(child, Total):
                self.totals.add(child.name)

    def read(self, anchor: str, path: tuple[str, ...], rows: str | None, inside: bool) -> None:
        slot, relation = self.base(anchor, rows, inside)
        if path and path[0].startswith("$"):
            self.inputs.append(Input(Slot(*slot, path[0]), relation))
            return
        hops: tuple[str, ...] = ()
        end = slot
        passed = 0
        for at, each in follow(self.definitions, slot, path):
            self.inputs.append(Input(at, relation, hops))
            passed += len(each.name.split("."))
            if each.ref is not None:
                hops, end = (*hops, each.name), (each.ref, None)
        if hops and passed < len(path) and path[passed].startswith("$"):
            self.inputs.append(Input(Slot(*end, path[passed]), relation, hops))

    def base(self, anchor: str, rows: str | None, inside: bool) -> tuple[tuple[str, str | None], Relation]:
        """The row an anchor means, and how it is related to the row that is computed."""
        record = (self.form, None)
        if inside:
            return ((self.form, rows), Relation.ROWS) if anchor == "self" else (record, self._up())
        if anchor == "parent" and self.sub is not None:
            return record, Relation.OWNER
        return (self.form, self.sub), Relation.OWN

    def _up(self) -> Relation:
        return Relation.OWN if self.sub is None else Relation.OWNER
