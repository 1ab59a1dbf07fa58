"""An approved document posts to the ledger once, and a void answers with a counter-entry."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Conflict, Forbidden, NotFound
from tests.records.conftest import Desk

CONTRACT = {
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "stage": {"type": "string"},
            "cost": {"x-rollup": {"from": "shop.ledger", "via": "contract", "fn": "sum", "field": "amount"}},
        },
    },
    "checks": [{"id": "limit", "rule": "cost <= 100", "message": "超过预算"}],
}
LEDGER = {
    "kind": "log",
    "record": {
        "type": "object",
        "properties": {
            "contract": {"type": "string", "x-ref": "shop.contract"},
            "amount": {"type": "number", "x-type": "money"},
            "price": {"type": "number", "x-type": "money", "x-options": {"reverse": False}},
            "source": {"type": "string"},
            "day": {"type": "string", "format": "date", "x-options": {"reverse": "today"}},
        },
    },
}
CLAIM: dict[str, Any] = {
    "kind": "document",
    "flow": {"nodes": [{"type": "approve", "id": "a", "title": "批", "who": [{"role": "boss"}]}]},
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-number": "C-{seq:2}"},
            "contract": {"type": "string", "x-ref": "shop.contract"},
            "mark": {"type": "string"},
            "lines": {
                "type": "array",
                "items": {"type": "object", "properties": {"amount": {"type": "number", "x-type": "money"}}},
            },
        },
    },
    "effects": [
        {
            "id": "post", "on": "approved", "do": "post", "form": "shop.ledger", "each": "lines", "where": "amount > 0",
            "values": {"contract": "parent.contract", "amount": "amount", "price": "amount / 3", "source": "parent.code",
                       "day": "date('2025-08-04')"},
        },
        {"id": "stage", "on": "submitted", "do": "set", "form": "shop.contract", "values": {"stage": "'申报'"}},
        {"id": "own", "on": "submitted", "do": "set", "form": "shop.claim", "values": {"mark": "'已报'"}},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"contract": CONTRACT, "ledger": LEDGER, "claim": CLAIM})


@pytest.fixture
def contract(desk: Desk) -> Any:
    return desk.create("shop.contract", {"name": "EC-1"})


def claim(desk: Desk, contract: Any, *amounts: int | str) -> Any:
    lines = [{"amount": Decimal(each)} for each in amounts]
    return desk.create("shop.claim", {"contract": contract.id, "lines": lines}, submit=True)


def ledger(desk: Desk) -> list[Decimal]:
    from dougong.actions.transaction import transaction
    from dougong.records import query

    def act(tx: Any) -> list[Decimal]:
        page = query.find(tx, desk.inst.catalog.live(tx), "shop.ledger", query.Query())
        return sorted((each.values["amount"], each.values["price"], each.values["source"]) for each in page.items)

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)


def test_what_is_submitted_sets_fields_here_and_there(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 10)
    assert desk.read(made).values["mark"] == "已报"
    changed = desk.read(contract)
    assert (changed.values["stage"], changed.version) == ("申报", 2)
    assert ledger(desk) == []


def test_approval_posts_each_row_that_counts(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 30, 0, "10.50")
    desk.move(made, "approve")
    assert ledger(desk) == [(Decimal("10.50"), Decimal("3.50"), "C-01"), (Decimal(30), Decimal(10), "C-01")]
    assert desk.read(contract).values["cost"] == Decimal("40.50")


def test_a_void_answers_with_counter_entries_that_keep_the_price(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 30)
    desk.move(made, "approve")
    desk.move(made, "void")
    assert ledger(desk) == [(Decimal(-30), Decimal(10), "C-01"), (Decimal(30), Decimal(10), "C-01")]
    assert desk.read(contract).values["cost"] == 0


def test_a_counter_entry_is_dated_the_day_of_the_void_where_the_ledger_asks_for_it(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 30)
    desk.move(made, "approve")
    desk.move(made, "void")
    days = {str(day) for (day,) in desk.rows("SELECT f_day FROM shop__ledger")}
    assert days == {"2025-08-04", "2026-02-27"}


def test_a_check_on_what_is_posted_to_refuses_the_approval(desk: Desk, contract: Any) -> None:
    desk.move(claim(desk, contract, 90), "approve")
    made = claim(desk, contract, 20)
    assert {code for _, code in desk.refused(lambda: desk.move(made, "approve"))} == {"check"}
    assert len(ledger(desk)) == 1
    assert desk.read(made).state == "in_approval"


def test_an_effect_happens_once_however_often_it_is_submitted(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 10)
    desk.move(made, "withdraw")
    desk.update(contract, {"stage": "结"})
    desk.move(made, "submit")
    assert desk.read(contract).values["stage"] == "结"
    assert desk.rows("SELECT count(*) FROM dg_effect") == [(2,)]


def test_approving_twice_posts_once(desk: Desk, contract: Any) -> None:
    made = claim(desk, contract, 10)
    desk.move(made, "approve")
    with pytest.raises(Conflict) as refusal:
        desk.move(made, "approve")
    assert refusal.value.code == "already_done"
    assert len(ledger(desk)) == 1


def test_nobody_writes_a_log_by_hand(desk: Desk) -> None:
    with pytest.raises((Forbidden, NotFound)):
        desk.create("shop.ledger", {"amount": 1})
