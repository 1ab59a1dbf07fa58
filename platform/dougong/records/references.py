"""References on their way in: `{"$key": …}` becomes an id, and what an id names must be there, visible to the actor, enabled
and allowed by `x-ref-where`. One rule: only a reference that changes is judged, so an old record may keep pointing at what
has been disabled or deleted since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, cast, select
from sqlalchemy import Text as SqlText

from ..access import fields, scope
from ..definition.model import Field, Form
from ..fields.type import FieldType, Unreadable
from ..kernel.errors import Conflict
from ..kernel.ids import is_id
from ..kernel.problems import Problem, pointer
from ..people import departments, members
from ..storage.model import Model
from ..storage.transaction import Transaction
from .coerce import Key
from .rows import chunks
from .titles import DEPARTMENT, MEMBER, kind_of
from .write_set import WriteSet

#: States of a target in which nothing new may point at it.
_DEAD_STATES = frozenset({"disabled", "voided"})


@dataclass(slots=True)
class Slot:
    """One place where a reference was sent: `holder[name]` is a Key or an id, or a tuple of them."""

    holder: dict[str, Any]
    field: Field
    pointer: str

    def texts(self) -> tuple[Any, ...]:
        value = self.holder.get(self.field.name)
        return value if isinstance(value, tuple) else () if value is None else (value,)

    def at(self, index: int) -> str:
        """The pointer of one of several."""
        several = isinstance(self.holder.get(self.field.name), tuple)
        return self.pointer + pointer(index) if several else self.pointer


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of a row that a reference names; `state` None for members and departments."""

    id: str
    alive: bool
    state: str | None = None


class References:
    """Everything one act refers to, found with a few queries per form."""

    def __init__(self, tx: Transaction, model: Model, types: Mapping[str, FieldType]) -> None:
        self._tx, self._model, self._types = tx, model, types
        self._targets: dict[str, dict[str, Target | None]] = {}
        self._keys: dict[tuple[str, str], str | None] = {}
        #: Records this act creates, by form: their keys, for references among themselves.
        self.born: dict[str, dict[str, str]] = {}

    def resolve(self, slots: Iterable[Slot]) -> list[Problem]:
        """Put ids in the place of keys; a key that names nothing the actor may see is a problem and becomes null."""
        waiting = [slot for slot in slots if any(isinstance(each, Key) for each in slot.texts())]
        wanted: dict[str, set[str]] = {}
        for slot in waiting:
            kind = kind_of(slot.field) or ""
            wanted.setdefault(kind, set()).update(each.text for each in slot.texts() if isinstance(each, Key))
        for kind, texts in wanted.items():
            self._find_keys(kind, {each for each in texts if (kind, each) not in self._keys})
        return [problem for slot in waiting for problem in self._fill(slot)]

    def _fill(self, slot: Slot) -> list[Problem]:
        kind = kind_of(slot.field) or ""
        found, problems = [], []
        for index, each in enumerate(slot.texts()):
            row_id = self._keys.get((kind, each.text)) if isinstance(each, Key) else each
            if row_id is None:
                problems.append(Problem("reference", slot.at(index), {"value": each.text}))
            else:
                found.append(row_id)
        several = isinstance(slot.holder[slot.field.name], tuple)
        slot.holder[slot.field.name] = tuple(found) if several else (found[0] if found else None)
        return problems

    def _find_keys(self, kind: str, texts: set[str]) -> None:
        if kind == MEMBER:
            people = {each: members.by_login(self._tx.conn, each) for each in texts}
            found = {each: row.id for each, row in people.items() if row is not None}
        elif kind == DEPARTMENT:
            units = {each: departments.find(self._tx.conn, each) for each in texts}
            found = {each: row.id for each, row in units.items() if row is not None}
        else:
            found = self._record_keys(kind, texts)
        born = self.born.get(kind, {})
        self._keys.update({(kind, each): found.get(each) or born.get(each) for each in texts})

    def _record_keys(self, form: str, texts: set[str]) -> dict[str, str]:
        """Ids by key: the number first, then each field that is unique by itself and may be read."""
        tables = self._model.table(form)
        main, found = tables.main, dict[str, str]()
        seen = and_(main.c.deleted_at.is_(None), scope(self._tx, self._model, form, "view"))
        access = fields(self._tx, self._model, form)
        for name in ("$number", *key_fields(self._model.definitions.form(form))):
            left = sorted(texts - set(found))
            column = main.c.number if name == "$number" else tables.column(name)
            values = {text: text for text in left} if name == "$number" else self._values(form, name, left)
            known = seen if name == "$number" else and_(seen, access.readable_where(name))
            for some in chunks(list(values)):
                for row in self._tx.conn.execute(select(main.c.id, column).where(column.in_(some), known)):
                    found.setdefault(values[row[1]], row[0])
        return found

    def _values(self, form: str, name: str, texts: Iterable[str]) -> dict[Any, str]:
        """The canonical value each text may be in that field, → the text."""
        field = self._model.definitions.form(form).find(name)
        values: dict[Any, str] = {}
        for text in texts:
            if field is None:
                continue
            try:
                values[self._types[field.value_type].read(text, field)] = text
            except Unreadable:
                continue
        return values

    # ------------------------------------------------------------------------------------------------ judging

    def judge(self, slots: Iterable[Slot]) -> list[Problem]:
        """The problems of these references, all of them new: `reference` when the target is absent, in the recycle bin,
        invisible, disabled or void."""
        every = list(slots)
        wanted: dict[str, set[str]] = {}
        for slot in every:
            wanted.setdefault(kind_of(slot.field) or "", set()).update(each for each in slot.texts() if each)
        for kind, ids in wanted.items():
            self._find(kind, ids)
        return [
            Problem("reference", slot.at(index), {"value": each, **self._why(kind_of(slot.field) or "", each)})
            for slot in every
            for index, each in enumerate(slot.texts())
            if not self._sound(kind_of(slot.field) or "", each)
        ]

    def _why(self, kind: str, row_id: str) -> dict[str, str]:
        """The state that stands against a record which the actor sees; nothing is told of any other."""
        target = self._targets.get(kind, {}).get(row_id)
        told = target is not None and target.alive and target.state in _DEAD_STATES
        return {"reason": target.state} if target is not None and target.state is not None and told else {}

    def _sound(self, kind: str, row_id: str) -> bool:
        if row_id in self.born.get(kind, {}).values():
            return True
        target = self._targets.get(kind, {}).get(row_id)
        return target is not None and target.alive and target.state not in _DEAD_STATES

    def _find(self, kind: str, ids: set[str]) -> None:
        known = self._targets.setdefault(kind, {})
        absent = sorted(each for each in ids if each not in known)
        known.update(dict.fromkeys(absent))
        sound = [each for each in absent if is_id(each)]
        if kind == MEMBER:
            known.update({each.id: Target(each.id, each.active) for each in members.all_of(self._tx.conn)})
        elif kind == DEPARTMENT:
            known.update({each.id: Target(each.id, each.active) for each in departments.all_of(self._tx.conn)})
        elif sound:
            known.update(self._records(kind, sound))

    def _records(self, form: str, ids: list[str]) -> dict[str, Target | None]:
        main = self._model.table(form).main
        seen = scope(self._tx, self._model, form, "view")
        query = select(main.c.id, main.c.state, main.c.deleted_at).where(seen)
        return {
            row.id: Target(row.id, row.deleted_at is None, row.state)
            for some in chunks(ids)
            for row in self._tx.conn.execute(query.where(main.c.id.in_(some)))
        }


