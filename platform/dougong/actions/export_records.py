"""All records of a form that the actor may view and export, page by page: never the whole form in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..access import require_form
from ..definition.model import Field
from ..fields.type import FieldType
from ..kernel.actor import Actor
from ..records.query import MOST, Query
from .installation import Installation
from .read_record import find_records
from .transaction import read


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a flat export; `text` is the cell of a record as the API shows it."""

    name: str
    field: Field | None
    type: FieldType | None

    def text(self, item: dict[str, Any]) -> str:
        """The cell; a reference is shown by its title."""
        if self.field is None or self.type is None:
            return str(item.get(self.name.removeprefix("$")) or "")
        value = item["values"].get(self.name)
        title = item["titles"].get(self.name) if isinstance(value, str) else None
        if value is None or isinstance(title, str):
            return title or ""
        return self.type.write_text(self.type.read(value, self.field), self.field)


def export_rows(inst: Installation, actor: Actor, form: str, *, filter: str | None = None) -> Iterator[dict[str, Any]]:  # noqa: A002
    """The records as the API shows them, oldest first. Raises NotFound, Forbidden, Malformed."""
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "export"))
    after: str | None = None
    while True:
        asked = Query(filter=filter, sort=["$created_at"], limit=MOST, after=after, action="export")
        listed = find_records(inst, actor, form, asked)
        yield from listed.items
        after = listed.page.next
        if after is None:
            return


def columns_of(inst: Installation, actor: Actor, form: str) -> list[Column]:
    """The columns of a flat export: number, state, then every field that is one value."""
    definition = find_records(inst, actor, form, Query(limit=1)).model.definitions.form(form)
    own = [Column(each.name, each, inst.types[each.value_type]) for each in definition.fields if not each.is_subtable]
    return [Column("$number", None, None), Column("$state", None, None), *own]
