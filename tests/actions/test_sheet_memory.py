"""An open sheet is evaluated row by row: what one keystroke leaves is what the whole form evaluates to."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.change_sheet import change_sheet, paste_into_sheet
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.open_sheet import begin_sheet, open_form
from dougong.actions.save_sheet import save_form
from dougong.actions.sheet_state import FormState
from dougong.kernel.actor import Actor

GOODS = {
    "title": "商品", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "名称", "x-unique": True},
        "price": {"type": "number", "x-type": "money", "title": "单价"},
        "sold": {"title": "已售", "x-rollup": {"from": "shop.ask.lines", "via": "thing", "fn": "sum", "field": "count",
                                              "where": "parent.$state <> 'voided'"}}}},
    "checks": [{"id": "dear", "rule": "price <= 100", "message": "超过 100", "at": "price"},
               {"id": "dearer", "rule": "price <= 200", "message": "超过 200", "at": "price"}],
}  # fmt: skip
ASK = {
    "title": "申请", "kind": "document",
    "record": {"type": "object", "properties": {
        "urgent": {"type": "boolean", "title": "加急"},
        "rate": {"type": "number", "title": "系数", "x-default": "if(urgent, 2, 1)"},
        "note": {"type": "string", "title": "备注"},
        "lines": {"type": "array", "title": "明细", "items": {"type": "object", "required": ["thing"], "properties": {
            "thing": {"type": "string", "title": "商品", "x-ref": "shop.goods"},
            "count": {"type": "integer", "title": "数量", "x-default": "1", "maximum": 50},
            "price": {"title": "单价", "x-type": "money",
                      "x-lookup": {"via": "thing", "field": "price", "freeze": "create"}},
            "gift": {"type": "boolean", "title": "赠品", "x-visible": "parent.urgent"},
            "why": {"type": "string", "title": "原因", "x-visible": "count > 9", "x-required": "count > 19"},
            "amount": {"title": "金额", "x-type": "money",
                       "x-formula": "if(nz(gift, false), 0, count * price * parent.rate)"},
            "share": {"title": "占比", "x-type": "percent", "x-formula": "amount / parent.total"}}}},
        "total": {"title": "合计", "x-type": "money", "x-formula": "sum(lines.amount)"}}},
    "checks": [{"id": "much", "each": "lines", "rule": "thing.sold <= 60", "message": "{thing} 不够", "at": "count",
                "on": ["save"]}],
}  # fmt: skip


@pytest.fixture
def goods(installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]) -> list[str]:
    publish(shop={"goods": GOODS, "ask": ASK})
    admin = member("admin")
    made = ({"name": name, "price": Decimal(index + 3)} for index, name in enumerate("甲乙丙"))
    return [create_record(installation, admin, "shop.goods", each)["id"] for each in made]


def told(state: FormState) -> Any:
    """Everything of a state that a screen shows, apart from the ids a new record would get."""
    found = state.evaluation
    return (
        found.values, {sub: [(row.id, row.values) for row in rows] for sub, rows in state.rows.items()},
        found.invisible, found.required, found.readonly, found.closed,
        {(each.code, each.pointer, each.message) for each in state.problems},
        {(each.code, each.pointer, each.message) for each in state.ahead}, found.refused, found.stale,
    )  # fmt: skip


def test_step_by_step_is_the_same_as_all_at_once(
    installation: Installation, goods: list[str], member: Callable[..., Actor]
) -> None:
    admin, chance = member("admin"), random.Random(7)
    token = begin_sheet(installation, admin, "shop.ask")
    paste_into_sheet(
        installation, admin, "shop.ask", token, "甲\t2\n乙\t3\n丙\t12\n", sub="lines", row="", column="thing"
    )
    for _ in range(40):
        state = open_form(installation, admin, "shop.ask", token).state
        rows = [row.id for row in state.rows["lines"]]
        change = a_change(chance, rows, goods)
        after = change_sheet(installation, admin, "shop.ask", token, change).after
        assert told(after) == told(open_form(installation, admin, "shop.ask", token).state), change


def a_change(chance: random.Random, rows: list[str], goods: list[str]) -> dict[str, list[str]]:
    acts = [f"add:lines:{chance.choice(rows)}" if rows else "add:lines"]
    acts += [f"{act}:lines:{chance.choice(rows)}" for act in ("copy", "remove", "up", "down") if rows]
    if not rows or chance.random() < 0.3:
        return {"$row": [chance.choice(acts)]}
    row = f"lines.{chance.choice(rows)}."
    return chance.choice([
        {row + "thing": [chance.choice([*goods, ""])]},
        {row + "count": [chance.choice(["", "1", "10", "20", "51", "x"])]},
        {row + "why": ["因为"]},
        {row + "gift": ["true"]},
        {row + "price": [chance.choice(["", "9.99"])]},
        {"urgent": [chance.choice(["true", "false"])]},
        {"rate": [chance.choice(["", "3", "0"])]},
        {"note": ["好"], row + "count": ["5"]},
    ])  # fmt: skip


def test_what_a_picked_record_fills_stays_as_overridden_until_another_is_picked(
    installation: Installation, goods: list[str], member: Callable[..., Actor]
) -> None:
    admin = member("admin")

    def price_after(token: str, **posted: str) -> Decimal | None:
        row = open_form(installation, admin, "shop.ask", token).state.rows["lines"][0].id
        change = {f"lines.{row}.{name}": [text] for name, text in posted.items()}
        found: Decimal | None = (
            change_sheet(installation, admin, "shop.ask", token, change).after.rows["lines"][0].values["price"]
        )
        return found

    token = begin_sheet(installation, admin, "shop.ask")
    change_sheet(installation, admin, "shop.ask", token, {"$row": ["add:lines"]})
    assert price_after(token, thing=goods[0]) == 3
    assert price_after(token, price="2.50") == Decimal("2.50")
    assert price_after(token, count="4") == Decimal("2.50")
    assert price_after(token, thing=goods[1]) == 4
    assert price_after(token, price="3.99") == Decimal("3.99")
    saved = save_form(installation, admin, "shop.ask", token)
    again = begin_sheet(installation, admin, "shop.ask", saved["id"])
    assert price_after(again, count="5") == Decimal("3.99")
    assert price_after(again, thing=goods[2]) == 5


def test_a_name_that_is_taken_is_told_while_typing_with_who_holds_it(
    installation: Installation, goods: list[str], member: Callable[..., Actor]
) -> None:
    admin = member("admin")
    token = begin_sheet(installation, admin, "shop.goods")
    after = change_sheet(installation, admin, "shop.goods", token, {"name": ["乙"]}).after
    (problem,) = [each for each in after.problems if each.code == "unique"]
    assert (problem.pointer, problem.params["holder"], problem.params["holder_title"]) == ("/name", goods[1], "乙")
    again = begin_sheet(installation, admin, "shop.goods", goods[1])
    same = change_sheet(installation, admin, "shop.goods", again, {"price": ["7"]}).after
    assert "unique" not in {each.code for each in same.problems}


def test_two_checks_that_fail_at_one_field_are_both_told(
    installation: Installation, goods: list[str], member: Callable[..., Actor]
) -> None:
    admin = member("admin")
    token = begin_sheet(installation, admin, "shop.goods")
    after = change_sheet(installation, admin, "shop.goods", token, {"name": ["丁"], "price": ["300"]}).after
    assert [each.message for each in after.problems if each.pointer == "/price"] == ["超过 100", "超过 200"]
    unread = change_sheet(installation, admin, "shop.goods", token, {"price": ["3x"]}).after
    assert [each.code for each in unread.problems if each.pointer == "/price"] == ["type"]
