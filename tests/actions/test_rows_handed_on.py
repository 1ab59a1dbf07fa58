"""A document begun from another takes over its rows, with what is left of each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.change_sheet import change_sheet
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.open_sheet import begin_filled, begin_sheet, open_form
from dougong.actions.save_sheet import save_form
from dougong.kernel.actor import Actor

ORDER: dict[str, Any] = {
    "title": "订单", "kind": "document",
    "record": {"type": "object", "properties": {
        "name": {"type": "string"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {
            "item": {"type": "string"},
            "count": {"type": "integer"},
            "price": {"type": "number", "x-type": "money"}}}}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "submit"], "rows": "own"}],
}  # fmt: skip
LEFT = "count - total('shop.delivery.per_item', $id, item).count"
DELIVERY: dict[str, Any] = {
    "title": "送货", "kind": "document",
    "record": {"type": "object", "properties": {
        "order": {"type": "string", "x-ref": "shop.order"},
        "lines": {"type": "array", "x-rows": {
            "from": "order.lines", "where": f"{LEFT} > 0", "values": {"item": "item", "count": LEFT}},
            "items": {"type": "object", "properties": {
                "item": {"type": "string"},
                "count": {"type": "integer"},
                "note": {"type": "string", "x-default": "'好'"}}}},
        "copies": {"type": "array", "x-rows": {"from": "order.lines"}, "items": {"type": "object", "properties": {
            "item": {"type": "string"}, "count": {"type": "string"}}}}}},
    "totals": [{"name": "per_item", "each": "lines", "key": {"order": "parent.order", "item": "item"},
                "values": {"count": "sum(count)"}, "where": "parent.$state in ('in_approval', 'approved')"}],
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "submit"], "rows": "own"}],
}  # fmt: skip
FORM = "shop.delivery"


@pytest.fixture
def clerk(installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]) -> Actor:
    publish(shop={"order": ORDER, "delivery": DELIVERY})
    return member("bob", "clerk")


@pytest.fixture
def order(installation: Installation, clerk: Actor) -> str:
    return ordered(installation, clerk, ("钉子", 10), ("木板", 3))


def ordered(inst: Installation, actor: Actor, *lines: tuple[str, int]) -> str:
    rows = [{"item": item, "count": count, "price": 2} for item, count in lines]
    return str(create_record(inst, actor, "shop.order", {"name": "甲", "lines": rows}, submit=True)["id"])


def begun(inst: Installation, actor: Actor, order: str) -> str:
    return begin_filled(inst, actor, FORM, given={"order": [order]}).token


def lines(inst: Installation, actor: Actor, token: str, sub: str = "lines") -> list[tuple[Any, ...]]:
    state = open_form(inst, actor, FORM, token).state
    return [tuple(row.values[each] for each in ("item", "count")) for row in state.rows[sub]]


def test_the_rows_come_along_with_what_is_left(installation: Installation, clerk: Actor, order: str) -> None:
    sent = {"order": order, "lines": [{"item": "钉子", "count": 4}, {"item": "木板", "count": 3}]}
    create_record(installation, clerk, FORM, sent, submit=True)
    create_record(installation, clerk, FORM, {"order": order, "lines": [{"item": "钉子", "count": 1}]})  # a draft
    token = begun(installation, clerk, order)
    assert lines(installation, clerk, token) == [("钉子", 6)]
    assert open_form(installation, clerk, FORM, token).state.rows["lines"][0].values["note"] == "好"
    saved = save_form(installation, clerk, FORM, token, submit=True)
    assert saved["state"] == "approved"
    assert lines(installation, clerk, begun(installation, clerk, order)) == []


def test_without_a_mapping_columns_of_the_same_name_and_type_come_along(
    installation: Installation, clerk: Actor, order: str
) -> None:
    token = begun(installation, clerk, order)
    assert lines(installation, clerk, token, "copies") == [("钉子", None), ("木板", None)]


def test_a_reference_chosen_by_hand_brings_its_rows_until_somebody_changes_them(
    installation: Installation, clerk: Actor, order: str
) -> None:
    other = ordered(installation, clerk, ("螺丝", 7))
    token = begin_sheet(installation, clerk, FORM)
    change_sheet(installation, clerk, FORM, token, {"order": [order]})
    assert lines(installation, clerk, token) == [("钉子", 10), ("木板", 3)]
    change_sheet(installation, clerk, FORM, token, {"order": [other]})
    assert lines(installation, clerk, token) == [("螺丝", 7)]
    (row,) = open_form(installation, clerk, FORM, token).state.rows["lines"]
    change_sheet(installation, clerk, FORM, token, {f"lines.{row.id}.count": ["5"]})
    change_sheet(installation, clerk, FORM, token, {"order": [order]})
    assert lines(installation, clerk, token) == [("螺丝", 5)]


def test_nobody_takes_over_rows_he_may_not_see(
    installation: Installation, clerk: Actor, member: Callable[..., Actor], order: str
) -> None:
    eve = member("eve", "clerk")
    assert lines(installation, eve, begun(installation, eve, order)) == []


def test_a_copy_and_rows_of_an_address_are_kept(installation: Installation, clerk: Actor, order: str) -> None:
    made = create_record(installation, clerk, FORM, {"order": order, "lines": [{"item": "绳", "count": Decimal(2)}]})
    copied = begin_filled(installation, clerk, FORM, copy=made["id"]).token
    assert lines(installation, clerk, copied) == [("绳", 2)]
    given = {"order": [order], "lines.0.item": ["漆"], "lines.0.count": ["1"]}
    assert lines(installation, clerk, begin_filled(installation, clerk, FORM, given=given).token) == [("漆", 1)]
