"""What a refusal tells: figures as their fields are shown, only to those who may read every value behind them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Invalid
from dougong.kernel.problems import Problem
from tests.records.conftest import Desk

SAID = "超过可付余额[ {excess}：本次 {asked}，可付 {available}。请改到 {rest + asked_now} 以内]，先给 {name} 补结算单"
CONTRACT = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "limit": {"type": "number", "x-type": "money"},
            "asked_now": {"x-rollup": {"from": "pay.ask", "via": "contract", "fn": "sum", "field": "amount"}},
            "rest": {"x-type": "money", "x-formula": "limit - asked_now"},
        },
    },
    "checks": [{"id": "rest", "rule": "rest >= 0", "message": SAID, "at": "limit"}],
}
ASK = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "contract": {"type": "string", "x-ref": "pay.contract"},
            "amount": {"type": "number", "x-type": "money"},
            "share": {"type": "number", "x-type": "percent"},
            "day": {"type": "string", "format": "date"},
        },
    },
    "checks": [
        {
            "id": "share",
            "rule": "share <= 0.5",
            "at": "share",
            "message": "{contract} 在 {day} 占 {share}，即 {amount * share} 元，超过 {contract.limit} 的一半",
        },
        {"id": "small", "rule": "amount <= contract.limit * 10", "message": "多了[ {excess} 元]", "at": "amount"},
    ],
}
CLERK = {"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "all"}


@pytest.fixture
def pay(publish: Callable[..., None]) -> None:
    publish(pay={"contract": CONTRACT, "ask": ASK})


def refusal(act: Callable[[], Any]) -> Problem:
    with pytest.raises(Invalid) as refused:
        act()
    (problem,) = refused.value.problems
    return problem


def ask(desk: Desk, contract: Any, amount: str, **more: Any) -> Any:
    return desk.create("pay.ask", {"contract": contract.id, "amount": Decimal(amount), **more})


def test_too_much_is_told_with_its_figures_where_it_was_typed(desk: Desk, pay: None) -> None:
    contract = desk.create("pay.contract", {"name": "EC-A", "limit": 1196000})
    problem = refusal(lambda: ask(desk, contract, "1200000"))
    assert (problem.pointer, problem.mend) == ("/contract", "/amount")
    assert problem.message == (
        "超过可付余额 4,000.00：本次 1,200,000.00，可付 1,196,000.00。请改到 1,196,000.00 以内，先给 EC-A 补结算单"
    )
    assert problem.params["name"] == "EC-A"
    assert "rest + asked_now" not in problem.params


def test_values_are_shown_as_their_fields_are(desk: Desk, pay: None) -> None:
    contract = desk.create("pay.contract", {"name": "EC-A", "limit": 900000})
    problem = refusal(lambda: ask(desk, contract, "1000", share=Decimal("0.75"), day="2025-12-31"))
    assert problem.message == "EC-A 在 2025-12-31 占 75%，即 750.00 元，超过 900,000.00 的一半"


def test_a_reader_who_may_not_see_a_value_gets_the_sentence_without_it(
    desk: Desk, desk_of: Callable[..., Desk], publish: Callable[..., None]
) -> None:
    see = {"roles": ["clerk"], "actions": ["view"], "rows": "all", "fields": {"rest": "hidden", "limit": "masked"}}
    publish(pay={"contract": {**CONTRACT, "policies": [see]}, "ask": {**ASK, "policies": [CLERK]}})
    contract = desk.create("pay.contract", {"name": "EC-A", "limit": 10})
    bob = desk_of("bob", "clerk")
    problem = refusal(lambda: ask(bob, contract, "11"))
    assert (problem.mend, problem.message) == ("/amount", "超过可付余额，先给 EC-A 补结算单")
    assert set(problem.params) == {"check", "record", "form", "name"}
    over = refusal(lambda: ask(bob, contract, "4", share=Decimal("0.75"), day="2025-12-31"))
    assert over.message == "EC-A 在 2025-12-31 占 75%，即 3.00 元，超过 — 的一半"
    own = [each.message for each in _problems(lambda: ask(bob, contract, "101"))]
    assert own == ["超过可付余额，先给 EC-A 补结算单", "多了"]


def _problems(act: Callable[[], Any]) -> list[Problem]:
    with pytest.raises(Invalid) as refused:
        act()
    return sorted(refused.value.problems, key=lambda each: str(each.params["check"]))


def test_nothing_is_told_of_a_record_one_may_not_see(
    desk: Desk, desk_of: Callable[..., Desk], publish: Callable[..., None]
) -> None:
    """The name of a contract of others is not told either, whatever the sentence asks for."""
    mine = {"roles": ["clerk"], "actions": ["view"], "rows": "own"}
    publish(pay={"contract": {**CONTRACT, "policies": [mine]}, "ask": {**ASK, "policies": [CLERK]}})
    contract = desk.create("pay.contract", {"name": "EC-A", "limit": 10})
    made = ask(desk, contract, "1")
    problem = refusal(lambda: desk_of("bob", "clerk").update(made, {"amount": 11}))
    assert (problem.message, problem.mend) == ("超过可付余额，先给 — 补结算单", "/amount")
    assert set(problem.params) == {"check", "record", "form"}


def test_what_somebody_typed_is_never_read_as_a_place(desk: Desk, pay: None) -> None:
    contract = desk.create("pay.contract", {"name": "[{limit}] {limit}", "limit": 10})
    assert str(refusal(lambda: ask(desk, contract, "11")).message).endswith("先给 [{limit}] {limit} 补结算单")


WORK: dict[str, Any] = {
    "kind": "master",
    "record": {"type": "object", "properties": {"day": {"type": "string", "format": "date"},
                                                "hours": {"type": "number", "x-scale": 2}}},
    "totals": [{"name": "per_day", "key": {"day": "day"}, "values": {"hours": "sum(hours)"}}],
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "kind": "master",
    "record": {"type": "object", "properties": {"day": {"type": "string", "format": "date"},
                                                "hours": {"type": "number", "x-scale": 2}}},
    "checks": [{"id": "most", "rule": "hours <= total('pay.work.per_day', day).hours", "at": "hours",
                "message": "超过当天工时[ {total('pay.work.per_day', day).hours} 小时，多 {excess}]"}],
    "policies": [CLERK],
}  # fmt: skip


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([], "超过当天工时"),
        ([{**CLERK, "fields": {"hours": "hidden"}}], "超过当天工时"),
        ([CLERK], "超过当天工时 8 小时，多 1.00"),
    ],
)
def test_a_total_is_told_to_whoever_may_read_what_it_adds_up(
    policies: list[dict[str, Any]], said: str, desk: Desk, desk_of: Callable[..., Desk], publish: Callable[..., None]
) -> None:
    publish(pay={"work": {**WORK, "policies": policies}, "claim": CLAIM})
    desk.create("pay.work", {"day": "2025-08-04", "hours": 8})
    claim = {"day": "2025-08-04", "hours": 9}
    assert refusal(lambda: desk_of("bob", "clerk").create("pay.claim", claim)).message == said
