"""What helps somebody to choose: which records fit the form as it is filled so far, which were chosen lately, and two more
values by which people tell records apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from ..access import allowed, fields
from ..definition.model import Field, Form
from ..fields.type import FieldType
from ..formula.to_sql import to_sql
from ..records.query_lookup import _closed, holder_refs
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from .sheet_state import FormState

#: Chosen ones that stand first, and records of one's own that are looked at for them.
RECENT, LOOKED_AT = 5, 60
#: Types that tell records apart in a word.
_TELLING = frozenset({"choice", "text", "auto_number", "month", "date"})


def fitting(
    tx: Transaction, model: Model, form: str, field: Field, state: FormState | None, row: str
) -> ColumnElement[bool] | None:
    """`x-ref-where` in SQL, what it asks of the record or row being filled replaced by what stands there now; None where
    there is none, or where it looks further than SQL, or than the form."""
    where, target = field.ref_where, field.ref or ""
    if where is None:
        return None
    sub = next((each.name for each in model.form(form).subtables if field in each.fields), None)
    checked = model.definitions.checked(where, target, holder=(form, sub))
    refs = set(holder_refs(checked))
    if not checked.queryable or (refs and state is None):
        return None
    values: dict[Any, Any] = {}
    for ref in refs:
        held = _held(state, sub, row, ref.path) if state is not None else None
        if held is None:
            return None
        values[ref] = held[0]
    return to_sql(_closed(checked, values), Resolver(model, target, tx=tx))


def _held(state: FormState, sub: str | None, row: str, path: tuple[str, ...]) -> tuple[Any] | None:
    """The value of a name on the form being filled, in a tuple; None when it lies beyond the form."""
    name = ".".join(path)
    columns: Mapping[str, Any] = {}
    if sub is not None:
        columns = next((each.values for each in state.rows.get(sub, ()) if each.id == row), {})
    if name in columns:
        return (columns[name],)
    return (state.evaluation.values[name],) if name in state.evaluation.values else None


def recent(tx: Transaction, model: Model, form: str, field: Field) -> list[str]:
    """What the actor has chosen in this field lately, latest first."""
    tables, main = model.table(form), model.table(form).main
    sub = next((each.name for each in model.form(form).subtables if field in each.fields), None)
    if tx.actor.member is None or field.value_type != "reference" or not tables.has(field.name, sub):
        return []
    column = tables.column(field.name, sub)
    query = select(column).where(main.c.created_by == tx.actor.member, column.is_not(None))
    if sub is not None:
        table = tables.table(sub)
        query = query.join(main, main.c.id == table.c.parent)
    found = tx.conn.scalars(query.order_by(main.c.updated_at.desc()).limit(LOOKED_AT)).all()
    return list(dict.fromkeys(found))[:RECENT]


def telling(tx: Transaction, model: Model, target: str, title: str | None) -> list[tuple[Field, Any]]:
    """Two fields of the target with their columns that tell its records apart: those its first view shows."""
    form, tables = model.form(target), model.table(target)
    shown = [name for view in form.views[:1] for name in view.columns] or [each.name for each in form.fields]
    access = fields(tx, model, target)
    found = []
    for name in shown:
        each = form.find(name)
        told = each is not None and each.value_type in _TELLING and name != title and not each.mask
        if each is not None and told and tables.has(name) and access.queryable(name):
            found.append((each, tables.column(name)))
    return found[:2]


def told(types: Mapping[str, FieldType], pairs: list[tuple[Field, Any]], row: Any) -> list[str]:
    """Those values in words."""
    words = []
    for index, (each, _) in enumerate(pairs):
        value = row[index]
        if value is not None:
            kind = types[each.value_type]
            named = {kind.write_form(key, each): label for key, label in kind.choices(each)}
            text = kind.write_form(value, each)
            words.append(named.get(text, text))
    return words


def may_make(tx: Transaction, model: Model, target: str) -> bool:
    """Whether the actor may make a record of the target."""
    return allowed(tx, model, target, "create") and model.form(target).kind not in ("log", "settings")


def named_by(model: Model, target: str) -> str:
    """The target's own text that is its title: what was typed into the picker begins it; "" when there is none."""
    form: Form = model.form(target)
    name = model.definitions.title_field(target)
    field = form.find(name) if name else None
    return field.name if field is not None and field.value_type == "text" and not field.computed else ""
