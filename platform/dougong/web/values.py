"""Rows of records for lists and the workbench: title, state, the figure that matters, who and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..definition.model import Field, Form
from ..pages import formats
from ..pages.values import Reader, of, title_of
from ..storage.model import Model
from .current import installation, locale


@dataclass(frozen=True, slots=True)
class Row:
    """One record in a list of mixed forms. `updated` is an RFC 3339 text, good for sorting."""

    href: str
    title: str
    form: str
    state: str
    amount: str
    note: str
    updated: str


def reader() -> Reader:
    """Who reads this page."""
    return Reader(locale(), installation().settings.zone)


def amount_field(form: Form) -> Field | None:
    """The figure that sums a record up: the money its own list adds up first, else its last money field, computed ones
    first."""
    money = [each for each in form.fields if each.value_type == "money"]
    summed = next((name for view in form.views for name, how in view.totals.items() if how == "sum"), None)
    listed = next((each for each in money if each.name == summed), None)
    if listed is not None:
        return listed
    computed = [each for each in money if each.computed]
    found = computed or money
    return found[-1] if found else None


def rows_of(model: Model, form: Form, records: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows of presented records of one form."""
    title = model.definitions.title_field(form.full_name)
    return [_row(form, title, each, reader()) for each in records]


def _row(form: Form, title: str | None, record: Mapping[str, Any], here: Reader) -> Row:
    amount = amount_field(form)
    figure = of(form, amount.name, record, here) if amount is not None and amount.name in record["values"] else None
    titles = record.get("titles", {})
    said = [titles.get("$owner"), *_references(form, record, here)]
    return Row(
        f"/f/{form.full_name}/{record['id']}",
        title_of(form, record, title, here),
        form.title,
        record["state"],
        figure.text if figure is not None and not figure.empty else "",
        " · ".join(str(each) for each in said if each),
        str(record["updated_at"]),
    )


def _references(form: Form, record: Mapping[str, Any], here: Reader) -> list[str]:
    """The first two references: whose record this is, for people."""
    found = [of(form, each.name, record, here) for each in form.fields if each.value_type == "reference"]
    return [each.text for each in found if each.text != formats.EMPTY][:2]
