"""The life of a record: its states, event by event."""

from typing import Any

import pytest

from dougong.definition.model import Field, Form
from dougong.kernel.errors import Conflict
from dougong.records import states


def form(kind: Any = "document", *, approvers: bool = True, late: bool = False) -> Form:
    flow = {"nodes": [{"type": "approve", "id": "a"}]} if approvers else None
    fields = (Field("a", "a", "A", "text", {}), Field("b", "b", "B", "text", {}, late=late))
    return Form("m", "f", "F", kind, {}, fields, flow=flow)


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        ("draft", "submit", "in_approval"),
        ("rejected", "submit", "in_approval"),
        ("withdrawn", "submit", "in_approval"),
        ("in_approval", "approve", "approved"),
        ("in_approval", "reject", "rejected"),
        ("in_approval", "withdraw", "withdrawn"),
        ("approved", "void", "voided"),
        ("approved", "close", "closed"),
        ("draft", "delete", "draft"),
        ("withdrawn", "delete", "withdrawn"),
    ],
)
def test_a_document_goes_its_way(state: str, event: Any, after: str) -> None:
    assert states.next_state(form(), state, event) == after


@pytest.mark.parametrize(
    ("state", "event", "code"),
    [
        ("draft", "approve", "state"),
        ("draft", "withdraw", "state"),
        ("draft", "void", "state"),
        ("draft", "close", "state"),
        ("closed", "void", "state"),
        ("approved", "delete", "state"),
        ("voided", "delete", "state"),
        ("in_approval", "delete", "state"),
        ("voided", "submit", "state"),
        ("approved", "approve", "already_done"),
        ("in_approval", "submit", "already_done"),
        ("voided", "void", "already_done"),
        ("draft", "disable", "state"),
    ],
)
def test_a_document_refuses_what_does_not_fit(state: str, event: Any, code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        states.next_state(form(), state, event)
    assert refusal.value.code == code


def test_a_document_nobody_approves_is_approved_when_submitted() -> None:
    assert states.next_state(form(approvers=False), "draft", "submit") == "approved"
    assert states.happenings("draft", "approved") == ("submitted", "approved")


def test_a_master_is_disabled_and_enabled_and_never_submitted() -> None:
    master = form("master")
    assert states.first_state(master) == "active"
    assert states.next_state(master, "active", "disable") == "disabled"
    assert states.next_state(master, "disabled", "enable") == "active"
    assert states.next_state(master, "disabled", "delete") == "disabled"
    with pytest.raises(Conflict):
        states.next_state(master, "active", "submit")


@pytest.mark.parametrize("state", ["in_approval", "approved", "closed", "voided"])
def test_a_document_that_left_the_desk_is_not_edited(state: str) -> None:
    assert not states.may_edit(form(), state, frozenset({"a"}))
    assert not states.may_edit(form(), state, frozenset())


@pytest.mark.parametrize(
    ("state", "allowed"), [("approved", True), ("closed", True), ("in_approval", False), ("voided", False)]
)
def test_late_fields_may_change_after_approval_alone(state: str, allowed: bool) -> None:
    late = form(late=True)
    assert states.may_edit(late, state, frozenset({"b"})) is allowed
    assert not states.may_edit(late, state, frozenset({"a", "b"}))


def test_checks_run_at_the_moments_a_write_passes() -> None:
    document = form()
    assert states.moments(document, None, "draft") == {"save"}
    assert states.moments(document, "draft", "in_approval") == {"save", "submit"}
    assert states.moments(document, "in_approval", "approved") == {"approve"}
    assert states.moments(document, None, "approved") == {"save", "submit", "approve"}
    assert states.moments(document, "approved", "voided") == {"void"}
    assert states.moments(form("master"), "active", "disabled") == {"save"}


def test_an_open_document_may_be_incomplete() -> None:
    assert not states.complete(form(), "draft")
    assert states.complete(form(), "in_approval")
    assert states.complete(form("master"), "active")
