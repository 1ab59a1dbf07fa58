"""What an actor may know of forms, records' histories and of their own rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.describe_forms import describe_form, explain_access, list_forms
from dougong.actions.installation import Installation
from dougong.actions.read_history import read_history
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Malformed, NotFound

Publish = Callable[..., None]
Member = Callable[..., Actor]

FORM: dict[str, Any] = {
    "title": "货物",
    "policies": [
        {"id": "seen", "roles": ["*"], "actions": ["view"], "rows": "kind = '甲'", "fields": {"cost": "hidden"}},
        {"id": "kept", "roles": ["clerk"], "actions": ["view", "create", "edit"], "fields": {"cost": "read"}},
    ],
    "record": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "品名"},
            "kind": {"enum": ["甲", "乙"]},
            "cost": {"type": "integer"},
        },
    },
}


def test_forms_are_listed_with_what_may_be_done(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": FORM, "shut": {"record": {"type": "object", "properties": {}}}})
    (seen,) = list_forms(installation, member("bob"))
    assert (seen["name"], seen["title"], seen["actions"]) == ("m.f", "货物", ["comment", "view"])
    (kept,) = list_forms(installation, member("eve", "clerk"))
    assert {"create", "edit", "submit", "disable", "enable"} <= set(kept["actions"])
    assert "delete" not in kept["actions"]
    assert [each["name"] for each in list_forms(installation, member("admin"))] == ["m.f", "m.shut"]


def test_a_form_is_described_without_hidden_fields(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(m={"f": FORM, "shut": {"record": {"type": "object", "properties": {}}}})
    levels = {each["name"]: each["level"] for each in describe_form(installation, member("bob"), "m.f")["fields"]}
    assert levels == {"name": "read", "kind": "read"}
    fields = describe_form(installation, member("eve", "clerk"), "m.f")["fields"]
    assert [(each["name"], each["level"], each["required"]) for each in fields] == [
        ("name", "edit", True), ("kind", "edit", False), ("cost", "read", False),
    ]  # fmt: skip
    assert [each["const"] for each in fields[1]["options"]] == ["甲", "乙"]
    for form in ("m.shut", "m.none", "nonsense"):
        with pytest.raises(NotFound):
            describe_form(installation, member("bob"), form)


def test_explain_says_why(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": FORM})
    firm = operator("demo")
    mine, other = (create_record(installation, firm, "m.f", {"name": "x", "kind": kind})["id"] for kind in "甲乙")
    bob = member("bob")
    assert explain_access(installation, bob, "m.f", "view", mine)["allowed"]
    refused = explain_access(installation, bob, "m.f", "edit", mine)
    assert (refused["allowed"], refused["why"]) == (False, "none")
    assert {each["id"]: each["verdict"] for each in refused["policies"]} == {
        "seen": "other_action", "kept": "other_role",
    }  # fmt: skip
    eve = member("eve", "clerk")
    granted = explain_access(installation, eve, "m.f", "view", other)
    assert {each["id"]: each["verdict"] for each in granted["policies"]} == {"seen": "other_rows", "kept": "grants"}
    assert explain_access(installation, member("admin"), "m.f", "delete")["why"] == "admin"
    assert explain_access(installation, eve, "m.f", "approve")["why"] == "flow"
    with pytest.raises(NotFound):
        explain_access(installation, bob, "m.f", "view", other)
    with pytest.raises(Malformed):
        explain_access(installation, bob, "m.f", "fly", mine)


def test_a_history_shows_only_fields_one_may_read(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": FORM})
    firm = operator("demo")
    row = create_record(installation, firm, "m.f", {"name": "a", "kind": "甲", "cost": 5})["id"]
    update_record(installation, firm, "m.f", row, {"name": "b", "cost": 6})
    mine = read_history(installation, member("bob"), "m.f", row)
    assert [each["event"] for each in mine] == ["update", "create"]
    assert {each["field"] for act in mine for each in act["changes"]} >= {"name"}
    assert "cost" not in {each["field"] for act in mine for each in act["changes"]}
    (change,) = [each for each in read_history(installation, firm, "m.f", row)[0]["changes"] if each["field"] == "cost"]
    assert (change["old"], change["new"]) == (5, 6)
