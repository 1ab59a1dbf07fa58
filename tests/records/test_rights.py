"""A write asks the policies: of the record as it stood, of every field that is filled, and of what stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.kernel.errors import Forbidden, NotFound
from dougong.records.ops import Create, Transition, Update
from tests.records.conftest import Desk

FLOW = {"nodes": [{"type": "approve", "id": "a", "title": "批", "who": [{"role": "boss"}]}]}
CASE: dict[str, Any] = {
    "kind": "document",
    "flow": FLOW,
    "record": {
        "type": "object",
        "properties": {
            "area": {"type": "string"},
            "wage": {"type": "number", "x-type": "money"},
            "note": {"type": "string"},
            "memo": {"type": "string", "x-late": True},
        },
    },
    "policies": [
        {"roles": ["east"], "actions": ["view", "create", "edit", "delete"], "rows": "area = '东'",
         "fields": {"wage": "hidden", "note": "read"}},
        {"roles": ["head"], "actions": ["view", "create", "edit", "void"], "rows": "all"},
        {"roles": ["reader"], "actions": ["view"], "rows": "all"},
        {"roles": ["writer"], "actions": ["view", "create", "edit"], "rows": "own"},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"case": CASE})


def case(desk: Desk, **values: Any) -> Any:
    return desk.create("shop.case", values)


def test_what_is_created_must_lie_within_reach(desk_of: Callable[..., Desk]) -> None:
    east = desk_of("east", "east")
    assert case(east, area="东").owner == east.actor.member
    with pytest.raises(Forbidden):
        case(east, area="西")
    assert east.rows("SELECT count(*) FROM shop__case") == [(1,)]


def test_what_decides_the_reach_is_asked_for_while_it_is_blank(desk_of: Callable[..., Desk]) -> None:
    """A draft nobody can place yet is no trespass: the field that places it is named."""
    east = desk_of("east", "east")
    assert east.refused(lambda: case(east)) == {("/area", "required")}
    mine = case(east, area="东")
    assert east.refused(lambda: east.update(mine, {"area": None})) == {("/area", "required")}


def test_what_is_edited_must_have_been_and_must_stay_within_reach(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    east = desk_of("east", "east")
    mine, other = case(desk, area="东"), case(desk, area="西")
    with pytest.raises(NotFound):
        east.update(other, {"area": "东"})
    with pytest.raises(Forbidden):
        east.update(mine, {"area": "西"})
    assert desk.read(mine).values["area"] == "东"


def test_fields_that_are_hidden_or_only_read_are_not_filled(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    east = desk_of("east", "east")
    made = case(desk, area="东", wage=5, note="n")
    assert east.refused(lambda: east.update(made, {"wage": 1, "note": "m"})) == {
        ("/wage", "unknown_field"),
        ("/note", "read_only"),
    }
    assert east.refused(lambda: case(east, area="东", wage=1)) == {("/wage", "unknown_field")}
    east.update(made, {"note": "n", "memo": "x"})
    assert desk.read(made).values["wage"] == 5


def test_who_only_reads_is_forbidden_and_who_sees_nothing_finds_nothing(
    desk: Desk, desk_of: Callable[..., Desk]
) -> None:
    made = case(desk, area="东")
    for act in ("delete", "submit", "void"):
        with pytest.raises(Forbidden):
            desk_of("rita", "reader").move(made, act)
        with pytest.raises(NotFound):
            desk_of("bob").move(made, act)


def test_of_several_policies_each_row_has_its_own_best(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    both = desk_of("ann", "east", "writer")
    own = case(both, area="西", wage=7)
    other = case(desk, area="东")
    both.update(own, {"wage": 8})
    assert both.refused(lambda: both.update(other, {"wage": 8})) == {("/wage", "unknown_field")}


def test_whoever_creates_or_edits_may_hand_in_and_the_applicant_withdraws(desk_of: Callable[..., Desk]) -> None:
    writer, other = desk_of("will", "writer"), desk_of("hans", "head")
    made = case(writer, area="东")
    assert writer.move(made, "submit").state == "in_approval"
    with pytest.raises(Forbidden):
        other.move(made, "withdraw")
    assert writer.move(made, "withdraw").state == "withdrawn"
    assert writer.move(made, "submit").state == "in_approval"


def test_approving_is_the_admins_until_flows_run(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    head = desk_of("hans", "head")
    made = case(head, area="东")
    head.move(made, "submit")
    for event in ("approve", "reject"):
        with pytest.raises(Forbidden):
            head.move(made, event)
    assert Desk(desk.inst, head.actor, anyone_decides=True).move(made, "approve").state == "approved"
    with pytest.raises(NotFound):
        Desk(desk.inst, desk_of("bob").actor, anyone_decides=True).move(made, "reject")


def test_a_late_field_needs_the_right_to_edit_too(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    made = case(desk, area="东")
    desk.move(made, "submit")
    desk.move(made, "approve")
    assert desk_of("hans", "head").update(made, {"memo": "x"}).values["memo"] == "x"
    with pytest.raises(Forbidden):
        desk_of("rita", "reader").update(made, {"memo": "y"})


def test_a_forbidden_line_spoils_the_whole_act(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    east = desk_of("east", "east")
    made = case(desk, area="东")
    with pytest.raises(Forbidden):
        east.write([Update("shop.case", made.id, {"memo": "x"}), Create("shop.case", {"area": "西"})])
    assert desk.read(made).values["memo"] is None
    done = east.write([Update("shop.case", made.id, {"memo": "x"}), Transition("shop.case", made.id, "submit")]).records
    assert done[0].state == "in_approval"


def test_a_member_cannot_make_a_record_another_members(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    writer, other = desk_of("will", "writer"), desk_of("hans", "head")
    made = writer.write([Create("shop.case", {}, owner=other.actor.member)]).records[0]
    assert made.owner == writer.actor.member
    assert desk.write([Create("shop.case", {}, owner=other.actor.member)]).records[0].owner == other.actor.member
