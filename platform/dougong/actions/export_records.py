"""Records of a form as a table: what the actor may view and export, page by page, never the whole form in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..access import require_form
from ..definition.model import Field
from ..definition.names import is_system
from ..definition.reads import follow
from ..exchange.writing import Cell, Head, Kind
from ..fields.type import FieldType, Here, Unreadable
from ..kernel.actor import Actor
from ..records.query import MOST, Query
from ..records.sorting import path_of
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .read_record import find_records
from .transaction import read

_KINDS: dict[str, Kind] = {
    "integer": "number", "decimal": "number", "money": "number", "rating": "number", "percent": "percent", "date": "day",
    "datetime": "moment",
}  # fmt: skip
_MOMENTS = frozenset({"$created_at", "$updated_at"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: a field, a system value (`$number`) or a field behind a reference (`project.name`)."""

    name: str
    field: Field | None
    type: FieldType | None

    def head(self, title: str) -> Head:
        """What the column is for a file."""
        if self.field is None:
            return Head(title, "moment" if self.name in _MOMENTS else "text")
        scale = 2 if self.field.value_type == "money" else self.field.scale
        return Head(title, _KINDS.get(self.field.value_type, "text"), scale)

    def text(self, item: dict[str, Any]) -> str:
        """The cell as a text that an import takes back; references, members and departments by their titles."""
        value, title = self._said(item)
        if title is not None:
            return title
        return self._written(value) if value is not None else ""

    def cell(self, item: dict[str, Any], here: Here) -> Cell:
        """The cell as a spreadsheet knows it: numbers, days and local moments are no texts."""
        value, title = self._said(item)
        if title is not None or value is None:
            return title
        if self.name in _MOMENTS:
            return _local(datetime.fromisoformat(value), here)
        if self.field is None or self.type is None or self.field.value_type not in _KINDS:
            return self._written(value)
        try:
            canonical = self.type.read(value, self.field)
        except Unreadable:
            return str(value)
        return _local(canonical, here) if isinstance(canonical, datetime) else canonical

    def _said(self, item: dict[str, Any]) -> tuple[Any, str | None]:
        """The value, and its title where it is known by one; of what nobody reads not even its mask, for files come back."""
        if self.type is not None and self.type.write_only:
            return None, None
        if is_system(self.name):
            title = item["titles"].get(self.name)
            return item.get(self.name.removeprefix("$")), title if isinstance(title, str) else None
        value = _dig(item["values"], self.name)
        title = _dig(item["titles"], self.name) if isinstance(value, str) else None
        return value, title if isinstance(title, str) else None

    def _written(self, value: Any) -> str:
        """A masked value is the text it is shown as."""
        if self.field is None or self.type is None:
            return str(value)
        try:
            return self.type.write_text(self.type.read(value, self.field), self.field)
        except Unreadable:
            return str(value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records, in which order, with which columns (None = number, state and every field that is one value)."""

    filter: str | None = None
    words: str | None = None
    sort: tuple[str, ...] = ("$created_at",)
    columns: tuple[str, ...] | None = None

    def query(self, **more: Any) -> Query:
        """As the list asks it, for what may be exported."""
        return Query(filter=self.filter, words=self.words, sort=self.sort, action="export", **more)


def export_rows(inst: Installation, actor: Actor, form: str, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The records as the API shows them. Raises NotFound, Forbidden, Malformed."""
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "export"))
    fields = None if wanted.columns is None else [each for each in wanted.columns if not is_system(each)]
    after: str | None = None
    while True:
        listed = find_records(inst, actor, form, wanted.query(limit=MOST, after=after, fields=fields))
        yield from listed.items
        after = listed.page.next
        if after is None:
            return


def count_rows(inst: Installation, actor: Actor, form: str, wanted: Wanted) -> tuple[int, bool]:
    """How many records that would be; True = there are more than were counted. Raises NotFound, Forbidden, Malformed."""
    page = find_records(inst, actor, form, wanted.query(limit=1, count=True, fields=[])).page
    return page.count or 0, page.more


def columns_of(inst: Installation, actor: Actor, form: str, names: Sequence[str] | None = None) -> list[Column]:
    """The columns of these names; None = number, state and every field that is one value. Raises NotFound, Forbidden."""

    def act(tx: Transaction) -> list[Column]:
        model = inst.catalog.live(tx)
        require_form(tx, model, form, "export")
        own = [each for each in model.form(form).fields if not each.is_subtable]
        fields = [each for each in own if not inst.types[each.value_type].write_only]
        wanted = names if names is not None else ["$number", "$state", *(each.name for each in fields)]
        return [_column(inst, model, form, each) for each in wanted]

    return read(inst, actor, act)


def _column(inst: Installation, model: Model, form: str, name: str) -> Column:
    passed = [each for _, each in follow(model.definitions, (form, None), path_of(name))]
    field = model.form(form).find(name) or (passed[-1] if passed and not is_system(path_of(name)[-1]) else None)
    return Column(name, field, None if field is None else inst.types[field.value_type])


def _dig(values: Any, name: str) -> Any:
    """A value by its name: as it stands, or by the groups it stands in."""
    if isinstance(values, dict) and name in values:
        return values[name]
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _local(moment: datetime, here: Here) -> datetime:
    return moment.astimezone(here.zone).replace(tzinfo=None)
