"""The dependency graph of derived values over all forms of a tenant
(docs/derived-values.md, The graph): what feeds what, in which order it is
computed, which values are kept in columns, and what may not be published.

Nodes are Slots (form, subtable, name), system values and totals included. Strongly connected components (Tarjan) are
computed in topological order; one of several nodes is legal only inside one form along one tree reference, all upwards
(subtree sums) or all downwards (full paths).

A value is *kept* when a column holds it: inputs, frozen lookups, roll-ups, formulas over kept values of the own record.
A live lookup, a formula with a path, a total or a volatile function is computed at read. When a roll-up or total reads
such a value it is *needed*: no column holds it, but a change of the row it comes from re-evaluates the contributions of
the rows that look it up, before and after, under the lock of that row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..formula.types import Kind
from ..kernel.problems import Problem
from . import graph_problems
from .components import components
from .dependencies import TOTAL_MARK, Component, Edge, Graph, Link, source_of, total_slot
from .model import Expr, Field, Form, Rollup, Total
from .names import is_system
from .reads import Input, Reads, Relation, Slot, columns, follow, holder_reads, reads_of

if TYPE_CHECKING:
    from .linked import Definitions

__all__ = ["TOTAL_MARK", "Component", "Edge", "Graph", "Link", "compile", "problems", "source_of", "total_slot"]


def compile(definitions: Definitions) -> Graph:  # noqa: A001 - the verb of compilers
    """The graph of all forms. Never refuses: `problems` says what is wrong with it."""
    builder = _Builder(definitions)
    builder.build()
    found = components(builder.slots, [(each.source, each.target) for each in builder.links])
    order, circles = _judge(definitions, found, builder)
    kept = _kept(definitions, builder, order)
    return Graph(
        definitions,
        order,
        tuple(builder.links),
        builder.reads,
        kept,
        _needed(builder, kept),
        _rank(definitions),
        circles,
        _grouped(builder.links, "target"),
        _grouped(builder.links, "source"),
    )


def problems(graph: Graph) -> list[Problem]:
    """Everything that forbids publishing (codes in docs/definition-language.md, "The dependency graph")."""
    return graph_problems.find(graph)


class _Builder:
    """Collects nodes, links and reads of every form."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.slots: list[Slot] = []
        self.links: list[Link] = []
        self.reads: dict[Slot, Reads] = {}
        self.fields: dict[Slot, Field] = {}

    def build(self) -> None:
        for name, form in sorted(self.definitions.forms.items()):
            self.add_fields(form, None)
            for sub in form.subtables:
                self.add_fields(form, sub.name)
            for total in form.totals:
                self.add_total(name, total)

    def add_fields(self, form: Form, sub: str | None) -> None:
        for each in columns(self.definitions, form.full_name, sub):
            slot = Slot(form.full_name, sub, each.name)
            self.fields[slot] = each
            self.slots.append(slot)
            if each.rollup is not None:
                self.add_rollup(slot, each.rollup)
            elif each.lookup is not None:
                self.add_lookup(slot, each)
            elif each.formula is not None:
                self.add_formula(slot, each.formula)

    def add_formula(self, slot: Slot, text: Expr) -> None:
        self.add_reads(slot, self.expression(text, slot.form, slot.sub))

    def expression(self, text: Expr | str, form: str, sub: str | None) -> Reads:
        return reads_of(self.definitions.checked(text, form, sub), self.definitions, form, sub)

    def add_reads(self, slot: Slot, reads: Reads) -> None:
        self.reads[slot] = reads
        for each in reads.inputs:
            self.links.append(_link(each, slot))

    def add_lookup(self, slot: Slot, each: Field) -> None:
        """A live one by reference is a path, one by query is computed at read and never needed. A frozen one is an input
        but for the moment of copying: what finds the row comes before it, what is copied does not feed it."""
        lookup = each.lookup
        if lookup is None:
            return
        found: Iterable[Input] = ()
        if lookup.via is not None:
            found = self.path(slot, (*lookup.via.split("."), *lookup.field.split(".")))
        elif lookup.where is not None and lookup.source is not None:
            holder = (slot.form, slot.sub)
            checked = self.definitions.checked(lookup.where, lookup.source, holder=holder, expect=Kind.BOOLEAN)
            found = holder_reads(checked, self.definitions, *holder)
        if lookup.freeze is not None:
            found = (own for own in found if not own.hops)
        self.add_reads(slot, Reads(tuple(found), volatile=lookup.via is None and lookup.freeze is None))

    def path(self, slot: Slot, path: tuple[str, ...]) -> Iterable[Input]:
        """The inputs of a reference path; a row may look through its record's reference."""
        relation, start = Relation.OWN, (slot.form, slot.sub)
        if slot.sub is not None and not any(True for _ in follow(self.definitions, start, path)):
            relation, start = Relation.OWNER, (slot.form, None)
        hops: tuple[str, ...] = ()
        for at, field_ in follow(self.definitions, start, path):
            yield Input(at, relation, hops)
            if field_.ref is not None:
                hops = (*hops, field_.name)
        end = path[-1]
        if is_system(end) and hops:
            target = self.definitions.field(slot.form, hops) if slot.sub is None else None
            form = target.ref if target is not None and target.ref is not None else _last_form(self, start, hops)
            yield Input(Slot(form, None, end), relation, hops)

    def add_rollup(self, slot: Slot, rollup: Rollup) -> None:
        """Whatever a contribution reads feeds the roll-up, over the reference `via` of the row or of its owner."""
        form, sub = source_of(self.definitions, rollup)
        self.reads[slot] = reads = self.contribution(form, sub, (rollup.field, rollup.by), rollup.where)
        counted = [
            Input(Slot(form, sub, rollup.via), Relation.OWN),
            Input(Slot(form, None, "$deleted"), Relation.OWN),
        ]
        if rollup.where is None and self.definitions.forms[form].is_document:
            counted.append(Input(Slot(form, None, "$state"), Relation.OWN))
        for each in (*reads.inputs, *counted):
            self.links.append(Link(each.source, slot, Edge.UP, rollup.via, each.hops, each.relation))

    def contribution(self, form: str, sub: str | None, names: Iterable[str | None], where: Expr | None) -> Reads:
        inputs: list[Input] = []
        parts: list[Reads] = []
        for name in names:
            if name is not None:
                inputs.extend(self.path(Slot(form, sub, ""), tuple(name.split("."))))
        if where is not None:
            parts.append(self.expression(where, form, sub))
        return merged(Reads(tuple(inputs)), *parts)

    def add_total(self, form: str, total: Total) -> None:
        slot = total_slot(form, total)
        self.slots.append(slot)
        texts = [*total.key.values(), *(value for _, value in total.values.values() if value is not None)]
        if total.where is not None:
            texts.append(total.where)
        reads = merged(*(self.expression(each, form, total.each) for each in texts))
        self.reads[slot] = reads
        for each in reads.inputs:
            edge = Edge.DOWN if each.hops else Edge.UP
            self.links.append(Link(each.source, slot, edge, None, each.hops, each.relation))


