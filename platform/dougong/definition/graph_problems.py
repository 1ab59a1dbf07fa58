"""What may not be published because of how values depend on each other
(docs/derived-values.md, The graph and Limits). One rule: every finding names
the chain it is about, by titles, at the pointer of the field, check or total that has to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..kernel.problems import Level, Problem
from .dependencies import TOTAL_MARK, Edge, Graph, Link, source_of
from .model import Expr, Field, Form, Total
from .reads import Reads, Slot, columns, follow, reads_of

CHAIN_LIMIT = 8
ROLLUP_LIMIT = 60
FEED_LIMIT = 40
TOTAL_LIMIT, TOTAL_WARNING = 8, 4


def find(graph: Graph) -> list[Problem]:
    """All problems of the graph, errors and warnings, in a fixed order."""
    judge = _Judge(graph)
    return [problem for part in judge.parts() for problem in part()]


class _Judge:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.definitions = graph.definitions

    def parts(self) -> tuple[Callable[[], Iterator[Problem]], ...]:
        return (
            self.circles,
            self.echoes,
            self.vias,
            self.unsteady,
            self.unqueryable,
            self.unkept,
            self.limits,
            self.chains,
        )

    # ------------------------------------------------------------------------------------------------ order

    def circles(self) -> Iterator[Problem]:
        """Values that feed themselves."""
        for slots in self.graph.circles:
            around = self.around(slots)
            yield self.at(around[0], "formula_cycle", cycle=[self.title(each) for each in (*around, around[0])])

    def around(self, slots: tuple[Slot, ...]) -> list[Slot]:
        """One circle inside a component, from its first computed node."""
        members = set(slots)
        start = next(each for each in slots if each in self.graph.reads)
        before: dict[Slot, Slot] = {}
        waiting = [start]
        while waiting:
            here = waiting.pop(0)
            for link in self.graph.targets.get(here, ()):
                if link.target == start:
                    return self.back(start, here, before)
                if link.target in members and link.target not in before:
                    before[link.target] = here
                    waiting.append(link.target)
        return [start]

    def back(self, start: Slot, end: Slot, before: dict[Slot, Slot]) -> list[Slot]:
        path = [end]
        while path[-1] != start:
            path.append(before[path[-1]])
        return path[::-1]

    def echoes(self) -> Iterator[Problem]:
        """A kept or needed lookup of a value that the same form feeds through the same reference."""
        for link in self.graph.links:
            if link.edge is Edge.DOWN and self.matters(link.target) and self.fed_by(link):
                yield self.at(link.target, "echo", field=self.title(link.source), via=link.via)

    def matters(self, slot: Slot) -> bool:
        return slot in self.graph.needed or (slot in self.graph.kept and slot in self.graph.reads and self.live(slot))

    def live(self, slot: Slot) -> bool:
        field = self.field(slot)
        return field is None or field.lookup is None or field.lookup.freeze is None

    def fed_by(self, link: Link) -> bool:
        """Whether rows of the looking form feed the value over the same reference."""
        waiting, seen = [link.source], {link.source}
        while waiting:
            for before in self.graph.sources.get(waiting.pop(), ()):
                if before.edge is Edge.UP and before.via == link.hops[-1] and before.source.form == link.target.form:
                    return True
                if before.source.form == link.source.form and before.source not in seen:
                    seen.add(before.source)
                    waiting.append(before.source)
        return False

    def vias(self) -> Iterator[Problem]:
        """The reference of a roll-up, or of a lookup that something kept needs, is an input or frozen: structure changes
        only by what people write."""
        for slot in self.graph.reads:
            field = self.field(slot)
            if field is not None and field.rollup is not None:
                place = source_of(self.definitions, field.rollup)
                yield from self.steady(slot, place, tuple(field.rollup.via.split(".")))
            for link in self.graph.sources.get(slot, ()):
                if link.edge is Edge.DOWN and self.matters(slot):
                    form, sub = (slot.form, slot.sub) if link.base == "own" else (slot.form, None)
                    yield from self.steady(slot, (form, sub), link.hops)

    def steady(self, slot: Slot, place: tuple[str, str | None], path: tuple[str, ...]) -> Iterator[Problem]:
        found = list(follow(self.definitions, place, path)) or list(follow(self.definitions, (place[0], None), path))
        for at, field in found:
            if at in self.graph.reads and not (field.lookup is not None and field.lookup.freeze is not None):
                yield self.at(slot, "derived_via", via=field.title)
                return

    # ------------------------------------------------------------------------------------------------ what can be kept

    def unsteady(self) -> Iterator[Problem]:
        """Something kept over a value that changes without a write, or that no chain of rows leads to."""
        for slot, chain, reads in self.read_by_kept():
            if reads.volatile:
                yield self.at(slot, "volatile", chain=[self.title(each) for each in chain])
            elif reads.totals or reads.foreign:
                yield self.at(slot, "not_kept", chain=[self.title(each) for each in chain])

    def unqueryable(self) -> Iterator[Problem]:
        """A roll-up or total over a function that no database has."""
        for slot, chain, reads in self.read_by_kept():
            if not reads.queryable:
                yield self.at(slot, "not_queryable", chain=[self.title(each) for each in chain])

    def read_by_kept(self) -> Iterator[tuple[Slot, list[Slot], Reads]]:
        """Every roll-up and total with the values computed at read that it reads, itself first."""
        for slot, reads in self.graph.reads.items():
            field = self.field(slot)
            if not slot.name.startswith(TOTAL_MARK) and (field is None or field.rollup is None):
                continue
            yield slot, [slot], reads
            yield from self.below(slot)

    def below(self, slot: Slot) -> Iterator[tuple[Slot, list[Slot], Reads]]:
        chains = {slot: [slot]}
        waiting = [slot]
        while waiting:
            here = waiting.pop(0)
            for link in self.graph.sources.get(here, ()):
                if link.source in self.graph.needed and link.source not in chains:
                    chains[link.source] = [*chains[here], link.source]
                    waiting.append(link.source)
                    yield slot, chains[link.source], self.graph.reads[link.source]

    def unkept(self) -> Iterator[Problem]:
        """Unique and index over a value that no column holds."""
        for name, form in sorted(self.definitions.forms.items()):
            for unique in form.unique:
                for slot in self.unique_slots(name, form, unique.fields, unique.where):
                    if self.computed_at_read(slot):
                        yield self.at(slot, "not_kept", chain=[self.title(slot)], unique=unique.id)
            for field in form.fields:
                slot = Slot(name, None, field.name)
                if (field.unique or field.index) and self.computed_at_read(slot):
                    yield self.at(slot, "not_kept", chain=[field.title])

    def unique_slots(self, name: str, form: Form, fields: Iterable[str], where: Expr | None) -> Iterator[Slot]:
        sub: str | None = None
        for each in fields:
            head, _, rest = each.partition(".")
            if rest and form.subtable(head) is not None:
                sub = head
                yield Slot(name, head, rest)
            else:
                yield Slot(name, None, each)
        if where is not None:
            checked = self.definitions.checked(where, name, sub)
            yield from (each.source for each in reads_of(checked, self.definitions, name, sub).inputs)

    def computed_at_read(self, slot: Slot) -> bool:
        return slot in self.graph.reads and slot not in self.graph.kept

    # ------------------------------------------------------------------------------------------------ limits

    def limits(self) -> Iterator[Problem]:
        fed: dict[str, int] = {}
        for _, form in sorted(self.definitions.forms.items()):
            rollups = [each for each in form.fields if each.rollup is not None]
            for each in rollups:
                if each.rollup is not None:
                    source = source_of(self.definitions, each.rollup)[0]
                    fed[source] = fed.get(source, 0) + 1
            if len(rollups) > ROLLUP_LIMIT:
                yield self.limit(rollups[ROLLUP_LIMIT], form, "rollups", ROLLUP_LIMIT, len(rollups))
            yield from self.total_limit(form)
        for name, count in fed.items():
            if count > FEED_LIMIT:
                yield Problem("limit", "", {"form": name, "what": "fed_rollups", "limit": FEED_LIMIT, "count": count})

    def limit(self, field: Field, form: Form, what: str, limit: int, count: int) -> Problem:
        params = {"form": form.full_name, "what": what, "limit": limit, "count": count}
        return Problem("limit", field.pointer, params)

    def total_limit(self, form: Form) -> Iterator[Problem]:
        count = len(form.totals)
        if count > TOTAL_WARNING:
            level: Level = "error" if count > TOTAL_LIMIT else "warning"
            params = {"form": form.full_name, "what": "totals", "limit": TOTAL_LIMIT, "count": count}
            yield Problem("limit", "/totals", params, level=level)

    def chains(self) -> Iterator[Problem]:
        """Roll-ups of roll-ups over more than eight forms."""
        length: dict[Slot, int] = {}
        for component in self.graph.order:
            for slot in component.slots:
                links = [each for each in self.graph.sources.get(slot, ()) if each.source not in component.slots]
                steps = (length.get(each.source, 1) + (each.edge is Edge.UP) for each in links)
                length[slot] = max(steps, default=1)
                if length[slot] == CHAIN_LIMIT + 1 and not slot.name.startswith(TOTAL_MARK):
                    yield self.at(slot, "limit", what="chain", limit=CHAIN_LIMIT, count=length[slot])

    # ------------------------------------------------------------------------------------------------ words

    def field(self, slot: Slot) -> Field | None:
        return next((each for each in columns(self.definitions, slot.form, slot.sub) if each.name == slot.name), None)

    def total(self, slot: Slot) -> Total | None:
        form = self.definitions.forms[slot.form]
        name = slot.name.removeprefix(TOTAL_MARK)
        return next((each for each in form.totals if each.name == name), None)

    def title(self, slot: Slot) -> str:
        """Form and field by their titles, as a person reads the chain."""
        form = self.definitions.forms[slot.form]
        field = self.field(slot)
        name = field.title if field is not None else slot.name.removeprefix(TOTAL_MARK)
        sub = form.subtable(slot.sub) if slot.sub is not None else None
        return ".".join((form.title, *([sub.title] if sub is not None else []), name))

    def at(self, slot: Slot, code: str, **params: Any) -> Problem:
        field = self.field(slot)
        text = self.text_of(slot, field)
        pointer = field.pointer if field is not None else text.pointer if text is not None else ""
        return Problem(code, pointer, {"form": slot.form, **params}, file=text.file if text is not None else None)

    def text_of(self, slot: Slot, field: Field | None) -> Expr | None:
        """A formula of the node, which knows the file it stands in."""
        if field is not None:
            return field.formula or (field.rollup.where if field.rollup is not None else None)
        total = self.total(slot)
        return next(iter(total.key.values()), None) if total is not None else None
