"""A reference names something that is there, seen, enabled and fitting; an old record may go on pointing at what is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dougong.kernel.actor import Actor
from dougong.kernel.errors import Conflict, Invalid
from dougong.kernel.ids import new_id
from dougong.pages.sentences import sentence
from tests.records.conftest import Desk

PARTNER = {
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-unique": True},
            "no": {"type": "string", "x-number": "P-{seq:2}"},
            "kind": {"type": "string"},
            "parent": {"type": "string", "x-ref": "shop.partner", "x-ref-tree": True},
        },
    },
    "policies": [
        {"roles": ["clerk"], "actions": ["view"], "rows": "kind = '分包'"},
        {"roles": ["blind"], "actions": ["view"], "rows": "all", "fields": {"code": "hidden"}},
    ],
}
ORDER: dict[str, Any] = {
    "record": {
        "type": "object",
        "properties": {
            "partner": {"type": "string", "x-ref": "shop.partner"},
            "sub": {
                "type": "string",
                "x-ref": "shop.partner",
                "x-ref-where": "kind = record.wanted",
                "x-ref-reason": "只能选同类的单位",
            },
            "wanted": {"type": "string"},
            "clerk": {"type": "string", "x-type": "member"},
            "unit": {"type": "string", "x-type": "department"},
            "lines": {
                "type": "array",
                "items": {"type": "object", "properties": {"partner": {"type": "string", "x-ref": "shop.partner"}}},
            },
        },
    },
    "policies": [{"roles": ["clerk", "blind"], "actions": ["view", "create", "edit"], "rows": "all"}],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"partner": PARTNER, "order": ORDER})


@pytest.fixture
def partner(desk: Desk) -> Any:
    return desk.create("shop.partner", {"code": "A", "kind": "分包"})


def order(desk: Desk, **values: Any) -> Any:
    return desk.create("shop.order", values)


def test_a_key_is_the_number_or_a_unique_field(desk: Desk, partner: Any) -> None:
    for key in ("P-01", "A"):
        assert order(desk, partner={"$key": key}).values["partner"] == partner.id
    rows = order(desk, lines=[{"partner": {"$key": "A"}}]).values["lines"]
    assert rows[0].values["partner"] == partner.id


def test_members_and_departments_have_keys_too(desk: Desk, member: Callable[..., Actor]) -> None:
    bob = member("bob", departments=["工程部"])
    made = order(desk, clerk={"$key": "bob"}, unit={"$key": "工程部"})
    assert made.values["clerk"] == bob.member
    assert made.values["unit"] == bob.department


def test_what_is_not_there_is_refused(desk: Desk) -> None:
    for name in ("partner", "clerk", "unit"):
        for value in ({"$key": "nobody"}, "not-an-id", "01890000-0000-7000-8000-000000000001"):
            assert desk.refused(lambda sent={name: value}: order(desk, **sent)) == {(f"/{name}", "reference")}


def test_a_deleted_or_disabled_target_is_refused_in_what_is_new(desk: Desk, partner: Any) -> None:
    old = order(desk, partner=partner.id)
    desk.move(partner, "disable")
    assert desk.refused(lambda: order(desk, partner=partner.id)) == {("/partner", "reference")}
    assert desk.update(old, {"wanted": "x", "partner": partner.id}).values["partner"] == partner.id
    desk.move(partner, "enable")
    desk.update(old, {"partner": None})
    desk.move(partner, "delete")
    assert desk.refused(lambda: order(desk, partner=partner.id)) == {("/partner", "reference")}
    assert desk.refused(lambda: order(desk, partner={"$key": "A"})) == {("/partner", "reference")}


def test_an_invisible_target_is_as_good_as_none(desk: Desk, desk_of: Callable[..., Desk], partner: Any) -> None:
    unseen = desk.create("shop.partner", {"code": "B", "kind": "业主"})
    clerk = desk_of("bob", "clerk")
    assert order(clerk, partner=partner.id).values["partner"] == partner.id
    for value in (unseen.id, {"$key": "B"}, new_id()):
        assert clerk.refused(lambda value=value: order(clerk, partner=value)) == {("/partner", "reference")}


def test_a_key_that_may_not_be_read_opens_nothing(desk_of: Callable[..., Desk], partner: Any) -> None:
    blind = desk_of("bea", "blind")
    assert blind.refused(lambda: order(blind, partner={"$key": "A"})) == {("/partner", "reference")}
    assert order(blind, partner={"$key": "P-01"}).values["partner"] == partner.id


def test_a_condition_on_the_target_is_asked_with_the_holder(desk: Desk, partner: Any) -> None:
    assert order(desk, wanted="分包", sub=partner.id).values["sub"] == partner.id
    assert desk.refused(lambda: order(desk, wanted="业主", sub=partner.id)) == {("/sub", "reference")}


def said(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        act()
    return [sentence(each) for each in refused.value.problems]


def test_why_a_record_one_sees_cannot_be_chosen_is_told_and_nothing_of_another(
    desk: Desk, desk_of: Callable[..., Desk], partner: Any
) -> None:
    clerk, unseen = desk_of("bob", "clerk"), desk.create("shop.partner", {"code": "B", "kind": "业主"})
    desk.move(unseen, "disable")
    nothing = ["没有这条记录，或者你不能选它。请另选一条"]
    assert said(lambda: order(clerk, wanted="业主", sub=partner.id)) == ["只能选同类的单位"]
    assert said(lambda: order(clerk, wanted="分包", sub=unseen.id)) == nothing
    assert said(lambda: order(clerk, wanted="分包", sub=new_id())) == nothing
    desk.move(partner, "disable")
    assert said(lambda: order(clerk, partner=partner.id)) == ["它已停用，请另选"]
    assert said(lambda: order(clerk, partner=unseen.id)) == nothing


def test_a_tree_has_no_circle(desk: Desk, partner: Any) -> None:
    child = desk.create("shop.partner", {"parent": partner.id})
    grandchild = desk.create("shop.partner", {"parent": child.id})
    for row, above in ((partner, partner), (partner, grandchild), (child, grandchild)):
        assert desk.refused(lambda row=row, above=above: desk.update(row, {"parent": above.id})) == {
            ("/parent", "cycle")
        }


def test_a_member_who_left_is_refused(desk: Desk, member: Callable[..., Actor]) -> None:
    from dougong.people import members

    bob = member("bob")
    with desk.inst.database.tenant("demo").write() as conn:
        members.set_active(conn, str(bob.member), False)
    assert desk.refused(lambda: order(desk, clerk=bob.member)) == {("/clerk", "reference")}


def test_deleting_and_referring_at_once_never_leaves_a_dangling_reference(desk: Desk) -> None:
    def refer(target: str) -> bool:
        try:
            order(desk, partner=target)
        except Invalid:
            return False
        return True

    def delete(target: Any) -> bool:
        try:
            desk.move(target, "delete")
        except Conflict:
            return False
        return True

    targets = [desk.create("shop.partner", {}) for _ in range(10)]
    with ThreadPoolExecutor(4) as pool:
        referred = [pool.submit(refer, each.id) for each in targets]
        deleted = [pool.submit(delete, each) for each in targets]
        assert all(one.result() != two.result() for one, two in zip(referred, deleted, strict=True))
