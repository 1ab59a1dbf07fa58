"""Finds what cells name: records by number, unique field or title, members by account or name, departments by code, name
or path; and the records of this form that rows of a file are to change. One rule: only what the actor may see is found,
and what two things are called names neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, and_, select

from ..access import fields, scope
from ..definition.model import Field, Form, Unique
from ..fields.type import FieldType, Unreadable
from ..kernel.problems import Problem
from ..people import departments, members
from ..records.coerce import Key
from ..records.references import References, Slot
from ..records.rows import chunks
from ..records.titles import DEPARTMENT, MEMBER, kind_of
from ..records.uniques import key_text, sub_of
from ..storage.model import Model
from ..storage.tables import uniques_of
from ..storage.transaction import Transaction
from .headers import NUMBER
from .lines import Fault, Keyed, Line

_TEXTS = ("text", "auto_number", "long_text")


class Matching:
    """What the rows of one file speak of, on one snapshot."""

    def __init__(self, tx: Transaction, model: Model, types: Mapping[str, FieldType]) -> None:
        self._tx, self._model, self._types = tx, model, types

    # ------------------------------------------------------------------------------------------------ references

    def resolve(self, lines: Sequence[Line]) -> None:
        """Put ids in the place of what people call things. A key that names nothing stays: it may be a record of this
        very file, and otherwise the writer refuses it."""
        wanted: dict[str, list[tuple[Line, Keyed]]] = {}
        for line in lines:
            for each in line.keyed:
                wanted.setdefault(kind_of(each.field) or "", []).append((line, each))
        for kind, places in wanted.items():
            texts = {_text(each) for _, each in places}
            found = self._found(kind, places[0][1].field, texts)
            for line, each in places:
                self._put(line, each, found.get(_text(each), []))

    def _put(self, line: Line, each: Keyed, ids: Sequence[str]) -> None:
        if len(ids) == 1:
            each.holder[each.at] = ids[0]
            if each.target in line.flat and not isinstance(each.at, int):
                line.flat[each.target] = ids[0]
        elif ids:
            params = {"reason": "several", "value": _text(each)[:100], "count": len(ids)}
            line.faults.append(Fault(each.row, each.target, Problem("reference", params=params)))

    def _found(self, kind: str, field: Field, texts: set[str]) -> dict[str, list[str]]:
        """Ids by text: by key where one fits, else by what it is called."""
        slots = [Slot({field.name: Key(text)}, field, "") for text in sorted(texts)]
        before = [slot.texts()[0].text for slot in slots]
        References(self._tx, self._model, self._types).resolve(slots)
        keyed = {text: slot.holder[field.name] for text, slot in zip(before, slots, strict=True)}
        found = {text: [_id(value)] for text, value in keyed.items() if _id(value)}
        left = sorted(texts - set(found))
        if kind == MEMBER:
            called = self._members()
        elif kind == DEPARTMENT:
            called = self._departments()
        else:
            called = self._titles(kind, left)
        return found | {text: called[text] for text in left if text in called}

    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in members.all_of(self._tx.conn):
            if each.active:
                found.setdefault(each.name, []).append(each.id)
        return found

    def _departments(self) -> dict[str, list[str]]:
        """By every path that ends in the department: `公司/工程部/一组`, `工程部/一组`."""
        every = {each.id: each for each in departments.all_of(self._tx.conn)}
        found: dict[str, list[str]] = {}
        for each in every.values():
            path, above = each.name, each.parent
            found.setdefault(path, []).append(each.id)
            for _ in range(32):
                if above is None or above not in every:
                    break
                path, above = f"{every[above].name}/{path}", every[above].parent
                found.setdefault(path, []).append(each.id)
        return found

    def _titles(self, form: str, texts: Sequence[str]) -> dict[str, list[str]]:
        name = self._model.definitions.title_field(form)
        field = self._model.form(form).find(name) if name else None
        if name is None or field is None or field.value_type not in _TEXTS or field.computed:
            return {}
        tables = self._model.table(form)
        main, column = tables.main, tables.column(name)
        readable = fields(self._tx, self._model, form).readable_where(name)
        seen = and_(main.c.deleted_at.is_(None), scope(self._tx, self._model, form, "view"), readable)
        found: dict[str, list[str]] = {}
        for some in chunks(list(texts)):
            for row in self._tx.conn.execute(select(main.c.id, column).where(column.in_(some), seen)):
                found.setdefault(row[1], []).append(row[0])
        return found

    # ------------------------------------------------------------------------------------------------ upsert

    def find(self, form: Form, key: tuple[str, ...], lines: Sequence[Line]) -> None:
        """Tell each line which record it changes, by the number or by the columns of a unique rule."""
        if key == (NUMBER,):
            column = self._model.table(form.full_name).main.c.number
            by_key = _once([(line.flat.get(NUMBER), line) for line in lines], NUMBER)
            self._mark(form, column, by_key, None)
            return
        rule = rule_of(form, key)
        if rule is None:
            return
        table = self._model.table(form.full_name).keys[rule.id]
        by_key = _once([(self._key(form, rule, line), line) for line in lines], key[0])
        self._mark(form, table.c.key, by_key, table.c.record)

    def _mark(self, form: Form, column: Column[Any], by_key: dict[str, Line], record: Column[Any] | None) -> None:
        main = self._model.table(form.full_name).main
        seen = and_(main.c.deleted_at.is_(None), scope(self._tx, self._model, form.full_name, "view"))
        query = select(column, main.c.id, main.c.version).where(seen)
        if record is not None:
            query = query.where(record == main.c.id)
        for some in chunks(list(by_key)):
            for row in self._tx.conn.execute(query.where(column.in_(some))):
                by_key[row[0]].found = (row[1], row[2])

    def _key(self, form: Form, rule: Unique, line: Line) -> str | None:
        values = []
        for name in rule.fields:
            field, value = form.find(name), line.flat.get(name)
            if field is None or value is None or isinstance(value, dict):
                return None
            try:
                values.append(self._types[field.value_type].read(value, field))
            except Unreadable:
                return None
        return key_text(values) if all(each is not None for each in values) else None


def _once(keyed: Iterable[tuple[str | None, Line]], target: str) -> dict[str, Line]:
    """Lines by their keys; a second line of the same key is a fault that names the first."""
    found: dict[str, Line] = {}
    for key, line in keyed:
        if key is not None and found.setdefault(key, line) is not line:
            params = {"reason": "row", "row": found[key].rows[0]}
            line.faults.append(Fault(line.rows[0], target, Problem("unique", params=params)))
    return found


def keys_of(form: Form) -> list[tuple[str, ...]]:
    """What may tell records apart: the number, and every unique rule over the record's own fields."""
    number = [(NUMBER,)] if any(each.type == "auto_number" for each in form.fields) else []
    return [*number, *(each.fields for each in uniques_of(form) if _usable(form, each))]


def mapped_key(form: Form, columns: Iterable[str | None], before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What these columns can tell records apart by: the key of `before` while they fill it, else the first that they fill;
    () = none, so that every row is a new record."""
    filled, known = set(columns), keys_of(form)
    wished = [before] if before in known else []
    return next((each for each in (*wished, *known) if set(each) <= filled), ())


def rule_of(form: Form, key: Iterable[str]) -> Unique | None:
    """The unique rule over exactly these fields."""
    wanted = set(key)
    return next((each for each in uniques_of(form) if set(each.fields) == wanted and _usable(form, each)), None)


def _usable(form: Form, rule: Unique) -> bool:
    return sub_of(form, rule) is None and all(form.find(name) is not None for name in rule.fields)


def _text(each: Keyed) -> str:
    return str(each.holder[each.at]["$key"]).strip() if isinstance(each.holder[each.at], dict) else ""


def _id(value: Any) -> str:
    one = value[0] if isinstance(value, tuple) and value else value
    return one if isinstance(one, str) else ""
