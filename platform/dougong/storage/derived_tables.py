"""Compares unique rules and totals with the tables kept for them. One rule: such a table holds nothing that cannot be
computed again, so it is dropped and made anew where its meaning changed."""

from __future__ import annotations

from ..definition.model import Expr, Form
from . import rows
from .changes import CreateDerived, DropDerived
from .draft import Draft
from .model import total_shape
from .tables import main_name, shape_text, uniques_of


def diff(draft: Draft) -> None:
    """Key tables of unique rules and tables of totals: dropped and made again where their meaning changed."""
    standing = {(row.form, row.kind, row.id): row for row in draft.standing.derived.values()}
    for name, form in sorted(draft.definitions.forms.items()):
        fresh = name not in draft.standing.forms
        for kind, id_, shape in _derived(draft, form):
            row = standing.pop((name, kind, id_), None)
            if row is not None and row.shape == shape:
                continue
            if row is not None:
                draft.changes.append(DropDerived(row.name))
            draft.changes.append(CreateDerived(name, kind, id_, shape))
            if not fresh:
                draft.step(f"add_{kind}", name, id_, rows=rows.count_rows(draft.tx.conn, main_name(name)))
                (draft.uniques if kind == "unique" else draft.totals).append((name, id_))
    for (form_name, kind, id_), row in sorted(standing.items()):
        draft.changes.append(DropDerived(row.name))
        if form_name in draft.definitions.forms:
            draft.step(f"drop_{kind}", form_name, id_)


def _derived(draft: Draft, form: Form) -> list[tuple[str, str, str]]:
    """(kind, id, shape) of every derived table of the form. The shape speaks of x-ids where it can, so that a rename alone
    rebuilds nothing that does not read the name."""
    found = []
    for each in uniques_of(form):
        columns = [_spec_text(draft, form, name) for name in each.fields]
        where = each.where.text if each.where is not None else ("document" if form.is_document else None)
        found.append(("unique", each.id, shape_text([columns, where])))
    for total in form.totals:
        shape = total_shape(draft.definitions, form, total.name)
        keys = [(key, expr.text) for key, expr in total.key.items()]
        values = [
            (value, fn, expr.text if isinstance(expr, Expr) else None) for value, (fn, expr) in total.values.items()
        ]
        where = total.where.text if total.where is not None else ("document" if form.is_document else None)
        found.append(("total", total.name, shape_text([shape.keys, shape.values, keys, values, total.each, where])))
    return found


def _spec_text(draft: Draft, form: Form, name: str) -> list[str]:
    """A unique rule's field by its identity and type."""
    found = form.find(name)
    if found is not None:
        return ["", found.id, found.value_type]
    sub, _, rest = name.partition(".")
    table_ = form.subtable(sub)
    each = next((each for each in table_.fields if each.name == rest), None) if table_ is not None else None
    return [table_.id, each.id, each.value_type] if table_ is not None and each is not None else ["", name, ""]
