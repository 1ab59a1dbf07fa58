"""The recycle bin is emptied after thirty days, or by an admin; nothing else is ever removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, Forbidden
from dougong.records.purge import overdue, purge
from tests.records.conftest import Desk

ITEM: dict[str, Any] = {
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"what": {"type": "string"}}}},
        },
    },
    "policies": [{"roles": ["clerk"], "actions": ["view", "delete"], "rows": "all"}],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM})


def run(desk: Desk, act: Callable[[Any, Any], Any]) -> Any:
    return transaction(desk.inst, "demo", desk.actor, lambda tx: act(tx, desk.inst.catalog.live(tx)))


def test_what_has_lain_for_thirty_days_goes_with_its_rows(desk: Desk, clock: FixedClock) -> None:
    old, kept = (desk.create("shop.item", {"name": name, "lines": [{"what": "x"}]}) for name in "ab")
    desk.move(old, "delete")
    clock.advance(timedelta(days=29))
    assert run(desk, lambda tx, model: overdue(tx, model, "shop.item")) == []
    clock.advance(timedelta(days=1))
    assert run(desk, lambda tx, model: purge(tx, model, "shop.item", overdue(tx, model, "shop.item"))) == 1
    assert desk.rows("SELECT count(*) FROM shop__item") == [(1,)]
    assert desk.rows("SELECT count(*) FROM shop__item__lines") == [(1,)]
    assert desk.read(kept).values["name"] == "b"


def test_what_is_not_deleted_stays_and_others_may_not(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    made = desk.create("shop.item", {})
    with pytest.raises(Conflict):
        run(desk, lambda tx, model: purge(tx, model, "shop.item", [made.id]))
    desk.move(made, "delete")
    with pytest.raises(Forbidden):
        run(desk_of("carl", "clerk"), lambda tx, model: purge(tx, model, "shop.item", [made.id]))
