"""Groups and measures over the records an actor may view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..definition.model import Field
from ..fields.type import FieldType
from ..formula.exact import plain
from ..kernel.actor import Actor
from ..records.aggregate import Group, Groups, aggregate
from ..records.present import instant, json_value
from ..records.query import MOST
from ..records.titles import Titles
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def aggregate_records(
    inst: Installation,
    actor: Actor,
    form: str,
    *,
    group: Sequence[str] = (),
    measures: Mapping[str, str] | None = None,
    filter: str | None = None,  # noqa: A002 - the word of the API
    limit: int = MOST,
    after: str | None = None,
) -> dict[str, Any]:
    """{items: [{group: {name: value}, values: {name: value}, titles}], next}. Raises NotFound, Forbidden, Malformed."""

    def act(tx: Transaction) -> dict[str, Any]:
        model = inst.catalog.live(tx)
        found = aggregate(tx, model, form, group=group, measures=measures, filter=filter, limit=limit, after=after)
        return {"items": _items(inst, found, Titles(tx, model)), "next": found.next}

    return read(inst, actor, act)


def _items(inst: Installation, found: Groups, titles: Titles) -> list[dict[str, Any]]:
    for values, _ in found.items:
        for each, value in zip(found.groups, values, strict=True):
            if each.field is not None:
                titles.want(each.field, value)
    return [
        {
            "group": {
                each.name: _value(inst.types, each, value) for each, value in zip(found.groups, values, strict=True)
            },
            "values": {name: _plain(value) for name, value in measured.items()},
            "titles": _titles(found.groups, values, titles),
        }
        for values, measured in found.items
    ]


def _titles(groups: Sequence[Group], values: Sequence[Any], titles: Titles) -> dict[str, Any]:
    named = {each.name: titles.of(each.field, value) for each, value in zip(groups, values, strict=True) if each.field}
    return {name: title for name, title in named.items() if title is not None}


def _value(types: Mapping[str, FieldType], group: Group, value: Any) -> Any:
    field: Field | None = group.field
    return json_value(types, field, value) if field is not None else _plain(value)


def _plain(value: Any) -> Any:
    """A canonical value without a field as JSON; a number as short as it can be written, on both databases."""
    if isinstance(value, Decimal):
        return Decimal(plain(value))
    if hasattr(value, "tzinfo") and hasattr(value, "date"):
        return instant(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
