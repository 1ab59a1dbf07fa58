"""Gives a record to be printed: its values as the actor may see them, and what happened to it. One rule: only who may print
the record gets it, and the audit says who printed what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..access import require
from ..definition.model import Field, Form, Print
from ..definition.screens import placeholders
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..records import query
from ..records.history import history
from ..records.present import present
from ..records.query import Query
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction

#: The page every form has: its layout, as it is shown.
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Printed:
    """`shown` is the record as the API shows it, with the values behind references that the page names, whose fields are
    `behind`; `acts` its history, oldest first."""

    form: Form
    page: Print
    shown: dict[str, Any]
    acts: list[dict[str, Any]]
    behind: dict[str, Field]


def print_record(
    inst: Installation, actor: Actor, form: str, record: str, name: str, request_id: str | None = None
) -> Printed:
    """Raises NotFound for a record that is absent or invisible and for a page the form does not have, Forbidden without
    the right to print."""

    def act(tx: Transaction) -> Printed:
        model = inst.catalog.live(tx)
        definition = model.form(form)
        require(tx, model, form, "print", record)
        page = page_of(definition, name)
        found, levels = query.get(tx, model, form, record)
        shown = present(tx, model, inst.types, [found], {record: levels})[0]
        fields: dict[str, Field] = {}
        if paths := list(_paths(definition, page)):
            asked = Query(filter=f"$id = '{found.id}'", fields=paths)
            rows = query.find(tx, model, form, asked)
            (behind,) = query.show(tx, model, inst.types, rows) or [shown]
            shown = {**shown, **{key: {**behind[key], **shown[key]} for key in ("values", "titles")}}
            fields = {name: each for some in rows.behind.values() for name, (each, _) in some.items()}
        acts = list(reversed(history(tx, model, form, record, levels)))
        tx.audit(form, record, "print", [{"field": "print", "old": None, "new": page.title}])
        return Printed(definition, page, shown, acts, fields)

    return transaction(inst, actor.tenant, actor, act, request_id=request_id)


def page_of(form: Form, name: str) -> Print:
    """The page of this name; the standard one where the author has written none of that name. Raises NotFound."""
    found = next((each for each in form.prints if each.name == name), None)
    if found is None and name != STANDARD:
        raise NotFound("not_found", form=form.full_name, id=name)
    return found or Print("", STANDARD, form.title, "A4", False, standard_blocks(form))


def standard_blocks(form: Form) -> tuple[dict[str, Any], ...]:
    """Heading, every field in the layout's order, every subtable, what happened."""
    laid = [cell.field for section in form.layout for cell in section.cells]
    fields = [form.find(name) for name in laid] if laid else list(form.fields)
    drawn = [each for each in fields if each is not None and each.drawn]
    plain = [each.name for each in drawn if not each.is_subtable]
    tables = [{"table": each.name} for each in drawn if each.is_subtable]
    return ({"heading": form.title + " {{$number}}"}, {"fields": plain, "columns": 2}, *tables, {"trail": True})


def _paths(form: Form, page: Print) -> Iterable[str]:
    """The values behind references that the page names."""
    names: dict[str, None] = {}
    for block in page.blocks:
        for key in ("heading", "text", "qr"):
            if isinstance(block.get(key), str):
                names.update(dict.fromkeys(placeholders(block[key])))
        names.update(dict.fromkeys(each for each in block.get("fields") or () if isinstance(each, str)))
    return (each for each in names if "." in each and form.find(each) is None and not each.startswith("$"))
