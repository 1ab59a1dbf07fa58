"""What may be told of the figures behind a check to the one whose act it judges. One rule: deny by default. A figure is told
when everything its formula reads may be read by the actor: every field, on the very record it is read from, and that record
visible. Of a total the sum is told to whoever may read the fields it is made of: the refusal itself says as much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import select

from ..access import fields, scope
from ..access.fields import FieldAccess, Levels, levels_of
from ..definition.dependencies import total_slot
from ..definition.names import is_system
from ..definition.reads import Input, Relation
from ..formula.ast import Aggregate, walk
from .cases import Case
from .plan import Formula, plan_of
from .write_set import RowChange, WriteSet

_READ = ("read", "edit")
_Asked: TypeAlias = FieldAccess | Levels


class Telling:
    """What the actor may be told about one case."""

    def __init__(self, ws: WriteSet, case: Case) -> None:
        self.ws, self.case = ws, case
        self.plan = plan_of(ws.model)
        #: Asked of the database once in an act, however many rows are refused.
        self._known: dict[tuple[str, ...], Any] = ws.memo.setdefault(Telling, {})

    def may(self, formula: Formula) -> bool:
        """Whether everything this formula reads may be read by the actor."""
        if self.ws.tx.actor.is_admin:
            return True
        if any(_elsewhere(each) for each in walk(formula.checked.node) if isinstance(each, Aggregate)):
            return False
        return all(map(self._input, formula.reads.inputs)) and all(map(self._total, formula.reads.totals))

    def _input(self, read: Input) -> bool:
        name = read.source.name if read.source.sub is None else f"{read.source.sub}.{read.source.name}"
        if not read.hops and self.case.own:
            return is_system(read.source.name) or self._own(name)
        targets = self._targets(read)
        return all(self._on(each, name, is_system(read.source.name)) for each in targets)

    def _own(self, name: str) -> bool:
        """On the record that the actor writes and so has reached: a value of a new one may be told when some row's may."""
        return any(each.level(name) in _READ for each in self._mine())

    def _mine(self) -> tuple[_Asked, ...]:
        """What says how far the record at hand may be read: as one sees it, and as one fills it in."""
        record, tx, model = self.case.record, self.ws.tx, self.ws.model
        key = ("mine", record.form, "" if record.is_new else record.id)
        if key not in self._known:
            if record.is_new:
                self._known[key] = tuple(fields(tx, model, record.form, each) for each in ("view", "create"))
            else:
                found = (levels_of(tx, model, record.form, each, [record.id]) for each in ("view", "edit"))
                self._known[key] = tuple(each[record.id] for each in found if record.id in each)
        mine: tuple[_Asked, ...] = self._known[key]
        return mine

    def _on(self, record: RowChange, name: str, system: bool) -> bool:
        levels = self._levels(record)
        return levels is not None and (system or levels.readable(name))

    def _levels(self, record: RowChange) -> Levels | None:
        """What the actor may read of a record; None when it is invisible."""
        key = ("seen", record.form, record.id)
        if key not in self._known:
            self._known[key] = self._ask(record)
        seen: Levels | None = self._known[key]
        return seen

    def _ask(self, record: RowChange) -> Levels | None:
        tx, model = self.ws.tx, self.ws.model
        main = model.table(record.form).main
        query = select(main.c.id).where(main.c.id == record.id, scope(tx, model, record.form, "view"))
        if tx.conn.execute(query).first() is None:
            return None
        return levels_of(tx, model, record.form, "view", [record.id]).get(record.id)

    def _targets(self, read: Input) -> Iterator[RowChange]:
        """The records that a read looks at."""
        for start in self._starts(read.relation):
            here: RowChange | None = start
            for name in read.hops:
                here = self._next(here, name) if here is not None else None
            if here is not None:
                yield self.ws.owner_of(here)

    def _next(self, here: RowChange, reference: str) -> RowChange | None:
        field = self.plan.fields[here.kind].get(reference)
        target = (here.now or {}).get(reference)
        if field is None or field.ref is None or not isinstance(target, str):
            return None
        return self.ws.get(field.ref, target)

    def _starts(self, relation: Relation) -> Iterable[RowChange]:
        record, row = self.case.record, self.case.row
        if relation is not Relation.ROWS:
            return (row if relation is Relation.OWN else record,)
        subs = self.ws.model.form(record.form).subtables
        return (each for sub in subs for each in self.ws.children(record.form, sub.name, record.id) if each.now)

    def _total(self, name: str) -> bool:
        """Whether the fields that a total is made of may be read on any row at all."""
        key = ("total", name)
        if key not in self._known:
            self._known[key] = self._made_of(name)
        return bool(self._known[key])

    def _made_of(self, name: str) -> bool:
        form, total = self.ws.model.definitions.total(name)
        access = fields(self.ws.tx, self.ws.model, form.full_name)
        reads = self.plan.graph.reads[total_slot(form.full_name, total)].inputs
        own = [each.source for each in reads if not each.hops and not is_system(each.source.name)]
        names = [each.name if each.sub is None else f"{each.sub}.{each.name}" for each in own]
        return bool(access.view) and all(access.level(each) in _READ for each in names)


def _elsewhere(node: Aggregate) -> bool:
    """Whether an aggregate goes over the rows of another record."""
    return len(node.rows.path) > 1 or node.rows.anchor == "holder"