def merged(*parts: Reads) -> Reads:
    """What several formulas read together."""
    return Reads(
        tuple(dict.fromkeys(each for part in parts for each in part.inputs)),
        frozenset(name for part in parts for name in part.totals),
        any(part.volatile for part in parts),
        all(part.queryable for part in parts),
        any(part.foreign for part in parts),
    )


_EDGES = {Relation.OWN: Edge.OWN, Relation.OWNER: Edge.OWNER, Relation.ROWS: Edge.ROWS}


def _link(each: Input, slot: Slot) -> Link:
    edge = Edge.DOWN if each.hops else _EDGES[each.relation]
    return Link(each.source, slot, edge, each.hops[0] if each.hops else None, each.hops, each.relation)


def _last_form(builder: _Builder, start: tuple[str, str | None], hops: tuple[str, ...]) -> str:
    form = start[0]
    for _, each in follow(builder.definitions, start, hops):
        form = each.ref or form
    return form


def _judge(
    definitions: Definitions, found: list[tuple[Slot, ...]], builder: _Builder
) -> tuple[tuple[Component, ...], tuple[tuple[Slot, ...], ...]]:
    """Components in order, and those that no order can compute."""
    order, circles = [], []
    inside: dict[Slot, list[Link]] = {}
    for link in builder.links:
        inside.setdefault(link.target, []).append(link)
    for slots in found:
        computed = tuple(each for each in slots if each in builder.reads)
        members = set(slots)
        links = [link for each in slots for link in inside.get(each, ()) if link.source in members]
        tree = _tree(builder, links)
        if links and tree is None:
            circles.append(slots)
        elif computed:
            order.append(Component(computed, tree))
    return tuple(order), tuple(circles)


