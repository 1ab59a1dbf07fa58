"""Derived values follow what is written: sums, averages, extremes, moves, deletions, trees, lookups."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.records import doctor
from dougong.records.ops import Update
from tests.records.conftest import Desk

FIRM = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "worth": {"x-rollup": {"from": "shop.contract", "via": "firm", "fn": "sum", "field": "paid"}},
            "best": {"x-rollup": {"from": "shop.contract", "via": "firm", "fn": "max", "field": "paid"}},
        },
    },
}
CONTRACT = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "firm": {"type": "string", "x-ref": "shop.firm"},
            "amount": {"type": "number", "x-type": "money"},
            "paid": {"x-rollup": {"from": "shop.bill.lines", "via": "contract", "fn": "sum", "field": "cost"}},
            "bills": {"x-rollup": {"from": "shop.bill.lines", "via": "contract", "fn": "count"}},
            "mean": {"x-rollup": {"from": "shop.bill.lines", "via": "contract", "fn": "avg", "field": "cost"}},
            "least": {"x-rollup": {"from": "shop.bill.lines", "via": "contract", "fn": "min", "field": "cost"}},
            "most": {"x-rollup": {"from": "shop.bill.lines", "via": "contract", "fn": "max", "field": "cost"}},
            "rest": {"x-type": "money", "x-formula": "amount - paid"},
            "firm_name": {"x-lookup": {"via": "firm", "field": "name"}},
        },
    },
}
BILL = {
    "kind": "document",
    "record": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "contract": {"type": "string", "x-ref": "shop.contract"},
                        "count": {"type": "integer"},
                        "price": {"type": "number", "x-type": "money"},
                        "cost": {"x-type": "money", "x-formula": "count * price"},
                    },
                },
            },
        },
    },
}
FOLDER = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "up": {"type": "string", "x-ref": "shop.folder", "x-ref-tree": True},
            "size": {"type": "integer"},
            "below": {"x-rollup": {"from": "shop.folder", "via": "up", "fn": "sum", "field": "whole"}},
            "whole": {"type": "integer", "x-formula": "nz(size) + below"},
            "path": {"type": "string", "x-formula": "if(isblank(up), name, up.path & '/' & name)"},
        },
    },
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"firm": FIRM, "contract": CONTRACT, "bill": BILL, "folder": FOLDER})


def bill(desk: Desk, *lines: tuple[Any, int, str], submit: bool = True) -> Any:
    rows = [{"contract": contract.id, "count": count, "price": Decimal(price)} for contract, count, price in lines]
    return desk.create("shop.bill", {"lines": rows}, submit=submit)


def findings(desk: Desk) -> list[doctor.Finding]:
    def act(tx: Any) -> list[doctor.Finding]:
        return doctor.check(tx, desk.inst.catalog.live(tx))

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)


def test_rows_of_an_approved_bill_count_up_two_levels(desk: Desk) -> None:
    firm = desk.create("shop.firm", {"name": "甲"})
    one, two = (desk.create("shop.contract", {"firm": firm.id, "amount": 100}) for _ in range(2))
    bill(desk, (one, 3, "1.50"), (one, 1, "0.50"), (two, 2, "10"))
    found = desk.read(one).values
    assert (found["paid"], found["bills"], found["mean"]) == (Decimal("5.00"), 2, Decimal("2.5000"))
    assert (found["least"], found["most"], found["rest"]) == (Decimal("0.50"), Decimal("4.50"), Decimal("95.00"))
    assert desk.read(firm).values["worth"] == Decimal("25.00")
    assert desk.read(firm).values["best"] == Decimal("20.00")
    assert findings(desk) == []


def test_a_draft_counts_only_once_it_is_handed_in(desk: Desk) -> None:
    one = desk.create("shop.contract", {"amount": 10})
    draft = bill(desk, (one, 1, "3"), submit=False)
    assert desk.read(one).values["paid"] == 0
    desk.move(draft, "submit")
    assert desk.read(one).values["paid"] == 3
    desk.move(draft, "void")
    found = desk.read(one).values
    assert (found["paid"], found["bills"], found["mean"], found["most"]) == (0, 0, None, None)
    assert findings(desk) == []


def test_a_contract_moves_from_firm_to_firm_with_all_it_is_worth(desk: Desk) -> None:
    one, two = (desk.create("shop.firm", {"name": name}) for name in ("甲", "乙"))
    contract = desk.create("shop.contract", {"firm": one.id})
    bill(desk, (contract, 1, "7"))
    moved = desk.update(contract, {"firm": two.id})
    assert desk.read(one).values["worth"] == 0
    assert desk.read(two).values["worth"] == 7
    assert desk.read(moved).values["firm_name"] == "乙"
    desk.update(contract, {"firm": None})
    assert desk.read(two).values["worth"] == 0
    assert desk.read(two).values["best"] is None
    assert findings(desk) == []


def test_the_parent_of_a_write_keeps_its_version(desk: Desk) -> None:
    contract = desk.create("shop.contract", {"amount": 10})
    bill(desk, (contract, 1, "7"))
    assert desk.read(contract).version == contract.version


def test_an_extreme_that_leaves_is_looked_for_again(desk: Desk) -> None:
    contract = desk.create("shop.contract", {})
    bills = [bill(desk, (contract, 1, price)) for price in ("5", "9", "1")]
    desk.move(bills[1], "void")
    found = desk.read(contract).values
    assert (found["least"], found["most"]) == (1, 5)
    desk.move(bills[2], "void")
    assert desk.read(contract).values["least"] == 5
    assert findings(desk) == []


def test_a_tree_sums_its_branches_and_spells_its_paths(desk: Desk) -> None:
    root = desk.create("shop.folder", {"name": "a", "size": 1})
    branch = desk.create("shop.folder", {"name": "b", "size": 2, "up": root.id})
    leaf = desk.create("shop.folder", {"name": "c", "size": 4, "up": branch.id})
    assert desk.read(root).values["whole"] == 7
    assert desk.read(leaf).values["path"] == "a/b/c"
    other = desk.create("shop.folder", {"name": "o", "size": 10})
    desk.update(branch, {"up": other.id, "name": "B"})
    assert [desk.read(each).values["whole"] for each in (root, other, branch)] == [1, 16, 6]
    assert desk.read(leaf).values["path"] == "o/B/c"
    assert findings(desk) == []


def test_what_leaves_one_branch_and_comes_to_a_deeper_one_changes_nothing_above_both(desk: Desk) -> None:
    root = desk.create("shop.folder", {"name": "r", "size": 1})
    near = desk.create("shop.folder", {"name": "n", "size": 5, "up": root.id})
    middle = desk.create("shop.folder", {"name": "m", "up": root.id})
    deep = desk.create("shop.folder", {"name": "d", "size": 2, "up": middle.id})
    desk.write([Update("shop.folder", near.id, {"size": 4}), Update("shop.folder", deep.id, {"size": 3})])
    assert [desk.read(each).values["whole"] for each in (root, near, middle, deep)] == [8, 4, 3, 3]
    assert findings(desk) == []


def test_nothing_lies_below_itself(desk: Desk) -> None:
    root = desk.create("shop.folder", {"name": "a"})
    branch = desk.create("shop.folder", {"name": "b", "up": root.id})
    assert desk.refused(lambda: desk.update(root, {"up": branch.id})) == {("/up", "cycle")}


def test_a_record_in_the_recycle_bin_does_not_count(desk: Desk) -> None:
    root = desk.create("shop.folder", {"name": "a", "size": 1})
    branch = desk.create("shop.folder", {"name": "b", "size": 2, "up": root.id})
    desk.move(branch, "delete")
    assert desk.read(root).values["whole"] == 1
    desk.move(branch, "restore")
    assert desk.read(root).values["whole"] == 3
    assert findings(desk) == []


def test_the_doctor_names_the_lowest_wrong_value_and_repairs_it(desk: Desk) -> None:
    firm = desk.create("shop.firm", {"name": "甲"})
    contract = desk.create("shop.contract", {"firm": firm.id, "amount": 10})
    bill(desk, (contract, 1, "7"))

    def spoil(tx: Any) -> None:
        tables = desk.inst.catalog.live(tx).table("shop.contract")
        tx.conn.execute(tables.main.update().values({tables.column("paid").name: Decimal(3)}))

    transaction(desk.inst, desk.actor.tenant, desk.actor, spoil)
    assert next((each.name, each.rows) for each in findings(desk)) == ("paid", 1)

    def mend(tx: Any) -> None:
        doctor.repair(tx, desk.inst.catalog.live(tx))

    transaction(desk.inst, desk.actor.tenant, desk.actor, mend)
    assert findings(desk) == []
    assert desk.read(contract).values["paid"] == 7
