"""Lists of references, and values made of parts, from what is sent to what stands."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.kernel.errors import Conflict
from dougong.kernel.ids import new_id
from dougong.records import query
from dougong.records.present import present
from tests.records.conftest import Desk

LIST = {"type": "array", "items": {"type": "string"}}
FORMS: dict[str, Any] = {
    "firm": {
        "record": {"type": "object", "properties": {
            "code": {"type": "string", "x-unique": True}, "open": {"type": "boolean"}}},
        "policies": [{"roles": ["clerk"], "actions": ["view"], "rows": "open"}],
    },
    "plan": {
        "record": {"type": "object", "properties": {
            "firms": {**LIST, "x-ref": "shop.firm"},
            "open_ones": {**LIST, "x-ref": "shop.firm", "x-ref-where": "open"},
            "period": {"type": "object", "x-type": "date_range"},
            "place": {"type": "object", "x-type": "location"},
            "site": {"type": "object", "x-type": "address"},
            "region": {**LIST, "x-type": "cascade"},
            "trade": {**LIST, "x-type": "cascade", "x-options": {"leaf": True, "tree": [
                {"value": "a", "title": "土建", "children": [{"value": "a1", "title": "模板"}]}, "b"]}},
            "text": {"type": "string", "x-type": "rich_text", "maxLength": 5},
            "lines": {"type": "array", "items": {"type": "object", "properties": {
                "firms": {**LIST, "x-ref": "shop.firm"}, "period": {"type": "object", "x-type": "date_range"}}}}}},
        "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "all"}],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop=FORMS)


def shown(desk: Desk, record: Any) -> dict[str, Any]:
    def act(tx: Any) -> dict[str, Any]:
        model = desk.inst.catalog.live(tx)
        found = query.get(tx, model, record.form, record.id)[0]
        return present(tx, model, desk.inst.types, [found])[0]

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)


def found(desk: Desk, condition: str) -> int:
    def act(tx: Any) -> int:
        return len(query.find(tx, desk.inst.catalog.live(tx), "shop.plan", query.Query(filter=condition)).items)

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)


def test_several_records_by_id_or_key_in_their_order_and_with_their_titles(desk: Desk) -> None:
    first, second = desk.create("shop.firm", {"code": "甲"}), desk.create("shop.firm", {"code": "乙"})
    plan = desk.create("shop.plan", {"firms": [{"$key": "乙"}, first.id], "lines": [{"firms": [{"$key": "甲"}]}]})
    said = shown(desk, plan)
    assert said["values"]["firms"] == [second.id, first.id]
    assert said["titles"]["firms"] == ["乙", "甲"]
    assert said["values"]["lines"][0]["firms"] == [first.id]
    assert [found(desk, f'contains(firms, "{each.id}")') for each in (first, second)] == [1, 1]


def test_what_is_not_there_is_refused_at_its_place(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    firm = desk.create("shop.firm", {"code": "甲"})
    sent = {"firms": [firm.id, {"$key": "丙"}], "lines": [{"firms": [new_id()]}]}
    assert desk.refused(lambda: desk.create("shop.plan", sent)) == {
        ("/firms/1", "reference"),
        ("/lines/0/firms/0", "reference"),
    }
    assert desk.refused(lambda: desk.create("shop.plan", {"firms": [firm.id, {"$key": "甲"}]})) == {
        ("/firms/1", "unique")
    }
    assert desk.refused(lambda: desk.create("shop.plan", {"firms": [firm.id, 7]})) == {("/firms/1", "type")}
    clerk = desk_of("carl", "clerk")
    assert clerk.refused(lambda: clerk.create("shop.plan", {"firms": [firm.id]})) == {("/firms/0", "reference")}


def test_each_record_of_a_list_has_to_satisfy_its_condition(desk: Desk) -> None:
    good, bad = (desk.create("shop.firm", {"open": each}) for each in (True, False))
    assert desk.create("shop.plan", {"open_ones": [good.id]}).id
    assert desk.refused(lambda: desk.create("shop.plan", {"open_ones": [good.id, bad.id]})) == {
        ("/open_ones", "reference")
    }


def test_what_a_list_points_at_stays(desk: Desk) -> None:
    own, row, free = (desk.create("shop.firm", {"code": each}) for each in "甲乙丙")
    plan = desk.create("shop.plan", {"firms": [own.id], "lines": [{"firms": [row.id]}]})
    for each in (own, row):
        with pytest.raises(Conflict, match="referenced"):
            desk.move(each, "delete")
    desk.move(free, "delete")
    desk.update(plan, {"firms": [], "lines": []})
    desk.move(own, "delete")


def test_values_of_parts_are_kept_found_and_told(desk: Desk) -> None:
    sent = {
        "period": {"start": "2026-02-01", "end": "2026-02-28"},
        "place": {"lat": Decimal("22.5431"), "lng": Decimal("114.05790001"), "text": "3 号楼"},
        "site": {"region": ["44", "4403"], "detail": "福中三路"},
        "region": ["44", "4403", "440304"],
        "trade": ["a", "a1"],
        "text": "<p onclick='x'>三层<script>1</script></p>",
        "lines": [{"period": {"start": "2026-02-01", "end": "2026-02-02"}}],
    }
    said = shown(desk, desk.create("shop.plan", sent))
    kept = {**sent, "place": {**sent["place"], "lng": Decimal("114.0579")}, "text": "<p>三层</p>"}
    lines = kept.pop("lines")
    assert {name: said["values"][name] for name in kept} == kept
    assert said["values"]["lines"][0]["period"] == lines[0]["period"]
    assert said["titles"]["region"] == "广东省/深圳市/福田区"
    assert said["titles"]["trade"] == "土建/模板"
    overlaps = 'left(period, 10) <= "{1}" and right(period, 10) >= "{0}"'.format
    assert [found(desk, overlaps("2026-02-28", "2026-03-31")), found(desk, overlaps("2026-03-01", "2026-03-31"))] == [
        1,
        0,
    ]
    assert [found(desk, 'contains(region, "4403")'), found(desk, 'contains(region, "11")')] == [1, 0]


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"period": {"start": "2026-02-02", "end": "2026-02-01"}}, ("/period/end", "range")),
        ({"period": {"start": "2026-02-02"}}, ("/period/end", "required")),
        ({"place": {"lat": 91, "lng": 0}}, ("/place/lat", "range")),
        ({"site": {"region": ["44", "11"]}}, ("/site/region", "enum")),
        ({"region": ["4403"]}, ("/region", "enum")),
        ({"trade": ["a"]}, ("/trade", "enum")),
        ({"text": "<b>六个字太长了</b>"}, ("/text", "length")),
    ],
)
def test_parts_are_blamed_where_they_stand(desk: Desk, sent: dict[str, Any], problem: tuple[str, str]) -> None:
    assert desk.refused(lambda: desk.create("shop.plan", sent)) == {problem}
