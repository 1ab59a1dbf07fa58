"""What an unsaved sheet is told apart by: the first values that were filled in. One rule: nothing that its member may not
read, and nothing that is typed unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..access import FieldAccess
from ..access import fields as field_access
from ..definition.model import Field, Form
from ..fields.type import Unreadable
from ..forms.sheet import Sheet
from ..records.titles import Titles
from ..storage.model import Model
from ..storage.transaction import Transaction

MOST = 2
#: Types whose values say nothing in a few words.
_MUTE = frozenset(
    {"subtable", "secret", "json", "attachment", "image", "signature", "rich_text", "long_text", "boolean", "location"}
)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A value that was filled in, JSON-level; `title`: what the record it names is called; `sound`: its field can read it,
    else it stands as it was typed."""

    field: Field
    value: Any
    title: Any
    sound: bool


def glimpses(tx: Transaction, model: Model, sheets: Sequence[Sheet]) -> list[list[Glimpse]]:
    """The first values of each sheet: what records of the form are called by, then what it refers to, then the rest; of its
    first row where nothing stands above the rows."""
    titles = Titles(tx, model)
    found = [list(_filled(tx, model, each))[:MOST] for each in sheets]
    for field, value in (pair for some in found for pair in some):
        if _sound(model, field, value):
            titles.want(field, value)
    return [[_glimpse(titles, field, value, _sound(model, field, value)) for field, value in some] for some in found]


def _glimpse(titles: Titles, field: Field, value: Any, sound: bool) -> Glimpse:
    return Glimpse(field, value, titles.of(field, value) if sound else None, sound)


def _sound(model: Model, field: Field, value: Any) -> bool:
    try:
        model.types[field.value_type].read(value, field)
    except Unreadable:
        return False
    return True


def _filled(tx: Transaction, model: Model, sheet: Sheet) -> Iterator[tuple[Field, Any]]:
    form = model.form(sheet.form)
    access = field_access(tx, model, sheet.form)
    first = model.definitions.title_field(sheet.form)
    head = [each for each in _ordered(form.fields, first) if _may(access, each.name, each)]
    found = [(each, sheet.values.get(each.name)) for each in head]
    if not any(_says(value) for _, value in found):
        found += _of_first_row(form, sheet, access)
    yield from ((field, value) for field, value in found if _says(value))


def _of_first_row(form: Form, sheet: Sheet, access: FieldAccess) -> Iterator[tuple[Field, Any]]:
    for sub in form.subtables:
        for row in sheet.rows.get(sub.name, ())[:1]:
            for each in _ordered(sub.fields, None):
                if _may(access, f"{sub.name}.{each.name}", each):
                    yield each, row.values.get(each.name)


def _ordered(fields: Iterable[Field], first: str | None) -> list[Field]:
    return sorted(fields, key=lambda each: (each.name != first, each.value_type != "reference"))


def _may(access: FieldAccess, name: str, field: Field) -> bool:
    return field.drawn and field.value_type not in _MUTE and not field.mask and access.level(name) != "hidden"


def _says(value: Any) -> bool:
    return value not in (None, "", [], ())
