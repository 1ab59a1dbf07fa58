"""Defaults and conditions of one record and its rows: `x-default` fills what was not sent, `x-visible` false makes a value
null, `x-required` and `x-readonly` are told. One rule: they settle together with the record's own formulas, in rounds, since
each may read what another has set."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..definition.model import Field, Form
from .derive import own_values
from .formulas import Formulas
from .write_set import RowChange, WriteSet

ROUNDS = 8

#: (row id, field's name): the row is the record itself or one of a subtable.
Place: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Flags:
    """What the conditions say of each place; a field without conditions is in none of these but `required` when its
    schema requires it."""

    invisible: set[Place] = field(default_factory=set)
    required: set[Place] = field(default_factory=set)
    readonly: set[Place] = field(default_factory=set)


def settle(ws: WriteSet, formulas: Formulas, records: Sequence[RowChange], unset: Collection[Place]) -> None:
    """Fill defaults of the places in `unset`, null what is invisible and bring the records' own formulas up to date, until
    nothing changes any more. Raises Invalid `out_of_range` where a formula leaves its column."""
    for record in records:
        if record.known is not None:  # inputs as they were, before anything is found to have changed
            _defaults(ws, formulas, record, unset)
            _hide(ws, formulas, record)
    for _ in range(ROUNDS):
        _own_values(ws)
        changed = [_defaults(ws, formulas, record, unset) | _hide(ws, formulas, record) for record in records]
        if not any(changed):
            return
    _own_values(ws)


def _own_values(ws: WriteSet) -> None:
    """Compute anew from the stored values on: an input may have gone back to what it was in an earlier round."""
    for change in ws.all():
        before = change.known if change.known is not None else change.old
        if before is not None and change.now is not None:
            change.now.update({name: before.get(name) for name in change.derived})
            change.derived.clear()
    own_values(ws.tx, ws.model, ws)


def flags(ws: WriteSet, formulas: Formulas, record: RowChange) -> Flags:
    """What the conditions say of the record as it is now."""
    form, found = ws.model.form(record.form), kept_flags(ws)
    for row, each in places(ws, form, record):
        place = (row.id, each.name)
        if each.visible is not None and not formulas.holds(each.visible, row):
            found.invisible.add(place)
            continue
        if each.required or (each.required_when is not None and formulas.holds(each.required_when, row)):
            found.required.add(place)
        if each.readonly is not None and formulas.holds(each.readonly, row):
            found.readonly.add(place)
    return found


def kept_flags(ws: WriteSet) -> Flags:
    """What the evaluation before has said of the rows that are settled (settled.py)."""
    kept = ws.memo.get(Flags) or Flags()
    return Flags(set(kept.invisible), set(kept.required), set(kept.readonly))


def places(ws: WriteSet, form: Form, record: RowChange, *, settled: bool = False) -> Iterator[tuple[RowChange, Field]]:
    """Every field of the record and of its rows that stay, in the author's order; rows that are settled only if asked."""
    for each in form.fields:
        yield record, each
        if each.is_subtable:
            for row in ws.children(record.form, each.name, record.id):
                if row.now is not None and (settled or row.known is None):
                    for column in each.fields:
                        yield row, column


def _defaults(ws: WriteSet, formulas: Formulas, record: RowChange, unset: Collection[Place]) -> bool:
    form, changed = ws.model.form(record.form), False
    for row, each in list(places(ws, form, record)):
        place = (row.id, each.name)
        if each.default is None or place not in unset or row.now is None or row.now.get(each.name) is not None:
            continue
        if each.visible is not None and not formulas.holds(each.visible, row):
            continue
        value = default_of(ws, formulas, each, row)
        if value is not None:
            row.now[each.name] = value
            changed = True
    return changed


def default_of(ws: WriteSet, formulas: Formulas, each: Field, row: RowChange) -> Any:
    """The value of a field's default on this row, as its column keeps it."""
    if each.default is None:
        return None
    value = formulas.value(each.default, row)
    return None if value is None else ws.model.types[each.value_type].settle(value, each)


def _hide(ws: WriteSet, formulas: Formulas, record: RowChange) -> bool:
    """Null every value that is not visible; whether anything was nulled."""
    form, changed = ws.model.form(record.form), False
    for row, each in list(places(ws, form, record)):
        if each.visible is None or row.now is None or formulas.holds(each.visible, row):
            continue
        if each.is_subtable:
            for line in ws.children(record.form, each.name, record.id):
                if line.now is not None:
                    ws.remove_row(line)
                    changed = True
        elif row.now.get(each.name) is not None and not each.computed:
            row.now[each.name] = None
            changed = True
    return changed
