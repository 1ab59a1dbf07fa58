"""Work calendars from records: any form whose fields say so by `x-options: {"calendar": "weekdays" | "shifts" |
"exceptions"}` holds one calendar a record, named by its title field.

One rule: they are read when a formula first asks, once in a transaction, whoever acts: a holiday is no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import select

from ..definition.model import Field, Form
from ..formula.worktime import Calendar, Shift
from ..storage.model import Model
from ..storage.transaction import Transaction

#: Words a calendar's working days may be told by, Monday first.
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class Calendars(Mapping[str, Calendar]):
    """By name; "" is the tenant's own, the oldest one."""

    def __init__(self, tx: Transaction, live: Callable[[], Model]) -> None:
        self._tx = tx
        self._live = live

    def __getitem__(self, name: str) -> Calendar:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _model(self) -> Model:
        return self._live()

    @cached_property
    def _all(self) -> dict[str, Calendar]:
        named = [each for form in self._model.definitions.forms.values() for each in self._of(form)]
        return dict(named) | ({"": named[0][1]} if named else {})

    def _of(self, form: Form) -> Iterator[tuple[str, Calendar]]:
        parts = {each.options.get("calendar"): each for each in form.fields}
        title = self._model.definitions.title_field(form.full_name)
        if "weekdays" not in parts or title is None:
            return
        tables = self._model.table(form.full_name)
        main = tables.main
        live = main.c.deleted_at.is_(None) & (main.c.state == "active")
        wanted = [main.c.id, tables.column(title), tables.column(parts["weekdays"].name)]
        for row_id, name, days in self._tx.conn.execute(select(*wanted).where(live).order_by(main.c.id)).all():
            exceptions = {day: kind for day, kind in self._rows(form, parts.get("exceptions"), row_id) if day and kind}
            shifts = tuple(Shift(*pair) for pair in self._rows(form, parts.get("shifts"), row_id) if None not in pair)
            yield name or "", Calendar(_numbers(days), shifts, exceptions)

    def _rows(self, form: Form, sub: Field | None, record: str) -> list[tuple[Any, Any]]:
        """The first two columns of a subtable's rows, in their order."""
        if sub is None or len(sub.fields) < 2:
            return []
        tables = self._model.table(form.full_name)
        rows = tables.subtables[sub.name]
        pair = [tables.column(each.name, sub.name) for each in sub.fields[:2]]
        query = select(*pair).where(rows.c.parent == record).order_by(rows.c.position)
        return [(first, second) for first, second in self._tx.conn.execute(query).all()]


def _numbers(days: Any) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(each) + 1 for each in days or () if each in WEEKDAYS)
