"""Effects of an act: what a form posts, creates or sets elsewhere when a document is submitted, approved, rejected or
voided. One rule: an effect happens once for each (source, row, effect), whatever is submitted again; a void answers every
post with a counter-entry, it never removes one.

`post` and `create` make a record of the named form. `set` changes the source itself when `form` is its own form, else the
record its first reference to that form names. A counter-entry repeats the posted values with every integer, decimal and
money turned round; a figure that must stay (a unit price) says `x-options: {"reverse": false}` on the ledger's field, a
date that is the day of the void (the posting date) `{"reverse": "today"}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from ..definition.model import Effect, Field, Form
from ..kernel.ids import new_id
from . import states, tables
from .entry import Entry
from .formulas import Formulas
from .intake import Intake
from .json_values import nest
from .ops import Create, Op, Update
from .origins import MADE
from .present import json_value
from .write_set import RowChange, WriteSet

REVERSAL = ":void"
_TURNED = frozenset({"integer", "decimal", "money"})


class Effects:
    """The effects of one act; `keep` writes down that they have happened."""

    def __init__(self, ws: WriteSet, intake: Intake, formulas: Formulas) -> None:
        self.ws, self.intake, self.formulas = ws, intake, formulas
        self._made: list[dict[str, Any]] = []
        self._given: list[tuple[str, str, Effect, RowChange]] = []

    def run(self, entries: Iterable[Entry]) -> list[Entry]:
        """Let the effects of these records join the write set; returns the entries they added."""
        ops = [op for entry in list(entries) for op in self._of(entry)]
        if not ops:
            return []
        before = set(self.intake.entries)
        self.intake.take(ops, inner=True)
        return [entry for key, entry in self.intake.entries.items() if key not in before]

    def refresh(self) -> bool:
        """Numbers have been drawn: values that effects took are taken again; whether there are any."""
        for form, made, effect, place in self._given:
            target, fields = self.ws.get(form, made), {each.name: each for each in self.ws.model.form(form).fields}
            for name, expr in effect.values.items():
                if target is not None and target.now is not None and name in fields:
                    target.now[name] = self._settled(fields[name], self.formulas.value(expr, place))
        return bool(self._given)

    def keep(self) -> None:
        """Write down what has happened, under the source's lock."""
        if self._made:
            self.ws.tx.conn.execute(insert(tables.effects), self._made)

    def _of(self, entry: Entry) -> Iterator[Op]:
        if not entry.form.is_document or entry.now["$deleted"] is not None:
            return
        happened = states.happenings(entry.state, entry.state_now)
        mine = [each for each in entry.form.effects if each.on in happened]
        done = self._done(entry) if mine or "voided" in happened else {}
        for effect in mine:
            for place in self._places(entry, effect):
                key = (place.id if place.sub else "", effect.id)
                if key not in done and (effect.where is None or self.formulas.holds(effect.where, place)):
                    yield from self._op(entry, effect, place, key)
        if "voided" in happened:
            yield from self._reversals(entry, done)

    def _places(self, entry: Entry, effect: Effect) -> list[RowChange]:
        if effect.each is None:
            return [entry.record]
        rows = self.ws.children(entry.form.full_name, effect.each, entry.record.id)
        return [each for each in rows if each.now is not None]

    def _done(self, entry: Entry) -> dict[tuple[str, str], tuple[str, str | None]]:
        """What has happened for this source: (row, effect) → (form, record) it made."""
        c = tables.effects.c
        query = select(c.row, c.effect, c.target_form, c.target).where(c.source == entry.record.id)
        return {(row.row, row.effect): (row.target_form, row.target) for row in self.ws.tx.conn.execute(query)}

    def _op(self, entry: Entry, effect: Effect, place: RowChange, key: tuple[str, str]) -> Iterator[Op]:
        target = self.ws.model.form(effect.form)
        values = {name: self.formulas.value(expr, place) for name, expr in effect.values.items()}
        if effect.do == "set":
            yield from self._set(entry, target, effect, place, values)
            self._note(entry, key, effect.form, None)
            return
        made = new_id()
        self._note(entry, key, effect.form, made)
        self._given.append((effect.form, made, effect, place))
        self.ws.memo.setdefault(MADE, {})[made] = (place, effect)
        yield Create(effect.form, self._json(target, values), id=made, owner=entry.now["$owner"])

    def _set(
        self, entry: Entry, target: Form, effect: Effect, place: RowChange, values: dict[str, Any]
    ) -> Iterator[Op]:
        if target.full_name != entry.form.full_name:
            row_id = _referred(entry, target.full_name, place)
            if row_id is not None:
                self._given.append((target.full_name, row_id, effect, place))
                yield Update(target.full_name, row_id, self._json(target, values))
            return
        if place.sub is None:
            self._given.append((entry.form.full_name, entry.record.id, effect, place))
        fields = {each.name: each for each in _fields(entry.form, place.sub)}
        for name, value in values.items():
            if name in fields and place.now is not None:
                place.now[name] = self._settled(fields[name], value)
                place.given.add(name)
        self.ws.touch(place)

    def _reversals(self, entry: Entry, done: dict[tuple[str, str], tuple[str, str | None]]) -> Iterator[Op]:
        posts = {each.id for each in entry.form.effects if each.do == "post"}
        for (row, effect), (form, target) in sorted(done.items()):
            key = (row, effect + REVERSAL)
            posted = self.ws.get(form, target) if effect in posts and key not in done else None
            if posted is not None and posted.now is not None:
                made = new_id()
                self._note(entry, key, form, made)
                definition = self.ws.model.form(form)
                today = self.ws.tx.now.astimezone(self.ws.tx.zone).date()
                values = {each.name: _turned(each, posted.now.get(each.name), today) for each in _inputs(definition)}
                yield Create(form, self._json(definition, values), id=made, owner=entry.now["$owner"])

    def _json(self, form: Form, values: dict[str, Any]) -> dict[str, Any]:
        """Values as an operation carries them."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            field = form.find(name)
            if field is not None:
                found[name] = json_value(self.ws.model.types, field, self._settled(field, value))
        return nest(found, form.groups)

    def _settled(self, field: Field, value: Any) -> Any:
        return None if value is None else self.ws.model.types[field.value_type].settle(value, field)

    def _note(self, entry: Entry, key: tuple[str, str], form: str, target: str | None) -> None:
        self._made.append(
            {
                "source": entry.record.id,
                "row": key[0],
                "effect": key[1],
                "source_form": entry.form.full_name,
                "target_form": form,
                "target": target,
                "happened_at": self.ws.tx.now,
            }
        )


def _referred(entry: Entry, form: str, place: RowChange) -> str | None:
    """The record of that form which the row, else its owner, refers to first."""
    for fields, row in ((_fields(entry.form, place.sub), place.now), (entry.form.fields, entry.now)):
        for each in fields:
            if each.ref == form and row is not None and row.get(each.name):
                return str(row[each.name])
    return None


def _fields(form: Form, sub: str | None) -> tuple[Field, ...]:
    found = form.subtable(sub) if sub else None
    return found.fields if found is not None else form.fields


def _inputs(form: Form) -> Iterator[Field]:
    return (each for each in form.fields if not each.computed and not each.is_subtable)


def _turned(field: Field, value: Any, today: date) -> Any:
    if field.value_type == "date" and field.options.get("reverse") == "today":
        return today
    if value is None or field.value_type not in _TURNED or field.options.get("reverse") is False:
        return value
    return -value
