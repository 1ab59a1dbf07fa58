"""Draws numbers (`x-number`): at submit for documents, at create otherwise, from counters that never repeat. One rule:
counters are taken last, after every row lock, in one order; a refused act gives nothing back, so gaps stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text

from ..definition.model import Field, Form
from ..kernel.errors import Invalid
from ..kernel.problems import Problem, pointer
from ..storage import own
from ..storage.transaction import Transaction
from . import patterns
from .patterns import Frame
from .rows import Row
from .titles import choice_title
from .write_set import RowChange, WriteSet

_ADVANCE = text(
    "INSERT INTO dg_counter (key, value) VALUES (:key, :by) "
    "ON CONFLICT (key) DO UPDATE SET value = dg_counter.value + excluded.value RETURNING value"
)
_RAISE = text(
    "INSERT INTO dg_counter (key, value) VALUES (:key, :least) ON CONFLICT (key) DO UPDATE SET value = "
    "CASE WHEN dg_counter.value < excluded.value THEN excluded.value ELSE dg_counter.value END"
)


@dataclass(frozen=True, slots=True)
class _Wish:
    change: RowChange
    field: Field
    frame: Frame
    key: str


def number_fields(form: Form) -> list[Field]:
    """The form's fields that carry a number of the platform's."""
    return [each for each in form.fields if each.number is not None]


def draw(ws: WriteSet, changes: Iterable[RowChange]) -> bool:
    """Give each of these records the numbers it lacks; a number given by hand moves its counter on. Whether a number was
    given. Raises Invalid `unique` when a number given by hand is taken."""
    wishes = [wish for change in changes if change.now is not None for wish in _wishes(ws, change, change.now)]
    given = [wish for wish in wishes if _number(wish) and wish.change.changed(wish.field.name)]
    _keep_given(ws, given)
    waiting = [wish for wish in wishes if not _number(wish)]
    by_key: dict[str, list[_Wish]] = {}
    for wish in waiting:
        by_key.setdefault(wish.key, []).append(wish)
    for key in sorted(by_key):
        _allot(ws, key, by_key[key])
    for wish in (*given, *waiting):
        _show(ws, wish.change)
    return bool(given or waiting)


def _wishes(ws: WriteSet, change: RowChange, now: Row) -> list[_Wish]:
    form = ws.model.form(change.form)
    found = []
    for each in number_fields(form):
        if each.number is None:
            continue
        frame = patterns.frame(each.number.pattern, _day(ws.tx, form, now), lambda name: _text(ws, form, now, name))
        found.append(_Wish(change, each, frame, _key(form, each, frame, now)))
    return found


def _number(wish: _Wish) -> str | None:
    """The number the record has by now."""
    return (wish.change.now or {}).get(wish.field.name)


def _key(form: Form, field: Field, frame: Frame, now: Row) -> str:
    assert field.number is not None
    scope: Any = frame.before
    if field.number.scope is not None:
        scope = [None if now.get(name) is None else str(now[name]) for name in field.number.scope]
    return json.dumps([form.full_name, field.id, scope], ensure_ascii=False)


def _day(tx: Transaction, form: Form, now: Row) -> date:
    """The business date of the record, else the day in the tenant's zone."""
    business: date | datetime | None = next(
        (now.get(each.name) for each in form.fields if each.is_date and now.get(each.name)), None
    )
    if business is None:
        return tx.now.astimezone(tx.zone).date()
    if isinstance(business, datetime):
        return business.astimezone(tx.zone).date()
    return business


def _text(ws: WriteSet, form: Form, now: Row, name: str) -> str:
    """A field's text in a number: a reference's number, else what is stored."""
    field, value = form.find(name), now.get(name)
    if value is None or field is None:
        return ""
    if field.value_type == "reference" and field.ref:
        target = ws.get(field.ref, value)
        return str((target and target.now and target.now.get("$number")) or "")
    return str(choice_title(field, value) or value) if field.value_type == "choice" else str(value)


