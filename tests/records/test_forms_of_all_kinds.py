"""Settings have one record, groups nest, undeclared keys are kept where the schema lets them in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.kernel.errors import Conflict
from dougong.records.present import present
from tests.records.conftest import Desk

OPEN = {
    "record": {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "additionalProperties": {"type": "integer"},
    }
}
NESTED: dict[str, Any] = {
    "record": {
        "type": "object",
        "required": ["site"],
        "properties": {
            "site": {
                "type": "object",
                "required": ["city"],
                "properties": {
                    "city": {"type": "string"},
                    "crews": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["head"],
                            "properties": {
                                "head": {"type": "string"},
                                "size": {"type": "object", "properties": {"men": {"type": "integer", "minimum": 1}}},
                            },
                        },
                    },
                },
            },
            "contact": {
                "type": "object",
                "required": ["phone"],
                "properties": {"phone": {"type": "string"}, "name": {"type": "string"}},
            },
        },
    }
}  # fmt: skip
SETTING = {"kind": "settings", "record": {"type": "object", "properties": {"limit": {"type": "integer"}}}}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"open": OPEN, "nested": NESTED, "setting": SETTING})


def shown(desk: Desk, record: Any) -> Any:
    def act(tx: Any) -> Any:
        return present(tx, desk.inst.catalog.live(tx), desk.inst.types, [desk.read(record)])[0]["values"]

    return transaction(desk.inst, "demo", desk.actor, act, write=False)


def test_settings_have_one_record(desk: Desk) -> None:
    def create(_: int) -> str:
        try:
            desk.create("shop.setting", {"limit": 1})
        except Conflict as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, range(4))) == ["conflict", "conflict", "conflict", "made"]


def test_undeclared_keys_are_kept_and_judged(desk: Desk) -> None:
    made = desk.create("shop.open", {"name": "x", "depth": 3, "width": 4})
    assert desk.refused(lambda: desk.create("shop.open", {"depth": "x"})) == {("/depth", "type")}
    changed = desk.update(made, {"depth": None, "height": 5})
    assert shown(desk, changed) == {"name": "x", "width": 4, "height": 5}


def test_groups_and_rows_nest_as_the_schema_does(desk: Desk) -> None:
    crews = [{"head": "张伟", "size": {"men": 4}}, {"head": "李强"}]
    made = desk.create("shop.nested", {"site": {"city": "深圳", "crews": crews}})
    values = shown(desk, made)
    rows = values["site"]["crews"]
    assert [{key: row[key] for key in ("head", "size")} for row in rows] == [crews[0], {"head": "李强", "size": None}]
    assert values["contact"] is None
    desk.update(made, {"site": {"crews": [{"$id": rows[1]["$id"], "size": {"men": 2}}]}})
    assert shown(desk, made)["site"] == {
        "city": "深圳", "crews": [{"$id": rows[1]["$id"], "head": "李强", "size": {"men": 2}}],
    }  # fmt: skip


def test_problems_point_into_what_was_sent(desk: Desk) -> None:
    sent = {"site": {"crews": [{"head": "x"}, {"size": {"men": 0}}, {"size": 3}]}, "contact": {"name": "x"}}
    assert desk.refused(lambda: desk.create("shop.nested", sent)) == {
        ("/site/city", "required"),
        ("/site/crews/1/head", "required"),
        ("/site/crews/1/size/men", "range"),
        ("/site/crews/2/head", "required"),
        ("/site/crews/2/size", "type"),
        ("/contact/phone", "required"),
    }