def _tree(builder: _Builder, links: list[Link]) -> str | None:
    """The one tree reference a circle runs along, all upwards or all downwards."""
    across = [link for link in links if link.edge in (Edge.UP, Edge.DOWN)]
    edges, vias = {link.edge for link in across}, {link.via for link in across}
    if len(edges) != 1 or len(vias) != 1 or any(len(link.hops) > 1 for link in across):
        return None
    if any(link.hops for link in across if link.edge is Edge.UP) or _circular(links, across):
        return None
    via = vias.pop()
    forms = {(each.form, each.sub) for link in links for each in (link.source, link.target)}
    if via is None or len(forms) != 1:
        return None
    field_ = builder.fields.get(Slot(*forms.pop(), via))
    return via if field_ is not None and field_.ref_tree else None


def _circular(links: list[Link], across: list[Link]) -> bool:
    """Whether a circle remains within one row."""
    own = [(each.source, each.target) for each in links if each not in across]
    slots = {slot for pair in own for slot in pair}
    return any(len(each) > 1 for each in components(sorted(slots, key=str), own)) or any(a == b for a, b in own)


def _kept(definitions: Definitions, builder: _Builder, order: tuple[Component, ...]) -> frozenset[Slot]:
    """Inputs, frozen and `stored` lookups, roll-ups, and formulas whose inputs are kept and lie in the own record."""
    kept = {slot for slot in builder.slots if slot not in builder.reads and slot in builder.fields}
    for component in order:
        if _keepable(builder, component, kept):
            kept.update(each for each in component.slots if each in builder.fields)
    return frozenset(kept)


def _keepable(builder: _Builder, component: Component, kept: set[Slot]) -> bool:
    slot = component.slots[0]
    each = builder.fields.get(slot)
    if each is None:
        return False
    if each.rollup is not None or component.tree is not None:
        return True
    if each.lookup is not None:
        return each.lookup.freeze is not None or each.stored
    reads = builder.reads[slot]
    if reads.volatile or reads.totals or reads.foreign:
        return False
    return all(not i.hops and (is_system(i.source.name) or i.source in kept) for i in reads.inputs)


def _needed(builder: _Builder, kept: frozenset[Slot]) -> frozenset[Slot]:
    """Values computed at read that something kept, or a total, depends on."""
    feeds: dict[Slot, list[Slot]] = {}
    for link in builder.links:
        feeds.setdefault(link.target, []).append(link.source)
    waiting = [each for each in builder.reads if each in kept or each.name.startswith(TOTAL_MARK)]
    needed: set[Slot] = set()
    while waiting:
        for source in feeds.get(waiting.pop(), ()):
            if source in builder.reads and source not in kept and source not in needed:
                needed.add(source)
                waiting.append(source)
    return frozenset(needed)


def _rank(definitions: Definitions) -> dict[str, int]:
    """Forms in the order of locking: who refers before who is referred to; any fixed order inside a circle."""
    pairs = [
        (name, each.ref)
        for name, form in sorted(definitions.forms.items())
        for fields in (form.fields, *(sub.fields for sub in form.subtables))
        for each in fields
        if each.ref in definitions.forms and each.ref is not None
    ]
    found = components(sorted(definitions.forms), pairs)
    return {form: rank for rank, form in enumerate(form for some in found for form in sorted(some))}


def _grouped(links: Iterable[Link], end: str) -> dict[Slot, tuple[Link, ...]]:
    grouped: dict[Slot, list[Link]] = {}
    for link in links:
        grouped.setdefault(getattr(link, end), []).append(link)
    return {slot: tuple(some) for slot, some in grouped.items()}
