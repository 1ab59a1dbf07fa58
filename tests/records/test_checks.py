"""Checks on what a write changes elsewhere: reservation, the repair rule, keyed limits, where a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Invalid, Unconfirmed
from dougong.kernel.problems import Problem
from tests.records.conftest import Desk

APPROVE = {"nodes": [{"type": "approve", "id": "boss", "title": "批", "who": [{"role": "boss"}]}]}
CONTRACT = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "payable": {"type": "number", "x-type": "money"},
            "paid": {
                "x-rollup": {"from": "pay.ask", "via": "contract", "fn": "sum", "field": "amount"},
            },
            "reserved": {
                "x-rollup": {
                    "from": "pay.ask",
                    "via": "contract",
                    "fn": "sum",
                    "field": "amount",
                    "where": "$state = 'in_approval'",
                }
            },
            "balance": {"x-type": "money", "x-formula": "payable - paid - reserved"},
        },
    },
    "checks": [{"id": "balance", "rule": "balance >= 0", "message": "{name} 余额不足", "at": "payable"}],
}
ASK = {
    "kind": "document",
    "flow": APPROVE,
    "record": {
        "type": "object",
        "properties": {
            "contract": {"type": "string", "x-ref": "pay.contract"},
            "amount": {"type": "number", "x-type": "money"},
        },
    },
}
TICKET = {
    "kind": "document",
    "flow": APPROVE,
    "record": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "worker": {"type": "string", "x-ref": "pay.worker"},
                        "hours": {"type": "number", "x-type": "decimal", "x-scale": 2},
                    },
                },
            },
        },
    },
    "totals": [
        {
            "name": "per_day",
            "each": "lines",
            "key": {"worker": "worker", "day": "parent.day"},
            "values": {"hours": "sum(hours)", "mean": "avg(hours)", "rows": "count()"},
            "where": "parent.$state in ('in_approval', 'approved', 'closed')",
        }
    ],
    "checks": [
        {
            "id": "day24",
            "each": "lines",
            "rule": "total('pay.ticket.per_day', worker, parent.day).hours <= 24",
            "message": "{worker} 当日累计超过 24 小时",
            "at": "hours",
        },
        {
            "id": "day12",
            "each": "lines",
            "level": "warn",
            "rule": "total('pay.ticket.per_day', worker, parent.day).hours <= 12",
            "message": "{worker} 当日累计超过 12 小时",
            "at": "hours",
        },
    ],
}
WORKER = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "today": {
                "type": "number",
                "x-type": "decimal",
                "x-formula": "total('pay.ticket.per_day', $id, date('2025-08-04')).hours",
            },
        },
    },
}


@pytest.fixture(autouse=True)
def pay(publish: Callable[..., None]) -> None:
    publish(pay={"contract": CONTRACT, "ask": ASK, "ticket": TICKET, "worker": WORKER})


@pytest.fixture
def contract(desk: Desk) -> Any:
    return desk.create("pay.contract", {"name": "EC-A-001", "payable": 960000})


def ask(desk: Desk, contract: Any, amount: str) -> Any:
    return desk.create("pay.ask", {"contract": contract.id, "amount": Decimal(amount)}, submit=True)


def balance(desk: Desk, contract: Any) -> tuple[Any, ...]:
    found = desk.read(contract).values
    return found["paid"], found["reserved"], found["balance"]


def refusal(act: Callable[[], Any]) -> Problem:
    with pytest.raises(Invalid) as refused:
        act()
    (problem,) = refused.value.problems
    return problem


def test_five_requests_on_one_contract(desk: Desk, contract: Any) -> None:
    first = ask(desk, contract, "960000")
    assert balance(desk, contract) == (0, 960000, 0)
    desk.move(first, "approve")
    desk.update(contract, {"payable": 2280000})
    desk.move(ask(desk, contract, "1300000"), "approve")
    desk.update(contract, {"payable": 3456000})
    problem = refusal(lambda: ask(desk, contract, "1200000"))
    assert (problem.pointer, problem.code, problem.message) == ("/contract", "check", "EC-A-001 余额不足")
    assert problem.mend == "/amount"  # where a person changes it
    given = {name: problem.params[name] for name in ("available", "asked", "excess")}
    assert given == {"available": 1196000, "asked": 1200000, "excess": 4000}
    desk.move(ask(desk, contract, "1196000"), "approve")
    desk.update(contract, {"payable": 4656000})
    fourth = ask(desk, contract, "1000000")
    assert refusal(lambda: ask(desk, contract, "300000")).params["available"] == 200000
    desk.move(fourth, "reject")
    desk.move(ask(desk, contract, "300000"), "approve")
    desk.update(contract, {"payable": 5616000})
    assert balance(desk, contract) == (3756000, 0, 1860000)


def test_a_contract_that_is_overdrawn_already_may_be_repaired_but_not_worsened(desk: Desk, contract: Any) -> None:
    one, two = ask(desk, contract, "500000"), ask(desk, contract, "400000")
    for each in (one, two):
        desk.move(each, "approve")
    assert refusal(lambda: desk.update(contract, {"payable": 100000})).pointer == "/payable"
    _force(desk, contract, Decimal(100000))
    desk.move(one, "void")
    assert desk.read(contract).values["balance"] == -300000
    assert refusal(lambda: ask(desk, contract, "1")).params["excess"] == 300001
    desk.update(contract, {"name": "EC-A-002"})
    desk.update(contract, {"payable": 150000})
    assert refusal(lambda: desk.update(contract, {"payable": 149999})).pointer == "/payable"


def _force(desk: Desk, contract: Any, payable: Decimal) -> None:
    """A contract signed down outside the program."""
    from dougong.actions.transaction import transaction
    from dougong.records import doctor

    def act(tx: Any) -> None:
        model = desk.inst.catalog.live(tx)
        tables = model.table("pay.contract")
        tx.conn.execute(tables.main.update().values({tables.column("payable").name: payable}))
        doctor.repair(tx, model)

    transaction(desk.inst, desk.actor.tenant, desk.actor, act)


def test_the_25th_hour_of_a_day_is_refused_at_its_row(desk: Desk) -> None:
    zhang, li = (desk.create("pay.worker", {"name": name}) for name in ("张伟", "李强"))

    def ticket(*lines: tuple[Any, str], confirm: bool = True) -> Any:
        rows = [{"worker": worker.id, "hours": Decimal(hours)} for worker, hours in lines]
        values = {"day": "2025-08-04", "lines": rows}
        return desk.create("pay.ticket", values, submit=True, confirm=confirm)

    ticket((zhang, "8"), (li, "8"))
    with pytest.raises(Unconfirmed) as warned:
        ticket((li, "8"), confirm=False)
    assert [each.pointer for each in warned.value.problems] == ["/lines/0/hours"]
    ticket((li, "8"))
    problem = refusal_of_row(lambda: ticket((zhang, "1"), (li, "9")))
    assert (problem.pointer, problem.message) == ("/lines/1/hours", "李强 当日累计超过 24 小时")
    assert (problem.params["available"], problem.params["excess"]) == (8, 1)
    assert (problem.params["worker"], problem.params["worker_title"]) == (li.id, "李强")
    ticket((li, "8"))
    assert desk.read(li).values["today"] == 24


def refusal_of_row(act: Callable[[], Any]) -> Problem:
    with pytest.raises(Invalid) as refused:
        act()
    (problem,) = [each for each in refused.value.problems if each.level == "error"]
    return problem


def test_two_rows_of_one_ticket_share_the_day(desk: Desk) -> None:
    worker = desk.create("pay.worker", {"name": "张伟"})
    rows = [{"worker": worker.id, "hours": 13}, {"worker": worker.id, "hours": 12}]
    problems = desk.refused(lambda: desk.create("pay.ticket", {"day": "2025-08-04", "lines": rows}, submit=True))
    assert ("/lines/0/hours", "check") in problems
    assert desk.read(worker).values["today"] == 0


def test_a_rejected_ticket_gives_its_hours_back(desk: Desk) -> None:
    worker = desk.create("pay.worker", {"name": "张伟"})
    values = {"day": "2025-08-04", "lines": [{"worker": worker.id, "hours": 20}]}
    first = desk.create("pay.ticket", values, submit=True)
    assert refusal_of_row(lambda: desk.create("pay.ticket", values, submit=True)).params["excess"] == 16
    desk.move(first, "reject")
    assert desk.read(worker).values["today"] == 0
    desk.create("pay.ticket", values, submit=True)
    assert desk.read(worker).values["today"] == 20


def test_figures_of_a_record_one_may_not_see_are_not_told(
    desk: Desk, desk_of: Callable[..., Desk], publish: Callable[..., None]
) -> None:
    every = {"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "all"}
    see = {"roles": ["clerk"], "actions": ["view"], "rows": "all", "fields": {"balance": "hidden"}}
    publish(
        pay={
            "contract": {**CONTRACT, "policies": [see]},
            "ask": {**ASK, "policies": [every]},
            "ticket": TICKET,
            "worker": WORKER,
        }
    )
    made = desk.create("pay.contract", {"name": "EC", "payable": 10})
    problem = refusal(lambda: ask(desk_of("bob", "clerk"), made, "11"))
    assert (problem.pointer, problem.message) == ("/contract", "EC 余额不足")
    assert not {"available", "asked", "excess"} & set(problem.params)


def test_several_rows_that_share_an_excess_are_told_once(desk: Desk, publish: Callable[..., None]) -> None:
    lines = {"contract": {"type": "string", "x-ref": "multi.contract"}, "amount": {"type": "number", "x-type": "money"}}
    contract = {
        "kind": "master",
        "record": {
            "type": "object",
            "properties": {
                "limit": {"type": "number", "x-type": "money"},
                "control": {"type": "string", "enum": ["none", "warn", "block"]},
                "used": {"x-rollup": {"from": "multi.note.lines", "via": "contract", "fn": "sum", "field": "amount"}},
            },
        },
        "checks": [{"id": "limit", "rule": "used <= limit", "message": "超出", "at": "limit", "level": "control"}],
    }
    note = {
        "kind": "master",
        "record": {
            "type": "object",
            "properties": {"lines": {"type": "array", "items": {"type": "object", "properties": lines}}},
        },
    }
    publish(multi={"contract": contract, "note": note})
    made = {name: desk.create("multi.contract", {"limit": 10, "control": name}) for name in ("none", "warn", "block")}

    def rows(name: str) -> list[dict[str, Any]]:
        return [{"contract": made[name].id, "amount": 6}, {"contract": made[name].id, "amount": 7}]

    problem = refusal(lambda: desk.create("multi.note", {"lines": rows("block")}))
    assert (problem.pointer, problem.params["pointers"]) == (
        "/lines/0/contract",
        ["/lines/0/contract", "/lines/1/contract"],
    )
    assert problem.params["excess"] == 3
    desk.create("multi.note", {"lines": rows("none")})
    with pytest.raises(Unconfirmed):
        desk.create("multi.note", {"lines": rows("warn")}, confirm=False)
    desk.create("multi.note", {"lines": rows("warn")})
    assert desk.read(made["warn"]).values["used"] == 13
