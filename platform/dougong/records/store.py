"""The one writer path: operations become a write set in memory, everything about it is judged, and it is flushed once.

Order: read what was sent → defaults, conditions, own formulas → types and JSON Schema, references → effects join
→ locks → derived values and totals → checks → numbers → flush and unique keys → policy on what now stands → audit and
outbox. One rule: whatever fails, nothing is left, and every problem of a stage is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, Protocol

from ..definition.model import Field
from ..definition.reads import Slot
from ..fields.type import FieldType
from ..kernel.errors import Conflict, Forbidden, Invalid, Unconfirmed
from ..kernel.ids import new_id
from ..kernel.problems import Problem
from ..storage import guard
from ..storage.model import Model
from ..storage.transaction import Transaction
from ..storage.types import Unstorable
from . import conditions, files, locks, numbers, references, rights, search_index, states, trail, uniques
from .derive import propagate
from .effects import Effects
from .entry import Entry
from .formulas import Formulas
from .intake import Intake
from .json_values import pointer_of
from .judge import Judge
from .ops import Create, Op
from .overflow import overflows
from .progress import reached
from .record import Record, from_rows
from .write_set import RowChange, WriteSet


class Catalog(Protocol):
    """Knows the live definitions."""

    def live(self, tx: Transaction) -> Model: ...

    def forget(self, tx: Transaction) -> None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """`records` as they now stand, one for each operation in its order, without what is computed at read; `warnings` that
    stood against the act and were confirmed."""

    records: list[Record]
    warnings: list[Problem]


@dataclass(slots=True)
class _Act:
    """One pass over the operations, on one write set."""

    entries: list[Entry]
    effects: Effects
    formulas: Formulas


class Records:
    """Writes records in a transaction, once. `anyone_decides`: approving and rejecting need only sight of the record
    (scenarios, until flows run)."""

    def __init__(
        self, tx: Transaction, catalog: Catalog, types: Mapping[str, FieldType], *, anyone_decides: bool = False
    ) -> None:
        self.tx = tx
        self.model = catalog.live(tx)
        self.types = types
        self.anyone_decides = anyone_decides

    def write(self, ops: Sequence[Op], *, confirm: bool = True) -> Written:
        """Do all of these or nothing. Raises Invalid, Unconfirmed (warnings stand and `confirm` is not given), NotFound,
        Forbidden, Conflict (`state`, `already_done`, `referenced`, `conflict`), Stale, Busy."""
        named = [_named(op) for op in ops]
        acts: list[_Act] = []

        def prepare(ws: WriteSet) -> None:
            acts.clear()  # an earlier look at a large act need not be kept in memory beside this one
            acts.append(self._prepare(ws, named))

        settled = locks.settle(self.tx, self.model, prepare)
        ws, act = settled.ws, acts[-1]
        reached(self.tx, "derived")
        self._number(ws, act)
        warnings = self._refuse(ws, act, settled.problems, confirm)
        self._flush(ws, act)
        reached(self.tx, "written")
        self._still_allowed(act.entries)
        trail.write(ws, self.types, act.entries)
        return Written([_record(ws, op) for op in named], warnings)

    # ------------------------------------------------------------------------------------------------ before the locks

    def _prepare(self, ws: WriteSet, ops: Sequence[Op]) -> _Act:
        """Fill a fresh write set; may run several times. Raises what `write` raises."""
        intake = Intake(ws, self.types, anyone_decides=self.anyone_decides)
        formulas = Formulas(ws)
        effects = Effects(ws, intake, formulas)
        judge = Judge(ws, formulas, intake.references)
        entries = intake.take(ops)
        self._one_of_settings(entries)
        self._settle(ws, formulas, entries, judge)
        more = effects.run(entries)
        if more:
            self._settle(ws, formulas, more, judge)
        self._deletions(ws, entries)
        reached(self.tx, "settled")
        for entry in (*entries, *more):
            self._stamp(ws, entry)
        return _Act([*entries, *more], effects, formulas)

    def _settle(self, ws: WriteSet, formulas: Formulas, entries: Sequence[Entry], judge: Judge) -> None:
        """Defaults, conditions and own formulas, then everything the values can be blamed for."""
        unset = {place for entry in entries for place in entry.unset}
        try:
            conditions.settle(ws, formulas, [entry.record for entry in entries], unset)
            found: list[Problem] = []
        except Invalid as error:
            found = list(error.problems)
        problems = [*judge.problems(entries), *found]
        if problems:
            raise Invalid(problems)

    def _one_of_settings(self, entries: Iterable[Entry]) -> None:
        """A form of settings has one record."""
        for entry in entries:
            if entry.is_new and entry.form.kind == "settings":
                guard.alone(self.tx, f"settings {entry.form.full_name}")
                main = self.model.table(entry.form.full_name).main
                query = main.select().where(main.c.deleted_at.is_(None)).limit(1)
                if self.tx.conn.execute(query).first() is not None:
                    raise Conflict("conflict", form=entry.form.full_name, reason="one_record")

    def _deletions(self, ws: WriteSet, entries: Iterable[Entry]) -> None:
        """Nothing live may point at what goes."""
        going = {(each.form.full_name, each.record.id) for each in entries if each.events[-1:] == ["delete"]}
        by_form: dict[str, list[str]] = {}
        for form, row_id in going:
            by_form.setdefault(form, []).append(row_id)
        for form in sorted(by_form):
            if ws.locked is not None:
                references.claim(self.tx, self.model, form, by_form[form])
            for row_id in sorted(references.referenced(ws, form, by_form[form])):
                references.refuse_referenced(ws, form, row_id, lambda *source: source in going)

    def _stamp(self, ws: WriteSet, entry: Entry) -> None:
        """Version, moment and author of a record that really changes."""
        if not entry.is_new and (_dirty(entry.record) or _rows_dirty(ws, entry)):
            version = entry.record.old["$version"] if entry.record.old else 0
            entry.now.update({"$version": version + 1, "$updated_at": self.tx.now, "$updated_by": self.tx.actor.member})

    # ------------------------------------------------------------------------------------------------ under the locks

    def _number(self, ws: WriteSet, act: _Act) -> None:
        """Numbers come last, after every row lock; what is computed from them comes after."""
        due = (entry for entry in act.entries if states.complete(entry.form, entry.state_now) or _has_number(entry))
        drawn = numbers.draw(ws, [entry.record for entry in due])
        if drawn and (act.effects.refresh() or self._read_by_formulas(act.entries)):
            propagate(self.tx, self.model, ws)

    def _read_by_formulas(self, entries: Iterable[Entry]) -> bool:
        """Whether something is computed from a number of these forms."""
        names = {e.form.full_name: [f.name for f in numbers.number_fields(e.form)] for e in entries}
        slots = (Slot(form, None, name) for form, some in names.items() for name in ("$number", *some))
        return any(slot in self.model.graph.targets for slot in slots)

    def _refuse(self, ws: WriteSet, act: _Act, problems: Iterable[Problem], confirm: bool) -> list[Problem]:
        errors = [each for each in problems if each.level == "error"]
        warnings = [each for each in problems if each.level != "error"]
        if errors:
            raise Invalid([*self._taken(ws, act), *errors, *warnings])
        if warnings and not confirm:
            raise Unconfirmed(warnings)
        return warnings

    def _taken(self, ws: WriteSet, act: _Act) -> tuple[Problem, ...]:
        """Keys that others hold: of an act that is refused anyway, so that everything wrong is told at once."""
        try:
            uniques.keep(ws, act.formulas, _touched(ws))
        except Invalid as error:
            return error.problems
        return ()

    def _flush(self, ws: WriteSet, act: _Act) -> None:
        self._hold_targets(ws, act.entries)
        try:
            ws.flush()
        except Unstorable as error:
            raise Invalid(overflows(ws) or error.problems) from error
        uniques.keep(ws, act.formulas, _touched(ws))
        search_index.keep(ws)
        act.effects.keep()
        files.hold(ws, act.entries)

    def _hold_targets(self, ws: WriteSet, entries: Iterable[Entry]) -> None:
        """What is newly referred to must still stand at the commit."""
        wanted: dict[str, set[str]] = {}
        at: dict[tuple[str, str], str] = {}
        for entry in entries:
            for slot in entry.slots:
                if slot.field.ref is None:
                    continue
                for target in slot.texts():
                    change = ws.rows.get((slot.field.ref, None), {}).get(target)
                    if change is None or not change.is_new:
                        wanted.setdefault(slot.field.ref, set()).add(target)
                        at[slot.field.ref, target] = entry.at + slot.pointer
        gone = references.hold(self.tx, self.model, wanted)
        problems = [Problem("reference", at[form, each], {"value": each}) for form, ids in gone.items() for each in ids]
        if problems:
            raise Invalid(problems)

    def _still_allowed(self, entries: Iterable[Entry]) -> None:
        """The policies on what now stands: what was created, handed in or edited lies where the actor may do that. A
        record whose state moved on is only asked for sight: it may be out of reach by right."""
        filled: dict[str, dict[str, list[str]]] = {}
        asked: dict[tuple[str, str], list[str]] = {}
        for entry in (each for each in entries if not each.inner):
            form = entry.form.full_name
            if entry.is_new:
                filled.setdefault(form, {})[entry.record.id] = _filled(entry)
                asked.setdefault((form, "create"), []).append(entry.record.id)
                if "submit" in entry.events:
                    asked.setdefault((form, "submit"), []).append(entry.record.id)
            elif entry.edited:
                action = "view" if entry.events else "edit"
                asked.setdefault((form, action), []).append(entry.record.id)
        for (form, action), ids in asked.items():
            if out := rights.outside(self.tx, self.model, form, action, ids):
                self._refuse_outside(form, action, [each for each in entries if each.record.id in out])
        for form, sent in filled.items():
            rights.refuse_columns(self.tx, self.model, form, sent)

    def _refuse_outside(self, form: str, action: str, entries: Iterable[Entry]) -> NoReturn:
        """A record that nobody can place yet, for a value that decides it is blank, asks for that value."""
        names = rights.deciding(self.tx, self.model, form, action)
        blank = [
            Problem("required", entry.at + pointer_of(name, entry.form.groups), {"reason": "reach"})
            for entry in entries
            for name in sorted(names)
            if entry.now.get(name) in (None, ()) and entry.rights.editable(name)
        ]
        raise Invalid(blank) if blank else Forbidden("forbidden", form=form, action=action)


def _named(op: Op) -> Op:
    """The id of a new record is chosen before anything may run twice."""
    return replace(op, id=new_id()) if isinstance(op, Create) and op.id is None else op


def _dirty(change: RowChange) -> bool:
    return bool(set(change.changes()) - change.derived)


def _rows_dirty(ws: WriteSet, entry: Entry) -> bool:
    form, record = entry.form.full_name, entry.record.id
    return any(_dirty(row) for sub in entry.form.subtables for row in ws.children(form, sub.name, record))


def _has_number(entry: Entry) -> bool:
    return entry.is_new and any(entry.now.get(each.name) for each in numbers.number_fields(entry.form))


def _touched(ws: WriteSet) -> list[RowChange]:
    """Every record that changed, or one of whose rows did."""
    found: dict[tuple[str, str], RowChange] = {}
    for change in ws.all():
        if change.dirty:
            owner = ws.owner_of(change)
            found[owner.form, owner.id] = owner
    return [found[each] for each in sorted(found)]


def _filled(entry: Entry) -> list[str]:
    """Names of the fields that were sent, as policies know them."""
    owners: dict[str, str] = {entry.record.id: ""}
    names = []
    for (row_id, name), at in entry.sent.items():
        prefix = owners.get(row_id)
        if prefix is None:
            prefix = at.split("/")[1] + "."
        names.append(prefix + name)
    return names


def _record(ws: WriteSet, op: Op) -> Record:
    form = ws.model.form(op.form)
    change = ws.get(op.form, op.id)
    if change is None or change.now is None:
        raise LookupError(op.id)
    lines = {sub.name: _lines(ws, sub, change) for sub in form.subtables}
    return from_rows(form, change.now, lines)


def _lines(ws: WriteSet, sub: Field, change: RowChange) -> list[Mapping[str, object]]:
    return [row.now for row in ws.children(change.form, sub.name, change.id) if row.now is not None]
