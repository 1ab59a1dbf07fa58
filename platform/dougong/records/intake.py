"""Takes the operations of an act into the write set: reads what was sent, finds keys, merges it into what stands, moves
states. One rule: nothing here writes or locks, so a refusal costs only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..definition.model import Form
from ..fields.nesting import path_of
from ..fields.type import FieldType
from ..kernel.errors import Conflict, Forbidden, NotFound
from ..kernel.ids import new_id
from ..kernel.problems import Problem, pointer
from ..people import members
from . import coerce, rights, states
from .coerce import Incoming, refers
from .entry import Entry
from .json_values import pointer_of
from .merging import blank, changing, merge
from .numbers import first_number
from .ops import Create, Op, Transition, Update
from .progress import watched
from .references import References, Slot, key_fields
from .rights import FieldRights
from .rows import Row
from .stale import last_writer, require_version
from .write_set import WriteSet

Types = Mapping[str, FieldType]


class Intake:
    """The operations of one act. `anyone_decides`: approving and rejecting need only sight of the record (scenarios, until
    flows run). `screen`: rows may carry ids of their own that nothing stands under yet (an open sheet)."""

    def __init__(self, ws: WriteSet, types: Types, *, anyone_decides: bool = False, screen: bool = False) -> None:
        self.ws, self.tx, self.model, self.types = ws, ws.tx, ws.model, types
        self.anyone_decides, self.screen = anyone_decides, screen
        self.references = References(ws.tx, ws.model, types)
        self.entries: dict[tuple[str, str], Entry] = {}
        self._levels: dict[tuple[str, str | None], FieldRights] = {}

    def take(self, ops: Sequence[Op], *, inner: bool = False) -> list[Entry]:
        """Every record these operations write, in their order. Raises NotFound, Forbidden, Conflict, Stale."""
        self._load(ops, inner)
        incoming = [self._read(op, inner) for op in watched(self.tx, "read", ops)]
        self._born(ops)
        read = zip(ops, incoming, strict=True)
        slots = [each for index, (op, found) in enumerate(read) for each in self._slots(index, op, found)]
        lost = self.references.resolve(slots)
        for op, found in zip(watched(self.tx, "apply", ops), incoming, strict=True):
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
            if action == "edit" and not inner and not self.tx.actor.is_admin:
                found = rights.levels(self.tx, self.model, name, ids)
                self._levels.update({(name, each): some for each, some in found.items()})
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
        """Field rights of an operation; an event fills no field."""
        if inner or self.tx.actor.is_admin or isinstance(op, Transition):
            return rights.EVERYTHING
        if isinstance(op, Create):
            key: tuple[str, str | None] = (op.form, None)
            if key not in self._levels:
                self._levels[key] = rights.levels_new(self.tx, self.model, op.form)
            return self._levels[key]
        made = self.entries.get((op.form, op.id))
        return made.rights if made is not None and made.is_new else self._levels[op.form, op.id]

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
        merge(self.ws, entry, found, screen=self.screen, nulls=op.nulls)
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
        entry.rights = self._rights(op, inner)
        require_version(self.ws, self.types, op, entry, found)
        names = frozenset(changing(self.ws, entry, found))
        only_looking = self.screen and not names
        if not (inner or only_looking or states.may_edit(entry.form, entry.state_now, names)):
            raise Conflict("state", form=op.form, id=op.id, state=entry.state_now, act="edit")
        self.ws.touch(entry.record, pointer=op.pointer)
        entry.edited = True
        merge(self.ws, entry, found, screen=self.screen, nulls=op.nulls)

    def _move(self, op: Transition, entry: Entry) -> None:
        require_version(self.ws, self.types, op, entry, None)
        row = entry.now
        try:
            if (op.event == "restore") != (row["$deleted"] is not None):
                raise Conflict("already_done", form=op.form, state=row["$state"], act=op.event)
            row["$state"] = states.next_state(entry.form, row["$state"], op.event)
        except Conflict as error:
            raise Conflict(error.code, **error.params, id=op.id, **last_writer(self.ws, entry)) from error
        if op.event in ("delete", "restore"):
            row["$deleted"] = self.tx.now if op.event == "delete" else None
        self.ws.touch(entry.record, pointer=op.pointer)
        entry.events.append(op.event)
