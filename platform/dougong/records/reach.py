"""How far an act reaches: which rows have to be computed anew because something they read has changed, and which records
they look at. Rows are followed in both directions, along the references as they were and as they are
(docs/derived-values.md, One write and Locks).

One rule: it brings rows into the write set and asks for locks, but changes no value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..definition.graph import Edge, Link
from ..definition.reads import Input, Relation, Slot
from .env import RowEnv
from .plan import Feed, Plan, Step, TotalPlan
from .write_set import RowChange, WriteSet


@dataclass
class Reach:
    """`alone`: the rows are only told from themselves, nothing else is looked at."""

    ws: WriteSet
    plan: Plan
    alone: bool = False

    def affected(self, step: Step) -> list[RowChange]:
        """The rows whose value has to be computed anew: new ones, those with a changed input, and those computed
        already, for an input may have gone back to what it was."""
        found: dict[str, RowChange] = {}
        for change in self.ws.of(step.slot.form, step.slot.sub):
            fresh = change.is_new and change.known is None
            if change.now is not None and (fresh or step.slot.name in change.derived):
                found[change.id] = change
        for link in step.inputs:
            for change in self._reached(step, link):
                found[change.id] = change
        return [found[each] for each in sorted(found)]

    def _reached(self, step: Step, link: Link) -> list[RowChange]:
        """Rows of the step's kind that see a changed source through this link."""
        form, sub = step.slot.form, step.slot.sub
        name = link.source.name
        changed = [
            each
            for each in self.ws.of(link.source.form, link.source.sub)
            if not _settled(each, name) and self._differs(each, name)
        ]
        if not changed:
            return []
        if link.edge is Edge.DOWN:
            return [] if self.alone else self._looking(step, link, {each.id for each in changed})
        if link.edge is Edge.OWN:
            return changed
        owners = {each.owner or each.id for each in changed}
        if sub is None:
            return list(self.ws.load(form, owners).values())
        self.ws.load_children(form, sub, owners)
        return [each for each in self.ws.of(form, sub) if each.owner in owners]

    def _differs(self, change: RowChange, name: str) -> bool:
        """Whether the value differs from before, one computed at read too."""
        if Slot(change.form, change.sub, name) not in self.plan.computed or change.old is None or change.now is None:
            return change.moved(name)
        now, old = RowEnv(self.ws, change), RowEnv(self.ws, change, old=True)
        return bool(now.get("self", (name,)) != old.get("self", (name,)))

    def _looking(self, step: Step, link: Link, targets: set[str]) -> list[RowChange]:
        """Rows that look at these records along the link's references, before or after the act (fan-out)."""
        base = (step.slot.form, step.slot.sub if link.base is Relation.OWN else None)
        if link.base is Relation.ROWS:
            base = (step.slot.form, self._row_kind(link))
        chain = self._chain(base, link.hops)
        ids = targets
        found: list[RowChange] = []
        for kind, reference in reversed(chain):
            found = self._pointing(kind, reference, ids)
            ids = {each.id for each in found}
        if base == (step.slot.form, step.slot.sub):
            return found
        owners = {each.owner or each.id for each in found}
        if step.slot.sub is None:
            return list(self.ws.load(step.slot.form, owners).values())
        self.ws.load_children(step.slot.form, step.slot.sub, owners)
        return [each for each in self.ws.of(step.slot.form, step.slot.sub) if each.owner in owners]

    def _row_kind(self, link: Link) -> str | None:
        """The subtable whose rows hold the first reference."""
        form = self.plan.form(link.target.form)
        return next((sub.name for sub in form.subtables if any(f.name == link.hops[0] for f in sub.fields)), None)

    def _chain(self, base: tuple[str, str | None], hops: tuple[str, ...]) -> list[tuple[tuple[str, str | None], str]]:
        """Each reference with the kind of rows it stands on."""
        found = []
        for name in hops:
            found.append((base, name))
            base = (self.plan.fields[base][name].ref or "", None)
        return found

    def _pointing(self, kind: tuple[str, str | None], reference: str, ids: set[str]) -> list[RowChange]:
        self.ws.load_by(*kind, reference, ids)
        return [
            each
            for each in self.ws.of(*kind)
            if (each.now or {}).get(reference) in ids or (each.old or {}).get(reference) in ids
        ]

    def hold(self, change: RowChange, inputs: Iterable[Link | Input]) -> None:
        """The records a stored value looks at belong to the closure (docs/derived-values.md, Locks)."""
        for each in inputs if not self.alone else ():
            if not each.hops:
                continue
            relation = each.base if isinstance(each, Link) else each.relation
            for old in (True, False):
                self._hold_path(change if relation is Relation.OWN else self.ws.owner_of(change), each.hops, old)

    def _hold_path(self, start: RowChange, hops: tuple[str, ...], old: bool) -> None:
        here: RowChange | None = start
        for name in hops:
            row = here.side(old) if here is not None else None
            if here is None or row is None or row.get(name) is None:
                return
            form = self.plan.fields[here.kind][name].ref
            if form is None:
                return
            self.ws.need(form, (row[name],))
            here = self.ws.get(form, row[name])

    def feeding(self, feed: Feed | TotalPlan) -> list[RowChange]:
        """Source rows that see a changed record through a path or a value computed at read."""
        found = []
        for each in feed.look:
            changed = {c.id for c in self.ws.of(each.source.form, each.source.sub) if c.changed(each.source.name)}
            if changed:
                found.extend(self._look_back(feed.source, each, changed))
        return found

    def _look_back(self, source: tuple[str, str | None], each: Input, targets: set[str]) -> list[RowChange]:
        base = source if each.relation is Relation.OWN else (source[0], None)
        ids, found = targets, []
        for kind, reference in reversed(self._chain(base, each.hops)):
            found = self._pointing(kind, reference, ids)
            ids = {row.id for row in found}
        if base == source or source[1] is None:
            return found
        self.ws.load_children(source[0], source[1], ids)
        return [row for row in self.ws.of(*source) if row.owner in ids]


def _settled(change: RowChange, name: str) -> bool:
    """A new row whose value an evaluation before has seen already (most rows of an open sheet: told without asking)."""
    known, now = change.known, change.now
    return known is not None and now is not None and change.old is None and known.get(name) == now.get(name)