def _allot(ws: WriteSet, key: str, wishes: list[_Wish]) -> None:
    """Number these records in their order, skipping numbers somebody gave by hand before."""
    waiting = sorted(wishes, key=lambda wish: wish.change.id)
    while waiting:
        if waiting[0].frame.width is None:
            _without_sequence(ws, waiting)
            return
        last = ws.tx.conn.execute(_ADVANCE, {"key": key, "by": len(waiting)}).scalar_one()
        first = last - len(waiting) + 1
        numbers = [wish.frame.number(first + index) for index, wish in enumerate(waiting)]
        taken = _taken(ws, waiting[0], numbers)
        left = []
        for wish, number in zip(waiting, numbers, strict=True):
            if number in taken:
                left.append(wish)
            else:
                _set(wish, number)
        waiting = left


def _without_sequence(ws: WriteSet, wishes: list[_Wish]) -> None:
    for wish in wishes:
        number = wish.frame.number(0)
        if number in _taken(ws, wish, [number]):
            raise Invalid([_repeated(wish, number)])
        _set(wish, number)


def _keep_given(ws: WriteSet, wishes: list[_Wish]) -> None:
    """Refuse numbers that are taken, and move the counters past the others."""
    problems = []
    for wish in sorted(wishes, key=lambda wish: wish.key):
        number = str(_number(wish))
        if number in _taken(ws, wish, [number]):
            problems.append(_repeated(wish, number))
        elif (sequence := wish.frame.sequence(number)) is not None:
            ws.tx.conn.execute(_RAISE, {"key": wish.key, "least": sequence})
    if problems:
        raise Invalid(problems)


def _taken(ws: WriteSet, wish: _Wish, numbers: list[str]) -> set[str]:
    """Which of these numbers stand already, in the database or in this act, in other records of the same scope."""
    form, name = wish.change.form, wish.field.name
    of, now = ws.shape(form), wish.change.now or {}
    scope = (wish.field.number and wish.field.number.scope) or ()
    column = of.columns[name] if name in of.columns else of.columns["$number"]
    same = [
        of.columns[each] == now[each] if now.get(each) is not None else of.columns[each].is_(None) for each in scope
    ]
    found = set(ws.tx.conn.scalars(select(column).where(column.in_(numbers), *same)))
    for other in ws.of(form):
        row = other.now
        if other.is_new and row and other is not wish.change and all(row.get(each) == now.get(each) for each in scope):
            found.add(row.get(name))
    return found & set(numbers)


def _repeated(wish: _Wish, number: str) -> Problem:
    return Problem("unique", (wish.change.pointer or "") + pointer(wish.field.name), {"value": number})


def _set(wish: _Wish, number: str) -> None:
    if wish.change.now is not None:
        wish.change.now[wish.field.name] = number


def _show(ws: WriteSet, change: RowChange) -> None:
    """The form's first number is the record's own."""
    first = first_number(ws.model.form(change.form))
    if first is not None and change.now is not None:
        change.now["$number"] = change.now.get(first.name)


def first_number(form: Form) -> Field | None:
    """The field whose value is the record's `$number`."""
    return next(iter(number_fields(form)), None)


def counters(tx: Transaction) -> dict[str, int]:
    """Every counter and the last sequence it gave (for the doctor)."""
    return {row.key: row.value for row in tx.conn.execute(select(own.counter))}


def used(ws: WriteSet, change: RowChange) -> Iterator[tuple[str, int]]:
    """The counter and the sequence of each number a record has (for the doctor)."""
    for wish in _wishes(ws, change, change.now or {}):
        number = _number(wish)
        sequence = wish.frame.sequence(number) if number is not None else None
        if sequence is not None:
            yield wish.key, sequence


def at_least(tx: Transaction, key: str, sequence: int) -> None:
    """Move a counter on to this sequence, if it lags behind (the doctor's repair)."""
    tx.conn.execute(_RAISE, {"key": key, "least": sequence})
