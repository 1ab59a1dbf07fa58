"""Keeps derived values right inside one act: every step of the plan once, in order, on the rows the act concerns
(docs/derived-values.md, One write).

Frozen lookups are copied, formulas computed where an input changed, roll-ups moved by what their rows gave before and give
now. One rule: a value is set only where it differs after rounding, so what does not change is neither locked nor written,
and nothing above it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..formula.types import Kind, Type
from ..kernel.errors import FormulaError, Invalid
from ..kernel.problems import Problem, pointer
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import aggregates, contributions, running, total_changes
from .contributions import Contribution, Net, Pair
from .env import RowEnv
from .fitting import fit, fit_number, quotient
from .plan import Feed, Plan, Step, plan_of
from .reach import Reach
from .rows import COUNT, SUM
from .states import OPEN
from .write_set import RowChange, WriteSet

TREE_DEPTH = 32

Changes = dict[tuple[str, str], dict[str, tuple[Any, Any]]]


def propagate(tx: Transaction, model: Model, ws: WriteSet) -> Changes:
    """Bring every derived value of the write set up to date, and the totals' differences with it.

    Gives {(form, record id): {field: (old, new)}} of the derived values that changed on records that were there before.
    Raises Invalid (`out_of_range`, `cycle`); Late where a row must be locked first."""
    derivation = Derivation(ws, plan_of(model))
    try:
        derivation.run()
    except FormulaError as error:
        raise Invalid([Problem(error.code)]) from error
    return derivation.changes()


def own_values(tx: Transaction, model: Model, ws: WriteSet) -> None:
    """Only what the written rows can be told from themselves: frozen lookups and formulas, without roll-ups. For
    validation before anything is locked, and for open sheets."""
    Derivation(ws, plan_of(model), alone=True).run()


@dataclass
class Derivation:
    """One pass over the plan."""

    ws: WriteSet
    plan: Plan
    alone: bool = False

    def __post_init__(self) -> None:
        self.reach = Reach(self.ws, self.plan, self.alone)

    def run(self) -> None:
        self.begin()
        for steps, tree in zip(self.plan.steps, self.plan.trees, strict=True):
            if tree is None:
                for step in steps:
                    self.step(step)
            elif not self.alone:
                self.repeat(steps)
        if not self.alone:
            self.totals()
            total_changes.collect(self.ws)

    def begin(self) -> None:
        """New rows start empty: sums and counts at zero."""
        for change in self.ws.all():
            if change.is_new and change.now is not None:
                for name, each in self.plan.fields[change.kind].items():
                    if each.rollup is not None:
                        _start(change.now, name, each.rollup.fn)
        if not self.alone:
            self.trees()

    def repeat(self, steps: Iterable[Step]) -> None:
        """A circle along a tree: again until nothing changes."""
        for _ in range(2 * TREE_DEPTH):
            moved = [self.step(step) for step in steps]
            if not any(moved):
                return
        raise Invalid([Problem("cycle", params={"depth": TREE_DEPTH})])

    def step(self, step: Step) -> bool:
        """Do one step; whether a value changed."""
        if not self.concerned(step) or (self.alone and step.kind in ("rollup", "lookup")):
            return False
        if step.feed is not None:
            return self.rollup(step, step.feed)
        if step.kind == "frozen":
            return self.compute(step, self.to_freeze(step))
        return self.compute(step, self.reach.affected(step))

    def concerned(self, step: Step) -> bool:
        here = self.ws.rows
        return (step.slot.form, step.slot.sub) in here or any(
            (s.source.form, s.source.sub) in here for s in step.inputs
        )

    def changes(self) -> Changes:
        found: Changes = {}
        for change in self.ws.all():
            if change.old is None or change.now is None or change.sub is not None:
                continue
            for name in change.derived:
                if change.changed(name):
                    found.setdefault((change.form, change.id), {})[name] = (change.old.get(name), change.now.get(name))
        return found

    # ------------------------------------------------------------------------------------------------ formulas, lookups

    def compute(self, step: Step, rows: Iterable[RowChange]) -> bool:
        """Evaluate on these rows; a value that is only needed has no column, its rows are merely brought in."""
        found = list(rows)
        if not step.kept or step.run is None:
            return False
        moved = False
        for change in found:
            if change.now is None:
                continue
            self.reach.hold(change, step.inputs)
            moved |= self.put(change, step.slot.name, self.value(step.run, change, step.type, step.slot.name))
        return moved

    def value(self, run: Callable[..., Any], change: RowChange, kind: Type, name: str) -> Any:
        try:
            return _stored(fit(run(RowEnv(self.ws, change)), kind), kind)
        except FormulaError as error:
            raise Invalid([Problem("out_of_range", at(change, name))]) from error
        except Invalid as error:
            raise Invalid([each.at(at(change, name)) for each in error.problems]) from error

    def put(self, change: RowChange, name: str, value: Any) -> bool:
        if change.now is None or (name in change.now and change.now[name] == value):
            return False
        if change.old is not None:
            self.ws.need_row(change)
        change.now[name] = value
        change.derived.add(name)
        return True

    def to_freeze(self, step: Step) -> Iterator[RowChange]:
        """Rows whose reference is set or whose record is still open: the copy is taken anew, unless a value was sent."""
        lookup = step.field.lookup
        late = lookup is not None and lookup.freeze == "submit" and self.plan.form(step.slot.form).is_document
        if late:
            self.bring_rows(step, self.opened(step))
        changed = {id(each) for each in self.reach.affected(step)}
        for change in self.ws.of(step.slot.form, step.slot.sub):
            owner = self.ws.owner_of(change)
            if not owner.written or change.now is None or step.slot.name in change.given:
                continue
            fresh = change.known is None and (change.is_new or (late and _is_open(owner)))
            if fresh or id(change) in changed:
                yield change

    def opened(self, step: Step) -> list[str]:
        return [each.id for each in self.ws.of(step.slot.form) if each.written and _is_open(each)]

    def bring_rows(self, step: Step, owners: Iterable[str]) -> None:
        if step.slot.sub is not None:
            self.ws.load_children(step.slot.form, step.slot.sub, owners)

    # ------------------------------------------------------------------------------------------------ roll-ups

    def rollup(self, step: Step, feed: Feed) -> bool:
        """Move the roll-up of every parent whose rows give something else than before."""
        pairs: list[Pair] = []
        sent = self.ws.memo.setdefault(Contribution, {})
        feeding = self.feeding(step, feed)
        for change in feeding:
            self.reach.hold(change, feed.look)
            key = (step.slot, change.id)
            before = sent[key] if key in sent else self.given(feed, change, True)
            after = sent[key] = self.given(feed, change, False)
            pairs.append((before, after))
        nets = contributions.net(pairs)
        self.ws.need(step.slot.form, nets)
        parents = self.ws.load(step.slot.form, nets)
        if feed.by is not None:
            return self.lowest(step, feed, parents, feeding)
        moved = [self.apply(step, feed, parents[each], nets[each]) for each in sorted(nets) if each in parents]
        return any(moved)

    def given(self, feed: Feed, change: RowChange, old: bool) -> Contribution | None:
        return contributions.contribution(self.ws, self.plan, feed, change, old)

    def lowest(self, step: Step, feed: Feed, parents: dict[str, RowChange], feeding: Iterable[RowChange]) -> bool:
        """The lowest running sum, of the rows as the database has them and all that this act changes of them."""
        name, wanted = step.slot.name, [each for each in sorted(parents) if self.fills(step, parents[each])]
        nets = contributions.net((self.given(feed, each, True), self.given(feed, each, False)) for each in feeding)
        days = running.days(self.ws, feed, wanted)
        moved = []
        for each in wanted:
            found = running.lowest(days[each], nets.get(each, Net()))
            amount = self.within(parents[each], name, found.amount, feed.amount or step.type)
            moved.append(self.put(parents[each], name, found.day if feed.rollup.fn == "lowest_running_day" else amount))
        return any(moved)

    def feeding(self, step: Step, feed: Feed) -> list[RowChange]:
        """Rows of the source that may give something else now: changed ones, those that have given something in this
        act already, those of changed owners, and those that look at a changed record."""
        form, sub = feed.source
        sent = self.ws.memo.setdefault(Contribution, {})
        found = {each.id: each for each in self.ws.of(form, sub) if each.dirty or (step.slot, each.id) in sent}
        if sub is not None:
            owners = [each.id for each in self.ws.of(form) if each.dirty and not each.is_new]
            self.ws.load_children(form, sub, owners)
            mine = set(owners)
            found.update((each.id, each) for each in self.ws.of(form, sub) if each.owner in mine)
        found.update((each.id, each) for each in self.reach.feeding(feed))
        return [found[each] for each in sorted(found)]

    def totals(self) -> None:
        """Bring in, and hold, what totals look at beyond their own rows."""
        for kind, some in self.plan.totals.items():
            for total in some:
                if total.look:
                    self.reach.feeding(total)
                    for change in self.ws.of(*kind):
                        self.reach.hold(change, total.look)

    def apply(self, step: Step, feed: Feed, parent: RowChange, change: Net) -> bool:
        row, name, fn = parent.now, step.slot.name, feed.rollup.fn
        if row is None or not self.fills(step, parent):
            return False
        if fn in ("min", "max"):
            return self.put(parent, name, self.extreme(step, feed, parent, change))
        if fn == "avg":
            return self.average(step, parent, change)
        start = Decimal(row.get(name) or 0)
        value = start + (change.total() if fn == "sum" else change.count())
        return self.put(parent, name, _stored(self.within(parent, name, value, step.type), step.type))

    def fills(self, step: Step, parent: RowChange) -> bool:
        """Not where this column is being filled in the background and has not reached this record yet: the job will see
        what we write (docs/derived-values.md, New values on existing records)."""
        row, rollup = parent.now, step.field.rollup
        if row is None or rollup is None:
            return False
        if not self.ws.model.is_building(step.slot.form, step.slot.name):
            return True
        name = step.slot.name + COUNT if rollup.fn == "avg" else step.slot.name
        return rollup.fn in ("min", "max", "lowest_running_day") or row.get(name) is not None

    def within(self, change: RowChange, name: str, value: Decimal, kind: Type) -> Decimal:
        try:
            return fit_number(value, kind.scale)
        except Invalid as error:
            raise Invalid([each.at(at(change, name)) for each in error.problems]) from error

    def average(self, step: Step, parent: RowChange, change: Net) -> bool:
        row, name = parent.now or {}, step.slot.name
        total = (row.get(name + SUM) or Decimal(0)) + change.total()
        count = int(row.get(name + COUNT) or 0) + change.count()
        value = quotient(total, count, scale_of(step.type)) if count else None
        self.put(parent, name + SUM, total)
        self.put(parent, name + COUNT, count)
        return self.put(parent, name, value)

    def extreme(self, step: Step, feed: Feed, parent: RowChange, change: Net) -> Any:
        """The best value; the remaining rows are asked only when the extreme itself leaves."""
        row, name, fn = parent.now or {}, step.slot.name, feed.rollup.fn
        now = row.get(name)
        building = self.ws.model.is_building(step.slot.form, name)
        leaves = now in change.removed and contributions.best(fn, [*change.added, now]) not in change.added
        if not building and not leaves:
            return _stored(contributions.best(fn, [now, *change.added]), step.type)
        here = {each.id: each for each in self.ws.of(*feed.source)}
        rest = aggregates.extreme(self.ws, feed, parent.id, sorted(here))
        mine = [self.given(feed, each, False) for each in here.values()]
        values = [each.value for each in mine if each is not None and each.parent == parent.id]
        return _stored(contributions.best(fn, [rest, *values]), step.type)

    # ------------------------------------------------------------------------------------------------ trees

    def trees(self) -> None:
        """A record may not lie below itself; the new parent's chain is locked to its root, so that two opposite moves
        meet (docs/derived-values.md, Locks)."""
        problems = []
        for form, fields in self.plan.tree_fields.items():
            for each in fields:
                moved = [
                    c for c in self.ws.of(form) if c.now is not None and c.changed(each.name) and c.now.get(each.name)
                ]
                problems += [problem for change in moved if (problem := self.chain_problem(change, each.name))]
        if problems:
            raise Invalid(problems)

    def chain_problem(self, change: RowChange, reference: str) -> Problem | None:
        here: RowChange | None = change
        for _ in range(TREE_DEPTH):
            up = (here.now or {}).get(reference) if here is not None else None
            if up is None:
                return None
            if up == change.id:
                return Problem("cycle", at(change, reference), {"field": reference})
            self.ws.need(change.form, (up,))
            here = self.ws.get(change.form, up)
        return Problem("cycle", at(change, reference), {"field": reference, "depth": TREE_DEPTH})


def at(change: RowChange, name: str) -> str:
    """Where a value stands in what was sent."""
    return (change.pointer or "") + pointer(*name.split("."))


def scale_of(kind: Type) -> int:
    """Places of a stored average."""
    return 10 if kind.scale is None else kind.scale


def _start(row: dict[str, Any], name: str, fn: str) -> None:
    zero = Decimal(0) if fn in ("sum", "lowest_running") else 0 if fn == "count" else None
    row.setdefault(name, zero)
    if fn == "avg":
        row.setdefault(name + SUM, Decimal(0))
        row.setdefault(name + COUNT, 0)


def _stored(value: Any, kind: Type) -> Any:
    """A computed value as its field keeps it."""
    return value if kind.kind is not Kind.NUMBER or value is None else Decimal(value)


def _is_open(owner: RowChange) -> bool:
    """Whether the record was still open before this act."""
    return owner.old is None or owner.old.get("$state") in OPEN