def key_fields(form: Form) -> list[str]:
    """Names of the record's own fields that are unique by themselves, whatever the rest."""
    single = [each.fields[0] for each in form.unique if len(each.fields) == 1 and "." not in each.fields[0]]
    return list(dict.fromkeys([*single, *(each.name for each in form.fields if each.unique)]))


def hold(tx: Transaction, model: Model, wanted: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Keep these records from being deleted until the commit (PostgreSQL: FOR KEY SHARE, which a delete's FOR UPDATE waits
    for; SQLite has one writer). Returns those that are gone, by form."""
    gone: dict[str, set[str]] = {}
    for form in sorted(wanted):
        ids, main = sorted(set(wanted[form])), model.table(form).main
        if tx.dialect != "postgresql":
            continue
        for some in chunks(ids):
            query = select(main.c.id).where(main.c.id.in_(some), main.c.deleted_at.is_(None)).order_by(main.c.id)
            alive = set(tx.conn.scalars(query.with_for_update(read=True, key_share=True)))
            if missing := set(some) - alive:
                gone.setdefault(form, set()).update(missing)
    return gone


def claim(tx: Transaction, model: Model, form: str, ids: Iterable[str]) -> None:
    """Before deleting: wait for everybody who is about to refer to these records (see `hold`)."""
    main = model.table(form).main
    if tx.dialect != "postgresql":
        return
    for some in chunks(sorted(ids)):
        tx.conn.execute(select(main.c.id).where(main.c.id.in_(some)).order_by(main.c.id).with_for_update())


def referenced(ws: WriteSet, form: str, ids: Iterable[str]) -> set[str]:
    """Those of these records that a live record may point at, with a few queries for all: a great many are deleted at once
    when an import is undone. (Lists of references are not asked here: with such a field every record may be pointed at.)"""
    every, found = sorted(set(ids)), set[str]()
    for source, field, sub in ws.model.definitions.pointing_at(form):
        tables = ws.model.table(source.full_name)
        sub_name = sub.name if sub is not None else None
        if not tables.has(field.name, sub_name):
            continue
        if field.value_type == "multi_reference":
            return set(every)
        column, main = tables.column(field.name, sub_name), tables.main
        query = select(column).distinct().where(main.c.deleted_at.is_(None))
        if sub_name is not None:
            query = query.where(tables.subtables[sub_name].c.parent == main.c.id)
        for some in chunks(every):
            found.update(ws.tx.conn.scalars(query.where(column.in_(some))))
    return found


def refuse_referenced(ws: WriteSet, form: str, row_id: str, going: Callable[[str, str], bool]) -> None:
    """Raises Conflict `referenced` while a live record points at this one; `going` tells which go in the same act."""
    for source, field, sub in ws.model.definitions.pointing_at(form):
        tables = ws.model.table(source.full_name)
        sub_name = sub.name if sub is not None else None
        if not tables.has(field.name, sub_name):
            continue
        points = _points(tables.column(field.name, sub_name), field, row_id)
        main = tables.main
        if sub_name is not None:
            rows = tables.subtables[sub_name]
            points = main.c.id.in_(select(rows.c.parent).where(points))
        query = select(main.c.id, main.c.number).where(main.c.deleted_at.is_(None), points).limit(50)
        found = [row for row in ws.tx.conn.execute(query) if not going(source.full_name, row.id)]
        if found:
            named = {"by": source.full_name, "by_title": source.title, "by_number": found[0].number}
            raise Conflict("referenced", form=form, id=row_id, **named, count=len(found))


def _points(column: Column[Any], field: Field, row_id: str) -> ColumnElement[bool]:
    """Whether the column holds this id, alone or in a list."""
    if field.value_type == "multi_reference":
        return cast(column, SqlText).contains(f'"{row_id}"')
    return column == row_id
