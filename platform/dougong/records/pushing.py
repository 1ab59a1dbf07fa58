"""Push-down: which documents may be begun from a record, because a reference of theirs may name it, and which of its rows
they take over. One rule: what is offered could be chosen by hand just as well; the new document's own defaults and
`x-rows` fill the rest through the reference, whichever way it was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..access import allowed, fields
from ..definition.inference import rows_source
from ..definition.model import Field, Form, RowsRule
from ..fields.masking import Masked
from ..formula.to_sql import to_sql
from ..kernel.errors import FormulaError, NotFound
from ..kernel.ids import new_id
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from . import files, query
from .formulas import Formulas, value_of
from .merging import blank
from .record import Record
from .write_set import RowChange, WriteSet

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


def source_of(model: Model, form: Form, sub: Field) -> Field | None:
    """The reference of a form whose record the rows of a subtable are taken over from."""
    found = rows_source(model.definitions, form, sub.rows_from) if sub.rows_from is not None else None
    return found[0] if found is not None else None


def handed_on(
    tx: Transaction, model: Model, form: Form, sub: Field, values: Mapping[str, Any]
) -> list[dict[str, Any]] | None:
    """The rows that `x-rows` puts into a new record's subtable, canonical by column; `values` are the record's own. None
    where the reference names nothing that the actor may see."""
    rule = sub.rows_from
    found = rows_source(model.definitions, form, rule) if rule is not None else None
    target = values.get(found[0].name) if found is not None else None
    if rule is None or found is None or found[0].ref is None or not isinstance(target, str):
        return None
    reference, table = found[0].ref, found[1]
    try:
        levels = query.get(tx, model, reference, target)[1]
    except NotFound:
        return None
    if levels.level(table.name) not in ("read", "edit"):
        return None
    seen = {each.name: each for each in table.fields if levels.level(f"{table.name}.{each.name}") in ("read", "edit")}
    ws = WriteSet(tx, model)
    plain = {name: value for name, value in values.items() if not isinstance(value, Masked)}
    holder = ws.insert(form.full_name, blank(form.fields) | plain | {"$id": new_id(), "$state": "draft"})
    rows = [each for each in ws.children(reference, table.name, target) if each.now is not None]
    return [made for row in rows if (made := _handed(ws, rule, sub, seen, row, holder)) is not None]


def _handed(
    ws: WriteSet, rule: RowsRule, sub: Field, seen: Mapping[str, Field], row: RowChange, holder: RowChange
) -> dict[str, Any] | None:
    """One row as it is taken over; None for one that is left out, or that a formula finds no answer for."""
    formulas = Formulas(ws)
    try:
        if rule.where is not None and not formulas.holds(rule.where, row, holder=holder):
            return None
        if not rule.values:
            pairs = ((each, seen.get(each.name)) for each in sub.fields)
            return {each.name: value_of(ws, row, other) for each, other in pairs if other and _alike(each, other)}
        columns = {each.name: each for each in sub.fields}
        made = {name: formulas.value(expr, row, holder=holder) for name, expr in rule.values.items()}
    except FormulaError:
        return None
    return {
        name: None if value is None else ws.model.types[columns[name].value_type].settle(value, columns[name])
        for name, value in made.items()
    }


def _alike(each: Field, other: Field) -> bool:
    """Whether a column can hold what the one of the same name holds; files stay with their record."""
    same = (each.value_type, each.ref) == (other.value_type, other.ref)
    return same and not each.computed and each.value_type not in (*files.KINDS, "auto_number", "secret")
