"""What people call a value: the title of a referenced record, a member's or department's name, a choice's label. One rule: a
record the actor may not see is called by its number alone, so a label never tells more than the reference itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, null, select

from ..access import fields, scope
from ..definition.model import Field
from ..fields.masking import Masked
from ..people import departments, members
from ..storage.model import Model
from ..storage.transaction import Transaction
from .rows import chunks

#: Kinds of ids besides those of records.
MEMBER, DEPARTMENT = "$member", "$department"


class Titles:
    """Titles of many values with one query per form asked of; ask for all of them first, then read."""

    def __init__(self, tx: Transaction, model: Model) -> None:
        self._tx = tx
        self._model = model
        self._wanted: dict[str, set[str]] = {}
        self._known: dict[str, dict[str, str | None]] = {}

    def want(self, field: Field, value: Any) -> None:
        """Note that this value of this field will be read."""
        kind = kind_of(field)
        if kind is not None and value is not None and not isinstance(value, Masked):
            ids = value if isinstance(value, tuple | list) else (value,)
            self.want_ids(kind, (each for each in ids if isinstance(each, str)))

    def want_ids(self, kind: str, ids: Iterable[str | None]) -> None:
        """Note ids of a form, of `MEMBER` or of `DEPARTMENT`."""
        known = self._known.setdefault(kind, {})
        self._wanted.setdefault(kind, set()).update(each for each in ids if each and each not in known)

    def of(self, field: Field, value: Any) -> Any:
        """The title of a value: text, a list for several, None where it has none beside itself."""
        if value is None or isinstance(value, Masked):
            return None
        if isinstance(value, tuple | list):
            found = [self._one(field, each) for each in value]
            return found if any(each is not None for each in found) else None
        return self._one(field, value)

    def named(self, kind: str, row_id: str | None) -> str | None:
        """The title of an id of that kind."""
        if row_id is None:
            return None
        known = self._known.get(kind)
        if known is not None and row_id in known:
            return known[row_id]
        self.want_ids(kind, (row_id,))
        self._read()
        return self._known[kind].get(row_id)

    def _one(self, field: Field, value: Any) -> str | None:
        kind = kind_of(field)
        return self.named(kind, value) if kind and isinstance(value, str) else choice_title(field, value)

    def _read(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for kind, ids in wanted.items():
            if ids:
                self._known.setdefault(kind, {}).update({**dict.fromkeys(ids), **self._fetch(kind, ids)})

    def _fetch(self, kind: str, ids: set[str]) -> Mapping[str, str | None]:
        if kind == MEMBER:
            return members.titles(self._tx.conn, ids)
        if kind == DEPARTMENT:
            return departments.titles(self._tx.conn, ids)
        return record_titles(self._tx, self._model, kind, ids)


def record_titles(tx: Transaction, model: Model, form: str, ids: Iterable[str]) -> dict[str, str | None]:
    """The title (else the number) of each of these records, deleted ones too; of an invisible one its number."""
    tables = model.table(form)
    main = tables.main
    name = model.definitions.title_field(form)
    title = tables.column(name) if name and tables.has(name) else null()
    seen = scope(tx, model, form, "view")
    if name:
        seen = and_(seen, fields(tx, model, form).readable_where(name))
    query = select(main.c.id, main.c.number, title.label("title"), seen.label("seen"))
    found: dict[str, str | None] = {}
    for some in chunks(sorted(set(ids))):
        for row in tx.conn.execute(query.where(main.c.id.in_(some))):
            shown = row.title if row.seen else None
            found[row.id] = row.number if shown is None else str(shown)
    return found


def kind_of(field: Field) -> str | None:
    """The form whose ids the field holds, `MEMBER`, `DEPARTMENT`, or None."""
    if field.value_type in ("reference", "multi_reference"):
        return field.ref
    return {"member": MEMBER, "department": DEPARTMENT}.get(field.value_type)


def choice_title(field: Field, value: Any) -> str | None:
    """The label a schema gives a value by `oneOf: [{const, title}]`."""
    schema = field.schema
    items = schema.get("items")
    options = schema.get("oneOf") or schema.get("anyOf") or (items.get("oneOf") if isinstance(items, Mapping) else None)
    for option in options or ():
        if isinstance(option, Mapping) and "const" in option and option["const"] == value:
            return str(option["title"]) if "title" in option else None
    return None
