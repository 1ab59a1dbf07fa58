"""Derived columns that come to many rows are filled in the background while people go on writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dougong.actions.transaction import transaction
from dougong.records import building, doctor
from tests import makers
from tests.records.conftest import Desk

SALE = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "shop": {"type": "string", "x-ref": "big.shop"},
            "amount": {"type": "number", "x-type": "money"},
        },
    },
}
SHOP = {"kind": "master", "record": {"type": "object", "properties": {"name": {"type": "string"}}}}


def with_sums(shop: dict[str, Any]) -> dict[str, Any]:
    sums = {
        "sum": {"x-rollup": {"from": "big.sale", "via": "shop", "fn": "sum", "field": "amount"}},
        "mean": {"x-rollup": {"from": "big.sale", "via": "shop", "fn": "avg", "field": "amount"}},
        "most": {"x-rollup": {"from": "big.sale", "via": "shop", "fn": "max", "field": "amount"}},
        "double": {"type": "number", "x-type": "money", "x-formula": "sum * 2"},
    }
    return {**shop, "record": {"type": "object", "properties": {**shop["record"]["properties"], **sums}}}


def step(desk: Desk, size: int = 2) -> bool:
    def act(tx: Any) -> bool:
        return building.work(tx, desk.inst.catalog.live(tx), size)

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act)


def test_writers_and_the_job_end_with_the_same_sums(publish: Callable[..., None], desk: Desk) -> None:
    publish(big={"shop": SHOP, "sale": SALE})
    shops = [desk.create("big.shop", {"name": str(n)}).id for n in range(5)]
    sales = [desk.create("big.sale", {"shop": shops[n % 5], "amount": Decimal(n)}) for n in range(10)]
    small = replace(desk.inst, settings=replace(desk.inst.settings, build_rows=3))
    makers.publish(small, desk.actor.tenant, {"big": {"shop": with_sums(SHOP), "sale": SALE}})
    assert desk.rows("select count(*) from dg_building")[0][0] > 0
    number = 0
    while step(desk):
        number += 1
        desk.create("big.sale", {"shop": shops[number % 5], "amount": Decimal(100 + number)})
        desk.update(sales[number % 10], {"amount": Decimal(number), "shop": shops[(number * 3) % 5]})
    assert number > 6

    def act(tx: Any) -> list[doctor.Finding]:
        return doctor.check(tx, desk.inst.catalog.live(tx))

    assert transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False) == []
    assert desk.rows("select count(*) from dg_building")[0][0] == 0
