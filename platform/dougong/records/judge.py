"""Judges records as an act leaves them, before anything is locked: types and JSON Schema, required, not applicable, read
only, references. One rule: everything that the values alone, or what they refer to, can be blamed for is told at once;
a document that is still open may be incomplete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..definition.model import Field, Form
from ..fields.nesting import path_of
from ..fields.validate import Validator, compile_form, missing
from ..kernel.problems import Problem, pointer
from . import files, states
from .coerce import refers
from .conditions import Flags, default_of, flags
from .entry import Entry
from .formulas import Formulas, value_of
from .progress import watched
from .references import References, Slot
from .write_set import RowChange, WriteSet


class Judge:
    """Judges the entries of one act."""

    def __init__(self, ws: WriteSet, formulas: Formulas, references: References) -> None:
        self.ws, self.formulas, self.references = ws, formulas, references

    def problems(self, entries: Sequence[Entry]) -> list[Problem]:
        """Every problem of these records, each with its entry's prefix."""
        counted = watched(self.ws.tx, "judge", entries)
        return [each.at(entry.at) for entry in counted for each in _once([*entry.problems, *self._entry(entry)])]

    def _entry(self, entry: Entry) -> list[Problem]:
        moving = states.complete(entry.form, entry.state_now) and not states.complete(
            entry.form, entry.state or "draft"
        )
        if not (entry.edited or moving or "restore" in entry.events) or "delete" in entry.events:
            return []
        held = flags(self.ws, self.formulas, entry.record)
        found = [*self._claims(entry), *self._sent(entry, held), *self._references(entry, moving), *self._files(entry)]
        values = self._values(entry, held)
        if entry.form.is_document and entry.state in states.LATE:
            values = [each for each in values if each.pointer in set(entry.sent.values())]
        return [*found, *values]

    # ------------------------------------------------------------------------------------------------ values

    def _values(self, entry: Entry, held: Flags) -> list[Problem]:
        """What the validator says, and what is required by a condition."""
        draft = not states.complete(entry.form, entry.state_now)
        places = self.pointers(entry)
        exempt = {at for place, at in places.items() if place in held.invisible}
        rest = entry.now.get(entry.form.additional) if entry.form.additional else None
        found = validator(self.ws, entry.form).problems(
            self._document(entry), draft=draft, exempt=exempt, rest=rest if isinstance(rest, dict) else None
        )
        if not draft:
            absent = [each for each in held.required if self._missing(entry, each, places)]
            found += [missing(field, places[each]) for each in absent if (field := self._find(entry, *each)[1])]
        return found

    def _missing(self, entry: Entry, place: tuple[str, str], places: dict[tuple[str, str], str]) -> bool:
        """Whether a place that a condition requires is blank; what the schema requires is the validator's business."""
        row_id, name = place
        row, field = self._find(entry, row_id, name)
        if place not in places or field is None or row is None or field.required_when is None or field.computed:
            return False
        if field.is_subtable:
            rows = self.ws.children(entry.form.full_name, name, row_id)
            return all(each.now is None for each in rows)
        return (row.now or {}).get(name) in (None, ())

    def _document(self, entry: Entry) -> dict[str, Any]:
        declared = (each.name for each in entry.form.fields if each.name != entry.form.additional)
        values = {name: entry.now.get(name) for name in declared}
        for sub in entry.form.subtables:
            rows = self.ws.children(entry.form.full_name, sub.name, entry.record.id)
            values[sub.name] = [each.now for each in rows if each.now is not None]
        return values

    def pointers(self, entry: Entry) -> dict[tuple[str, str], str]:
        """The pointer of every place of the record."""
        form, groups = entry.form, entry.form.groups
        found = {(entry.record.id, each.name): pointer(*path_of(each.name, groups)) for each in form.fields}
        for sub in form.subtables:
            rows = [r for r in self.ws.children(form.full_name, sub.name, entry.record.id) if r.now is not None]
            for index, row in enumerate(rows):
                for column in sub.fields:
                    at = pointer(*path_of(sub.name, groups), index, *path_of(column.name, groups))
                    found[row.id, column.name] = at
        return found

    def _find(self, entry: Entry, row_id: str, name: str) -> tuple[RowChange | None, Field | None]:
        if row_id == entry.record.id:
            return entry.record, entry.form.find(name)
        for sub in entry.form.subtables:
            row = self.ws.rows.get((entry.form.full_name, sub.name), {}).get(row_id)
            if row is not None:
                return row, next((each for each in sub.fields if each.name == name), None)
        return None, None

    # ------------------------------------------------------------------------------------------------ what was sent

    def _claims(self, entry: Entry) -> list[Problem]:
        """Computed values that were sent must be those that stand or are computed now."""
        found = []
        for row, name, value, at in entry.claims:
            field = self._find(entry, row.id, name)[1]
            if field is not None and value not in [value_of(self.ws, row, field, old=old) for old in (False, True)]:
                found.append(Problem("read_only", at))
        return found

    def _sent(self, entry: Entry, held: Flags) -> list[Problem]:
        found = []
        for place, at in entry.sent.items():
            row, field = self._find(entry, *place)
            if row is None or field is None or entry.inner:
                continue
            if place in held.invisible:
                found.append(Problem("not_applicable", at))
            elif place in held.readonly and not self._as_it_was(row, field):
                found.append(Problem("read_only", at))
        return found

    def _as_it_was(self, row: RowChange, field: Field) -> bool:
        value = (row.now or {}).get(field.name)
        if row.old is not None and value == row.old.get(field.name):
            return True
        return row.old is None and value == default_of(self.ws, self.formulas, field, row)

    # ------------------------------------------------------------------------------------------------ references

    def _references(self, entry: Entry, moving: bool) -> list[Problem]:
        """References that changed; all of them when a document is handed in or comes back from the recycle bin."""
        if entry.inner:
            return []
        slots = self._all_slots(entry) if moving or "restore" in entry.events else entry.slots
        fresh = [each for each in slots if moving or "restore" in entry.events or self._changed(entry, each)]
        found = self.references.judge(fresh)
        bad = {each.pointer for each in found}
        if states.complete(entry.form, entry.state_now):
            sound = (each for each in fresh if not any(at.startswith(each.pointer) for at in bad))
            found += [_unfit(each) for each in sound if not self._fits(entry, each)]
        return found

    def _files(self, entry: Entry) -> list[Problem]:
        """Files that come to the record must be there for the actor."""
        kinds = {each.id for _, each in files.file_fields(entry.form)} if entry.sent and not entry.inner else set()
        new: list[tuple[str, Field, str]] = []
        for place, at in entry.sent.items() if kinds else ():
            row, field = self._find(entry, *place)
            if row is not None and field is not None and field.id in kinds:
                before = (row.old or {}).get(field.name) or ()
                values = (row.now or {}).get(field.name) or ()
                new += [(each, field, f"{at}/{index}") for index, each in enumerate(values) if each not in before]
        if not new:
            return []
        allowed = files.permitted(self.ws.tx, self.ws.model, [each for each, _, _ in new])
        lost = [Problem("reference", at, {"value": each}) for each, _, at in new if each not in allowed]
        known = files.described(self.ws.tx, allowed)
        return lost + [
            wrong for each, field, at in new if each in known for wrong in files.unfit(field, known[each], at)
        ]

    def _all_slots(self, entry: Entry) -> list[Slot]:
        found = []
        for (row_id, name), at in self.pointers(entry).items():
            row, field = self._find(entry, row_id, name)
            if row is not None and row.now is not None and field is not None and refers(field) and not field.computed:
                found.append(Slot(row.now, field, at))
        return found

    def _changed(self, entry: Entry, slot: Slot) -> bool:
        row = self._row(entry, slot)
        return row is None or row.changed(slot.field.name)

    def _row(self, entry: Entry, slot: Slot) -> RowChange | None:
        row_id = slot.holder.get("$id")
        return self._find(entry, row_id, slot.field.name)[0] if isinstance(row_id, str) else None

    def _fits(self, entry: Entry, slot: Slot) -> bool:
        """Whether the target satisfies `x-ref-where`."""
        where, form = slot.field.ref_where, slot.field.ref
        holder = self._row(entry, slot)
        if where is None or form is None or holder is None:
            return True
        rows = (self.ws.get(form, each) for each in slot.texts())
        return all(row is None or self.formulas.holds(where, row, holder=holder) for row in rows)


def _unfit(slot: Slot) -> Problem:
    """A record that the actor sees but cannot choose here; why, where the definition says so."""
    return Problem("reference", slot.pointer, {"reason": "unfit"}, slot.field.ref_reason)


def validator(ws: WriteSet, form: Form) -> Validator:
    """The form's validator, compiled once for a model."""
    key = ("validator", form.full_name)
    found: Validator | None = ws.model.memo.get(key)
    if found is None:
        found = ws.model.memo[key] = compile_form(form, ws.model.types)
    return found


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One problem of a kind at a place; a value that could not be read is not also missing."""
    found: dict[tuple[str, str], Problem] = {}
    for each in problems:
        found.setdefault((each.code, each.pointer), each)
    blamed = {at for code, at in found if code != "required"}
    # a list of which no entry could be read: the entry is blamed, not the list
    blamed |= {at.rpartition("/")[0] for at in blamed if at.rpartition("/")[2].isdigit()}
    return [each for each in found.values() if each.code != "required" or each.pointer not in blamed]
