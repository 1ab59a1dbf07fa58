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
from .names import is_system

if TYPE_CHECKING:
    from ..formula.check import Checked
    from .linked import Definitions


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
    finder.visit(checked.node)
    return Reads(
        tuple(dict.fromkeys(finder.inputs)),
        frozenset(finder.totals),
        checked.volatile or finder.people,
        checked.queryable,
    )


def holder_reads(checked: Checked, definitions: Definitions, form: str, sub: str | None) -> tuple[Input, ...]:
    """What a lookup's condition reads of the row that holds it, a row of `form` (or of its subtable `sub`)."""
    finder = _Finder(definitions, form, sub)
    for node in walk(checked.node):
        if isinstance(node, Read) and node.ref.anchor == "holder":
            finder.named("self", node.ref.path)
    return tuple(dict.fromkeys(finder.inputs))


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
    """The fields of a form's records or of one subtable's rows, their result types known."""
    found = definitions.forms[form]
    table = found.subtable(sub) if sub is not None else None
    fields = found.fields if sub is None else table.fields if table is not None else ()
    return tuple(definitions.column(form, sub, each.name) or each for each in fields)


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
    """Walks one tree, whose anchors mean what scope.py says; `inside` is true within an aggregate."""

    def __init__(self, definitions: Definitions, form: str, sub: str | None) -> None:
        self.definitions = definitions
        self.form, self.sub = form, sub
        self.inputs: list[Input] = []
        self.totals: set[str] = set()
        self.people = False
        self.foreign = False

    def visit(self, node: Node) -> None:
        if isinstance(node, Aggregate):
            self.aggregate(node)
            return
        self.note(node)
        for child in node.children():
            self.visit(child)

    def note(self, node: Node, *, inside: bool = False) -> None:
        """What this one node reads of the formula's own row or of its record."""
        if isinstance(node, Read):
            self.named(node.ref.anchor, node.ref.path, inside=inside)
        elif isinstance(node, Total):
            self.totals.add(node.name)
        elif isinstance(node, My):
            self.people = True
            self.named(node.group.anchor, node.group.path, inside=inside)

    def aggregate(self, node: Aggregate) -> None:
        """Over the record's own rows, whose existence counts too (`$id` stands for it), or over another record's."""
        *hops, sub = node.rows.path
        if hops or node.rows.anchor == "holder":
            self.foreign = True
            self.named(node.rows.anchor, tuple(hops))
        else:
            self.inputs.append(Input(Slot(self.form, sub, "$id"), Relation.ROWS))
        for child in (each for part in node.children() for each in walk(part)):
            if not isinstance(child, Read) or child.ref.anchor != "self":
                self.note(child, inside=True)
            elif not hops:
                self.read((self.form, sub), Relation.ROWS, child.ref.path)

    def named(self, anchor: str, path: tuple[str, ...], *, inside: bool = False) -> None:
        """A name of the formula's own row or of the record that owns it: inside an aggregate "parent" is both, the row
        first. The names of a lookup's holder belong to the holder: `holder_reads` finds them."""
        if anchor == "holder" or not path:
            return
        row = (self.form, self.sub)
        of_owner = anchor == "parent" and not inside
        if self.sub is not None and (of_owner or next(follow(self.definitions, row, path), None) is None):
            self.read((self.form, None), Relation.OWNER, path)
        else:
            self.read(row, Relation.OWN, path)

    def read(self, place: tuple[str, str | None], relation: Relation, path: tuple[str, ...]) -> None:
        if is_system(path[0]) and len(path) == 1:
            self.inputs.append(Input(Slot(*place, path[0]), relation))
            return
        hops: tuple[str, ...] = ()
        end = place
        for at, each in follow(self.definitions, place, path):
            self.inputs.append(Input(at, relation, hops))
            if each.ref is not None:
                hops, end = (*hops, each.name), (each.ref, None)
        if hops and is_system(path[-1]):
            self.inputs.append(Input(Slot(*end, path[-1]), relation, hops))
