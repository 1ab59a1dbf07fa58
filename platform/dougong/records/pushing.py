"""Push-down: which documents may be begun from a record, because a reference of theirs may name it. One rule: what is
offered could be chosen by hand just as well; the new document's own defaults fill the rest through the reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from ..access import allowed, fields
from ..definition.model import Field, Form
from ..formula.to_sql import to_sql
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from .record import Record

#: Documents and masters on which something may be built; a closed one only where the reference's own condition says so.
_STANDING = ("active", "approved")


@dataclass(frozen=True, slots=True)
class Offer:
    """A form that may be begun, and the reference of it that will name the record."""

    form: Form
    field: Field


def offers(tx: Transaction, model: Model, record: Record) -> Iterator[Offer]:
    """What the actor may begin from this record as it stands, in the order of the forms."""
    if record.deleted_at is not None or record.state not in (*_STANDING, "closed"):
        return
    for form, field, sub in model.definitions.pointing_at(record.form):
        if sub is not None or field.computed or not field.drawn or form.kind in ("log", "settings"):
            continue
        name = form.full_name
        if not allowed(tx, model, name, "create") or fields(tx, model, name, "create").level(field.name) != "edit":
            continue
        if _fits(tx, model, form, field, record):
            yield Offer(form, field)


def _fits(tx: Transaction, model: Model, form: Form, field: Field, record: Record) -> bool:
    """Whether `x-ref-where` lets the record be chosen; what it asks of the new document is judged there."""
    where = field.ref_where
    if where is None or "record." in where.text or "parent." in where.text:
        return record.state in _STANDING
    checked = model.definitions.checked(where, record.form, holder=(form.full_name, None))
    if not checked.queryable:
        return record.state in _STANDING
    main = model.table(record.form).main
    fitting = to_sql(checked, Resolver(model, record.form, tx=tx))
    return tx.conn.execute(select(main.c.id).where(main.c.id == record.id, fitting)).first() is not None
