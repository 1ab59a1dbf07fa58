"""Sorting and going on: `-amount,date,contract.name` as SQL, nulls last both ways, the id as the last word, and the
condition for the rows after a cursor. One rule: the order is total, so no row comes twice or is lost between pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from ..definition.model import Field
from ..definition.names import is_system
from ..definition.reads import Slot, follow
from ..fields.type import FieldType
from ..formula.ast import Name
from ..formula.scope import Checked
from ..kernel.errors import Malformed
from .cursor import Cursor
from .rows import MAIN_SYSTEM
from .seen import Eyes

MOST = 5


@dataclass(frozen=True, slots=True)
class Key:
    """One sort value: `sql` its expression, `down` descending, `nullable`: it may be null among the rows in question."""

    name: str
    sql: Any
    down: bool
    nullable: bool = True


def parse(sort: Sequence[str]) -> list[tuple[str, bool]]:
    """(name, descending) of each item; an item may itself be a list with commas. Raises Malformed."""
    items = [each for text in sort for each in split(text)]
    if len(items) > MOST:
        raise Malformed("too_many_sorts", limit=MOST)
    return [(each.removeprefix("-").strip(), each.startswith("-")) for each in items]


def split(text: str) -> list[str]:
    """The items of a list with commas; between backticks a comma is an ordinary character."""
    items, current, quoted = [], "", False
    for char in text:
        quoted ^= char == "`"
        if char == "," and not quoted:
            items.append(current)
            current = ""
        else:
            current += char
    return [each.strip() for each in (*items, current) if each.strip()]


def path_of(name: str) -> tuple[str, ...]:
    """The parts of a dotted name; `a part` may be quoted with backticks."""
    parts, current, quoted, before = [], "", False, ""
    for char in name:
        if char == "`":
            current += "`" if not quoted and before == "`" else ""  # two of them inside a quoted part are one
            quoted = not quoted
        elif char == "." and not quoted:
            parts.append(current)
            current = ""
        else:
            current += char
        before = char
    return (*parts, current)


def keys(eyes: Eyes, types: Mapping[str, FieldType], sort: Sequence[tuple[str, bool]]) -> list[Key]:
    """The sort values in SQL. Raises Malformed `unknown_field`, `not_sortable`."""
    found = []
    for name, down in sort:
        path = path_of(name)
        checked = _checked(eyes, name, path)
        fields = [each for _, each in follow(eyes.model.definitions, (eyes.form, None), path)]
        if checked.volatile or (fields and not is_system(path[-1]) and not sortable(eyes, fields[-1], types)):
            raise Malformed("not_sortable", field=name)
        sql = _expression(eyes, path, checked)
        found.append(Key(name, sql, down, getattr(sql, "nullable", True) is not False))
    return found


def _checked(eyes: Eyes, name: str, path: tuple[str, ...]) -> Checked:
    try:
        return eyes.checked(Name(path))
    except Malformed as error:
        raise Malformed("not_sortable", field=name) if error.code == "rows" else error from None


def _expression(eyes: Eyes, path: tuple[str, ...], checked: Checked) -> Any:
    """The bare column where there is one, which an index can serve."""
    name, tables = ".".join(path), eyes.model.table(eyes.form)
    if name in MAIN_SYSTEM:
        return eyes.table.c[MAIN_SYSTEM[name]]
    if tables.has(name):
        return eyes.table.c[tables.column(name).name]
    return eyes.order(checked)


def sortable(eyes: Eyes, field: Field, types: Mapping[str, FieldType]) -> bool:
    """Whether the field has an order: its type has one and its value does not change with the day or the reader."""
    if field.is_subtable or not types[field.value_type].sortable:
        return False
    slot = next(
        (s for s in eyes.model.graph.reads if s.form == eyes.form and s.name == field.name and s.sub is None), None
    )
    return slot is None or not _volatile(eyes, slot, set())


def _volatile(eyes: Eyes, slot: Slot, seen: set[Slot]) -> bool:
    reads = eyes.model.graph.reads.get(slot)
    if reads is None or slot in seen:
        return False
    seen.add(slot)
    return reads.volatile or any(_volatile(eyes, each.source, seen) for each in reads.inputs)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a list in its order, asked for by itself: the rows with a value of the first key, or those without,
    which come last. Either part can be read along an index; together they could not, for nulls lie at its other end."""

    keys: tuple[Key, ...]
    where: tuple[ColumnElement[bool], ...]
    down: bool

    def order_by(self, row: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """ORDER BY of the keys, then the id in the direction of the list's last key."""
        order = [_ordered(key) for key in self.keys]
        return [*order, row.desc() if self.down else row.asc()]


def parts(found: Sequence[Key], last: Cursor | None, row: ColumnElement[Any]) -> list[Part]:
    """The stretches of the list that lie after `last` (None = all of it), in their order."""
    down = found[-1].down if found else True
    if not found or not found[0].nullable:
        return [Part(tuple(found), _after(found, last, row, down), down)]
    known, rest = (replace(found[0], nullable=False), *found[1:]), tuple(found[1:])
    blank = found[0].sql.is_(None)
    if last is not None and last.values[0] is None:
        after = _after(rest, Cursor(last.values[1:], last.id), row, down)
        return [Part(rest, (blank, *after), down)]
    bound = (found[0].sql.is_not(None), *_bound(known[0], last), *_after(known, last, row, down))
    return [Part(known, bound, down), Part(rest, (blank,), down)]


def _bound(key: Key, last: Cursor | None) -> tuple[ColumnElement[bool], ...]:
    """The first key's bound by itself, where an index scan can begin."""
    if last is None:
        return ()
    return (key.sql <= last.values[0],) if key.down else (key.sql >= last.values[0],)


def _after(
    found: Sequence[Key], last: Cursor | None, row: ColumnElement[Any], down: bool
) -> tuple[ColumnElement[bool], ...]:
    """The condition for the rows after the row with these values and this id."""
    if last is None:
        return ()
    equal = [_same(key, value) for key, value in zip(found, last.values, strict=True)]
    further = row < last.id if down else row > last.id
    return (or_(beyond(found, last.values), and_(*equal, further)),)


def beyond(found: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the rows whose values come after these, equal ones left out."""
    cases, equal = list[ColumnElement[bool]](), list[ColumnElement[bool]]()
    for key, value in zip(found, values, strict=True):
        cases.append(and_(*equal, _beyond(key, value)))
        equal.append(_same(key, value))
    return or_(false(), *cases)


def _same(key: Key, value: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = key.sql.is_(None) if value is None else key.sql == value
    return same


def _beyond(key: Key, value: Any) -> ColumnElement[bool]:
    if value is None:
        return false()
    further: ColumnElement[bool] = key.sql < value if key.down else key.sql > value
    return or_(further, key.sql.is_(None)) if key.nullable else further


def _ordered(key: Key) -> ColumnElement[Any]:
    order: ColumnElement[Any] = key.sql.desc() if key.down else key.sql.asc()
    return order.nulls_last() if key.nullable else order
