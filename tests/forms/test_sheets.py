"""Sheets in the store, and a form filled in from the first letter to the record, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.change_sheet import change_sheet
from dougong.actions.installation import Installation
from dougong.actions.open_sheet import begin_sheet, open_form
from dougong.actions.save_sheet import save_form
from dougong.actions.transaction import transaction
from dougong.forms.sheet import Sheet, SheetRow
from dougong.forms.sheets import discard_sheet, load_sheet, my_sheets, open_sheet, save_sheet, sweep_sheets
from dougong.kernel.actor import Actor
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Invalid, NotFound
from dougong.storage.transaction import Transaction

TICKET = {
    "kind": "document",
    "record": {
        "type": "object",
        "required": ["content"],
        "properties": {
            "content": {"type": "string", "maxLength": 20},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["hours"],
                    "properties": {
                        "hours": {"type": "number", "x-scale": 1, "maximum": 24},
                        "ot": {"type": "number", "x-scale": 1},
                        "ot_type": {"type": "string", "enum": ["平日", "休息日"], "x-visible": "ot > 0"},
                        "amount": {"type": "number", "x-type": "money", "x-formula": "hours * 45"},
                    },
                },
            },
            "total": {"type": "number", "x-type": "money", "x-formula": "sum(lines.amount)"},
        },
    },
}


@pytest.fixture
def admin(member: Callable[..., Actor], publish: Callable[..., None]) -> Actor:
    publish(site={"ticket": TICKET})
    return member("admin")


def run(installation: Installation, actor: Actor, act: Callable[[Transaction], Any]) -> Any:
    return transaction(installation, actor.tenant, actor, act)


def test_a_sheet_comes_back_as_it_was_kept(installation: Installation, admin: Actor) -> None:
    sheet: Sheet = run(installation, admin, lambda tx: open_sheet(tx, "site.ticket", "d"))
    sheet.values = {"content": "三层", "n": Decimal("1.50"), "none": None}
    sheet.rows = {"lines": [SheetRow("r", {"hours": "八"}, new=False)]}
    sheet.typed = {"extra": "{"}
    run(installation, admin, lambda tx: save_sheet(tx, sheet))
    found: Sheet = run(installation, admin, lambda tx: load_sheet(tx, sheet.token))
    assert (found.values, found.rows, found.typed) == (sheet.values, sheet.rows, sheet.typed)
    assert [each.token for each in run(installation, admin, lambda tx: my_sheets(tx, "site.ticket"))] == [sheet.token]


def test_a_sheet_is_its_members_alone(installation: Installation, admin: Actor, member: Callable[..., Actor]) -> None:
    token = run(installation, admin, lambda tx: open_sheet(tx, "site.ticket", "d")).token
    with pytest.raises(NotFound):
        run(installation, member("bob"), lambda tx: load_sheet(tx, token))
    with pytest.raises(NotFound):
        run(installation, admin, lambda tx: load_sheet(tx, token, form="site.other"))
    run(installation, member("bob"), lambda tx: discard_sheet(tx, token))
    assert run(installation, admin, lambda tx: load_sheet(tx, token)).token == token


def test_old_sheets_are_swept(installation: Installation, admin: Actor, clock: FixedClock) -> None:
    old = run(installation, admin, lambda tx: open_sheet(tx, "site.ticket", "d")).token
    clock.advance(timedelta(days=31))
    new = run(installation, admin, lambda tx: open_sheet(tx, "site.ticket", "d")).token
    assert run(installation, admin, lambda tx: sweep_sheets(tx, tx.now - timedelta(days=30))) == 1
    assert run(installation, admin, lambda tx: load_sheet(tx, new)).token == new
    with pytest.raises(NotFound):
        run(installation, admin, lambda tx: load_sheet(tx, old))


def test_a_form_is_filled_in_step_by_step_and_saved(installation: Installation, admin: Actor) -> None:
    token = begin_sheet(installation, admin, "site.ticket")
    changed = change_sheet(installation, admin, "site.ticket", token, {"content": ["三层模板"], "$row": ["add:lines"]})
    (row,) = changed.after.sheet.rows["lines"]
    changed = change_sheet(installation, admin, "site.ticket", token, {f"lines.{row.id}.hours": ["8"]})
    assert changed.after.evaluation.values["total"] == Decimal("360.00")
    saved = save_form(installation, admin, "site.ticket", token)
    with pytest.raises(NotFound):
        open_form(installation, admin, "site.ticket", token)
    again = save_form(installation, admin, "site.ticket", token)
    assert again == saved


def test_a_value_whose_condition_fell_away_is_not_held_against_anybody(
    installation: Installation, admin: Actor
) -> None:
    token = begin_sheet(installation, admin, "site.ticket")
    changed = change_sheet(installation, admin, "site.ticket", token, {"content": ["x"], "$row": ["add:lines"]})
    at = f"lines.{changed.after.sheet.rows['lines'][0].id}"
    texts = {f"{at}.hours": ["8"], f"{at}.ot": ["2"], f"{at}.ot_type": ["平日"]}
    change_sheet(installation, admin, "site.ticket", token, texts)
    changed = change_sheet(installation, admin, "site.ticket", token, {f"{at}.ot": [""]})
    assert changed.after.problems == []
    back = change_sheet(installation, admin, "site.ticket", token, {f"{at}.ot": ["3"]})
    assert back.after.evaluation.rows["lines"][0].values["ot_type"] == "平日"
    change_sheet(installation, admin, "site.ticket", token, {f"{at}.ot": ["0"]})
    assert save_form(installation, admin, "site.ticket", token)["id"]


def test_a_refused_save_loses_nothing_typed(installation: Installation, admin: Actor) -> None:
    token = begin_sheet(installation, admin, "site.ticket")
    changed = change_sheet(installation, admin, "site.ticket", token, {"content": ["x" * 21], "$row": ["add:lines"]})
    row = changed.after.sheet.rows["lines"][0].id
    change_sheet(installation, admin, "site.ticket", token, {f"lines.{row}.hours": ["八"]})
    with pytest.raises(Invalid) as caught:
        save_form(installation, admin, "site.ticket", token)
    assert {(each.pointer, each.code) for each in caught.value.problems} == {
        ("/content", "length"), ("/lines/0/hours", "type"),
    }  # fmt: skip
    state = open_form(installation, admin, "site.ticket", token).state
    assert state.reading.typed[f"lines.{row}.hours"] == "八"
