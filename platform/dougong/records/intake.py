"""Takes the operations of an act into the write set: reads what was sent, finds keys, merges it into what stands, moves
states. One rule: nothing here writes or locks, so a refusal costs only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..definition.model import Field, Form
from ..fields.nesting import path_of
from ..fields.type import FieldType
from ..kernel.errors import Conflict, Forbidden, NotFound, Stale
from ..kernel.ids import new_id
from ..kernel.problems import Problem, pointer
from ..people import members
from . import coerce, rights, states
from .coerce import Incoming, Line, refers
from .entry import Entry
from .json_values import pointer_of
from .numbers import first_number
from .ops import Create, Op, Transition, Update
from .present import instant, json_value
from .references import References, Slot, key_fields
from .rights import FieldRights
from .rows import Row
from .write_set import RowChange, WriteSet

Types = Mapping[str, FieldType]


class Intake:
    """The operations of one act. `anyone_decides`: approving and rejecting need only sight of the record (scenarios, until
    flows run). `screen`: rows may carry ids of their own that nothing stands under yet (an open sheet)."""

    def __init__(self, ws: WriteSet, types: Types, *, anyone_decides: bool = False, screen: bool = False) -> None:
        self.ws, self.tx, self.model, self.types = ws, ws.tx, ws.model, types
        self.anyone_decides, self.screen = anyone_decides, screen
        self.references = References(ws.tx, ws.model, types)
        self.entries: dict[tuple[str, str], Entry] = {}

    def take(self, ops: Sequence[Op], *, inner: bool = False) -> list[Entry]:
        """Every record these operations write, in their order. Raises NotFound, Forbidden, Conflict, Stale."""
        self._load(ops, inner)
        incoming = [self._read(op, inner) for op in ops]
        self._born(ops)
        read = zip(ops, incoming, strict=True)
        slots = [each for index, (op, found) in enumerate(read) for each in self._slots(index, op, found)]
        lost = self.references.resolve(slots)
        for op, found in zip(ops, incoming, strict=True):
            self._apply(op, found, inner)
        self._blame(ops, lost)
        return list(self.entries.values())

    # ------------------------------------------------------------------------------------------------ before

    def _load(self, ops: Sequence[Op], inner: bool) -> None:
        """Read the records that are to change, and ask for the right to change them."""
        wanted: dict[tuple[str, str], list[str]] = {}
        made = {(op.form, op.id) for op in ops if isinstance(op, Create)}
        for op in ops:
            form = self.model.form(op.form)
            if isinstance(op, Create):
                if not inner:
                    self._may_create(form)
            elif (op.form, op.id) not in made and (op.form, op.id) not in self.entries:
                wanted.setdefault((op.form, self._action(op)), []).append(op.id)
        for (name, action), ids in wanted.items():
            if not inner:
                rights.require(self.tx, self.model, name, action, ids)
            self.ws.need(name, ids)
            self.ws.load(name, ids)
            for sub in self.model.form(name).subtables:
                self.ws.load_children(name, sub.name, ids)

    def _action(self, op: Update | Transition) -> str:
        if isinstance(op, Update):
            return "edit"
        if op.event in ("approve", "reject"):
            return "view" if self.anyone_decides else op.event
        return op.event

    def _may_create(self, form: Form) -> None:
        if form.kind == "log" and self.tx.actor.kind != "platform":
            raise Forbidden("forbidden", form=form.full_name, action="create")
        rights.require_form(self.tx, self.model, form.full_name, "create")

    def _rights(self, op: Op, inner: bool) -> FieldRights:
        if inner or self.tx.actor.is_admin:
            return rights.EVERYTHING
        if isinstance(op, Create):
            return rights.levels_new(self.tx, self.model, op.form)
        known = self.entries.get((op.form, op.id))
        return known.rights if known else rights.levels(self.tx, self.model, op.form, [op.id])[op.id]

    def _read(self, op: Op, inner: bool) -> Incoming | None:
        if isinstance(op, Transition):
            return None
        allowed = self._rights(op, inner)
        sent = op.values if isinstance(op, Create) else op.changes
        return coerce.read(self.model.form(op.form), self.types, sent, allowed.hidden)

    def _born(self, ops: Iterable[Op]) -> None:
        """Let references find the records of this very act by number or unique field."""
        for op in ops:
            if isinstance(op, Create) and op.id is not None:
                known = self.references.born.setdefault(op.form, {})
                keys = [op.number, *(op.values.get(name) for name in key_fields(self.model.form(op.form)))]
                known.update({key: op.id for key in keys if isinstance(key, str)})
                known[op.id] = op.id

    def _slots(self, index: int, op: Op, found: Incoming | None) -> Iterable[Slot]:
        """Every reference that was sent; the pointer begins with the operation's index."""
        if found is None:
            return
        form = self.model.form(op.form)
        for each in form.fields:
            at = pointer(index, *path_of(each.name, form.groups))
            if refers(each) and found.values.get(each.name) is not None:
                yield Slot(found.values, each, at)
            for line_index, line in enumerate(found.rows.get(each.name, ())):
                for column in each.fields:
                    if refers(column) and line.values.get(column.name) is not None:
                        inner = pointer(line_index, *path_of(column.name, form.groups))
                        yield Slot(line.values, column, at + inner)

    def _blame(self, ops: Sequence[Op], lost: Iterable[Problem]) -> None:
        """Hand keys that named nothing to the entry they were sent for; their pointers carry the operation's index."""
        for each in lost:
            index, _, rest = each.pointer[1:].partition("/")
            op = ops[int(index)]
            self.entries[op.form, str(op.id)].wrong(each.code, "/" + rest, **each.params)

    # ------------------------------------------------------------------------------------------------ applying

    def _apply(self, op: Op, found: Incoming | None, inner: bool) -> None:
        if isinstance(op, Create) and found is not None:
            self._create(op, found, inner)
        elif isinstance(op, Update) and found is not None:
            self._update(op, found, inner)
        elif isinstance(op, Transition):
            self._move(op, self._entry(op, inner))

    def _create(self, op: Create, found: Incoming, inner: bool) -> None:
        form = self.model.form(op.form)
        row = blank(form.fields) | self._system(op, form)
        record = self.ws.insert(op.form, row, pointer=op.pointer)
        entry = Entry(form, record, op.pointer, self._rights(op, inner), None, inner, True)
        self.entries[op.form, record.id] = entry
        self._number(op, entry)
        entry.unset.update((record.id, each.name) for each in form.fields)
        self._merge(entry, found)
        if op.submit:
            entry.events.append("submit")
            row["$state"] = states.next_state(form, row["$state"], "submit")

    def _system(self, op: Create, form: Form) -> Row:
        actor, now = self.tx.actor, self.tx.now
        owner = op.owner if op.owner is not None and actor.is_admin else actor.member
        department = actor.department
        if owner is not None and owner != actor.member:
            department = next(iter(members.get(self.tx.conn, owner).departments), None)
        return {
            "$id": op.id or new_id(),
            "$number": None,
            "$state": states.first_state(form),
            "$owner": owner,
            "$department": department,
            "$created_at": now,
            "$created_by": actor.member,
            "$updated_at": now,
            "$updated_by": actor.member,
            "$version": 1,
            "$deleted": None,
        }

    def _number(self, op: Create, entry: Entry) -> None:
        if op.number is None:
            return
        first = first_number(entry.form)
        if first is None:
            entry.wrong("unknown_field", "/number")
        elif not (self.tx.actor.is_admin or entry.inner):
            entry.wrong("read_only", pointer_of(first.name, entry.form.groups))
        else:
            entry.now[first.name] = op.number.strip()

    def _entry(self, op: Update | Transition, inner: bool) -> Entry:
        """The entry of a record that stands, or that this act has made before."""
        known = self.entries.get((op.form, op.id))
        if known is not None:
            return known
        record = self.ws.get(op.form, op.id)
        if record is None or record.now is None:
            raise NotFound("not_found", form=op.form, id=op.id)
        entry = Entry(
            self.model.form(op.form), record, op.pointer, self._rights(op, inner), record.now["$state"], inner
        )
        self.entries[op.form, op.id] = entry
        return entry

    def _update(self, op: Update, found: Incoming, inner: bool) -> None:
        entry = self._entry(op, inner)
        self._same_version(op, entry, found)
        names = frozenset(_changing(entry, found, self.ws))
        if not states.may_edit(entry.form, entry.state_now, names) and not inner:
            raise Conflict("state", form=op.form, id=op.id, state=entry.state_now, act="edit")
        self.ws.touch(entry.record, pointer=op.pointer)
        entry.edited = True
        self._merge(entry, found)

    def _same_version(self, op: Update | Transition, entry: Entry, found: Incoming | None = None) -> None:
        stands = entry.record.old["$version"] if entry.record.old is not None else entry.now["$version"]
        if op.version is None or op.version == stands:
            return
        differs = []
        for name, value in (found.values if found else {}).items():
            field = entry.form.find(name)
            theirs = entry.now.get(name)
            if field is not None and value != theirs and not isinstance(value, coerce.Key):
                yours = json_value(self.types, field, value)
                differs.append({"field": name, "yours": yours, "theirs": json_value(self.types, field, theirs)})
        by = {"by": entry.now.get("$updated_by"), "at": instant(entry.now.get("$updated_at"))}
        raise Stale("stale", form=op.form, id=op.id, current=stands, differs=differs, **by)

    def _move(self, op: Transition, entry: Entry) -> None:
        self._same_version(op, entry)
        row = entry.now
        if (op.event == "restore") != (row["$deleted"] is not None):
            raise Conflict("already_done", form=op.form, id=op.id, act=op.event)
        row["$state"] = states.next_state(entry.form, row["$state"], op.event)
        if op.event in ("delete", "restore"):
            row["$deleted"] = self.tx.now if op.event == "delete" else None
        self.ws.touch(entry.record, pointer=op.pointer)
        entry.events.append(op.event)

    # ------------------------------------------------------------------------------------------------ merging

    def _merge(self, entry: Entry, found: Incoming) -> None:
        entry.problems += found.problems
        self._values(entry, entry.record, entry.form.fields, found.values, "", "")
        if found.rest and entry.form.additional:
            kept = {**(entry.now.get(entry.form.additional) or {}), **found.rest}
            entry.now[entry.form.additional] = {k: v for k, v in kept.items() if v is not None} or None
        for sub in entry.form.subtables:
            if sub.name in found.rows:
                self._rows(entry, sub, found.rows[sub.name])

    def _values(
        self, entry: Entry, row: RowChange, fields: Iterable[Field], values: Mapping[str, Any], at: str, prefix: str
    ) -> None:
        """Set what was sent on a record or a row, but for what is not the sender's to set."""
        now = row.now
        if now is None:
            return
        for each in fields:
            if each.name not in values:
                continue
            value, here = values[each.name], at + pointer_of(each.name, entry.form.groups)
            if each.computed and not (value is None and entry.is_new):
                entry.claims.append((row, each.name, value, here))
            editable = not each.computed and entry.rights.editable(prefix + each.name)
            if not (editable or each.computed) and value != now.get(each.name):
                entry.wrong("read_only", here)
            if not editable:
                continue
            place = (row.id, each.name)
            now[each.name] = value
            row.given.add(each.name)
            if value is not None:
                entry.sent[place] = here
                entry.unset.discard(place)
            if refers(each) and value is not None:
                entry.slots.append(Slot(now, each, here))

    def _rows(self, entry: Entry, sub: Field, lines: Sequence[Line]) -> None:
        """The whole list of rows: known ids are updated, others are new, the rest goes."""
        form, at = entry.form.full_name, pointer_of(sub.name, entry.form.groups)
        here = {each.id: each for each in self.ws.children(form, sub.name, entry.record.id) if each.now is not None}
        names = (sub.name, *(f"{sub.name}.{each.name}" for each in sub.fields))
        if not any(entry.rights.editable(name) for name in names):
            if [line.id for line in lines] != list(here) or any(line.values for line in lines):
                entry.wrong("read_only", at)
            return
        twice, kept = coerce.sent_twice(lines), set[str]()
        if lines:
            entry.sent[entry.record.id, sub.name] = at
        for index, line in enumerate(lines):
            place = at + pointer(index)
            if line.id in twice:
                entry.wrong("unique", place + "/$id", value=line.id)
            elif line.id is not None and line.id not in here and not self.screen:
                entry.wrong("reference", place + "/$id", value=line.id)
            else:
                row = here.get(line.id or "") or self._new_row(entry, sub, line.id)
                kept.add(row.id)
                self._place(entry, row, index, place)
                self._values(entry, row, sub.fields, line.values, place, f"{sub.name}.")
        for row in here.values():
            if row.id not in kept:
                self.ws.remove_row(row)

    def _new_row(self, entry: Entry, sub: Field, row_id: str | None) -> RowChange:
        row = self.ws.insert_row(
            entry.record, sub.name, blank(sub.fields) | {"$id": row_id or new_id(), "$position": 0}
        )
        entry.unset.update((row.id, each.name) for each in sub.fields)
        return row

    def _place(self, entry: Entry, row: RowChange, index: int, at: str) -> None:
        self.ws.touch(row)
        row.pointer = entry.at + at
        if row.now is not None:
            row.now["$position"] = index


def _changing(entry: Entry, found: Incoming, ws: WriteSet) -> Iterable[str]:
    """Names of the fields that an update would really change."""
    for name, value in found.values.items():
        field = entry.form.find(name)
        if field is not None and value != entry.now.get(name):
            yield name
    for name, lines in found.rows.items():
        rows = [each for each in ws.children(entry.form.full_name, name, entry.record.id) if each.now is not None]
        same = len(rows) == len(lines) and all(
            line.id == row.id and all((row.now or {}).get(key) == value for key, value in line.values.items())
            for row, line in zip(rows, lines, strict=True)
        )
        if not same:
            yield name
    if found.rest and entry.form.additional:
        yield entry.form.additional


def blank(fields: Iterable[Field]) -> Row:
    """An empty row: roll-ups are left out, for they begin at nothing of their own kind."""
    return {each.name: None for each in fields if not each.is_subtable and each.rollup is None}
