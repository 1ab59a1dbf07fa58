"""Which columns of a table are added up at its foot."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.load import load_form
from dougong.definition.sums import summed
from dougong.fields.registry import field_types

COLUMNS: dict[str, Any] = {
    "what": {"type": "string"},
    "count": {"type": "number"},
    "price": {"type": "number", "x-type": "money"},
    "amount": {"x-type": "money", "x-formula": "count * price"},
    "left": {"x-type": "money", "x-formula": "100 - price"},
}


def added(columns: dict[str, Any], **more: Any) -> set[str]:
    fields = {"lines": {"type": "array", "items": {"type": "object", "properties": columns}}, **more.pop("fields", {})}
    types = field_types()
    form, _ = load_form({"name": "f", "record": {"type": "object", "properties": fields}, **more}, types, module="m")
    assert form is not None
    return set(summed(form, form.subtables[0]))


def test_what_the_author_sums_is_added_up_and_nothing_else() -> None:
    assert added(COLUMNS, fields={"total": {"x-type": "money", "x-formula": "sum(lines.amount)"}}) == {"amount"}
    checks = [{"id": "whole", "rule": "sum(lines.price) = 100", "message": "要等于 100", "at": "lines"}]
    assert added(COLUMNS, checks=checks) == {"price"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["what", "count", "price", "amount", "left"], {"count", "amount", "left"}),
        (["what", "count", "price"], {"count", "price"}),
        (["what", "count"], {"count"}),
        (["what"], set()),
    ],
)
def test_else_amounts_that_are_computed_or_the_only_ones_and_quantities(names: list[str], found: set[str]) -> None:
    assert added({name: COLUMNS[name] for name in names}) == found


def test_the_author_may_decide_for_a_column() -> None:
    columns = {**COLUMNS, "left": {**COLUMNS["left"], "x-options": {"sum": False}}}
    columns["count"] = {**COLUMNS["count"], "x-options": {"sum": True}}
    assert added(columns) == {"amount", "count"}
    columns["count"] = {**COLUMNS["count"], "x-options": {"sum": False}}
    assert added(columns) == {"amount"}
