"""A definition becomes a running application: published, filled, queried, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.create_demo import create_demo, wants_demo
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.load_seed import load_seed
from dougong.actions.publish_module import publish_files
from dougong.actions.read_record import find_records, read_record
from dougong.actions.transaction import Once
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Invalid, KeyReused, NotFound
from dougong.records.query import Query

ITEM: dict[str, Any] = {
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"]}],
    "record": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "品名"},
            "price": {"type": "number", "x-type": "money"},
            "count": {"type": "integer"},
            "amount": {"x-formula": "price * count"},
        },
    },
}


def test_create_read_change_delete_restore(
    installation: Installation, member: Callable[..., Actor], publish: Callable[..., None]
) -> None:
    publish(shop={"item": ITEM})
    clerk = member("clerk", "clerk")
    made = create_record(installation, clerk, "shop.item", {"name": "钢筋", "price": Decimal("12.50"), "count": 3})
    assert made["record"] is not None
    assert made["record"]["values"]["amount"] == Decimal("37.50")
    row = made["id"]
    changed = update_record(installation, clerk, "shop.item", row, {"count": 4, "price": None}, version=1)
    assert changed["record"] is not None
    assert (changed["version"], changed["record"]["values"]["amount"]) == (2, None)
    transition_record(installation, clerk, "shop.item", row, "delete")
    with pytest.raises(NotFound):
        read_record(installation, clerk, "shop.item", row)
    assert find_records(installation, clerk, "shop.item", Query()).items == []
    (bin_row,) = find_records(installation, clerk, "shop.item", Query(deleted=True)).items
    assert bin_row["id"] == row
    transition_record(installation, clerk, "shop.item", row, "restore")
    assert read_record(installation, clerk, "shop.item", row).shown["values"]["name"] == "钢筋"


def test_a_key_makes_one_record_however_often_it_is_sent(
    installation: Installation, member: Callable[..., Actor], publish: Callable[..., None]
) -> None:
    publish(shop={"item": ITEM})
    clerk = member("clerk", "clerk")
    first, again = Once("k1", "body"), Once("k1", "body")
    made = create_record(installation, clerk, "shop.item", {"name": "a", "price": Decimal("0.10")}, once=first)
    same = create_record(installation, clerk, "shop.item", {"name": "a", "price": Decimal("0.10")}, once=again)
    assert (first.replayed, again.replayed) == (False, True)
    assert same == made
    with pytest.raises(KeyReused):
        create_record(installation, clerk, "shop.item", {"name": "b"}, once=Once("k1", "other"))
    with pytest.raises(Invalid):
        create_record(installation, clerk, "shop.item", {}, once=Once("k2", "body"))
    create_record(installation, clerk, "shop.item", {"name": "c"}, once=Once("k2", "better"))
    assert find_records(installation, clerk, "shop.item", Query(count=True)).page.count == 2


def test_publishing_again_changes_nothing(
    installation: Installation, publish: Callable[..., None], tenant: str
) -> None:
    publish(shop={"item": ITEM})
    again = publish_files(
        installation,
        operator(tenant),
        "shop",
        {"module.json": {"name": "shop", "title": "shop"}, "forms/item.json": ITEM},
    )
    assert again.steps == []
    assert again.version == 1


def test_the_demo_firm_is_made_once(installation: Installation) -> None:
    assert wants_demo(installation)
    create_demo(installation)
    create_demo(installation)
    assert not wants_demo(installation)
    firm = operator("demo")
    workers = find_records(installation, firm, "labor.worker", Query(sort=["$number"], fields=["name", "team.name"]))
    assert [(each["number"], each["values"]) for each in workers.items][:2] == [
        ("W001", {"name": "张伟", "team.name": "木工一班"}),
        ("W002", {"name": "李强", "team.name": "木工一班"}),
    ]
    assert set(load_seed(installation, "demo", "demo").values()) == {0}
