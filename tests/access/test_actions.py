"""Which right an act on a document needs: the defaults and the words of a policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import read_record
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor
from dougong.kernel.errors import Forbidden, NotFound

Publish = Callable[..., None]
Member = Callable[..., Actor]
FLOW = {"nodes": [{"type": "approve", "id": "boss", "title": "经理", "who": [{"role": "boss"}]}]}


def document(*policies: dict[str, Any]) -> dict[str, Any]:
    record = {"type": "object", "properties": {"name": {"type": "string"}}}
    return {"kind": "document", "policies": list(policies), "record": record, "flow": FLOW}


def act(inst: Installation, actor: Actor, row: str, event: Any) -> str:
    return transition_record(inst, actor, "m.f", row, event)["state"]


def test_who_may_create_may_submit_and_the_applicant_withdraws(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(m={"f": document({"roles": ["*"], "actions": ["view", "create"]})})
    bob, eve = member("bob"), member("eve")
    row = create_record(installation, bob, "m.f", {"name": "a"})["id"]
    assert act(installation, bob, row, "submit") == "in_approval"
    for event in ("approve", "reject", "withdraw"):
        with pytest.raises(Forbidden):
            act(installation, eve, row, event)
    assert act(installation, bob, row, "withdraw") == "withdrawn"
    with pytest.raises(Forbidden):
        update_record(installation, bob, "m.f", row, {"name": "b"})


def test_a_policy_that_names_submit_takes_it_from_the_others(
    installation: Installation, member: Member, publish: Publish
) -> None:
    writes = {"roles": ["*"], "actions": ["view", "create", "edit"]}
    publish(m={"f": document(writes, {"roles": ["chief"], "actions": ["submit"]})})
    row = create_record(installation, member("bob"), "m.f", {"name": "a"})["id"]
    with pytest.raises(Forbidden):
        act(installation, member("bob"), row, "submit")
    with pytest.raises(Forbidden):
        create_record(installation, member("bob"), "m.f", {"name": "b"}, submit=True)
    assert act(installation, member("eve", "chief"), row, "submit") == "in_approval"


def test_void_close_delete_and_restore_need_their_words(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(
        m={
            "f": document(
                {"roles": ["*"], "actions": ["view", "create"]},
                {"roles": ["voider"], "actions": ["void"]},
                {"roles": ["editor"], "actions": ["edit"]},
                {"roles": ["deleter"], "actions": ["delete"]},
            )
        }
    )
    admin, bob = member("admin"), member("bob")

    def approved() -> str:
        row = create_record(installation, bob, "m.f", {"name": "a"}, submit=True)["id"]
        assert act(installation, admin, row, "approve") == "approved"
        return row

    for event, role, state in (("void", "voider", "voided"), ("close", "editor", "closed")):
        row = approved()
        with pytest.raises(Forbidden):
            act(installation, bob, row, event)
        assert act(installation, member(f"the_{role}", role), row, event) == state
    row = create_record(installation, bob, "m.f", {"name": "a"})["id"]
    with pytest.raises(Forbidden):
        act(installation, bob, row, "delete")
    deleter = member("the_deleter", "deleter")
    act(installation, deleter, row, "delete")
    with pytest.raises(NotFound):
        read_record(installation, deleter, "m.f", row)
    with pytest.raises(Forbidden):
        act(installation, bob, row, "restore")
    act(installation, deleter, row, "restore")
    assert read_record(installation, bob, "m.f", row).shown["state"] == "draft"
