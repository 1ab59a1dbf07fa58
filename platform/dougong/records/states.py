"""The lives of records
(docs/definition-language.md, Lives of records): which event leads from which state to which, and which states may be
edited or deleted. One rule: nothing else decides what a record's state becomes; the flow runner, scenarios and `submit`
all ask here."""

from __future__ import annotations

from typing import Final, Literal

from ..definition.model import Form, Moment
from ..kernel.errors import Conflict
from .ops import Event

#: Document states in which the applicant still holds the pen.
OPEN: Final = ("draft", "rejected", "withdrawn")
#: Document states that count in roll-ups and totals unless they say otherwise.
COUNTED: Final = ("approved", "closed")
#: Document states in which `x-late` fields may still change.
LATE: Final = ("approved", "closed")

DOCUMENT_STATES: Final = ("draft", "in_approval", "approved", "rejected", "withdrawn", "closed", "voided")
OTHER_STATES: Final = ("active", "disabled")

_DOCUMENT: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "approve": (("in_approval",), "approved"),
    "reject": (("in_approval",), "rejected"),
    "withdraw": (("in_approval",), "withdrawn"),
    "void": (("approved",), "voided"),
    "close": (("approved",), "closed"),
}
_MASTER: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "disable": (("active",), "disabled"),
    "enable": (("disabled",), "active"),
}

Happening = Literal["submitted", "approved", "rejected", "voided"]


def states(form: Form) -> tuple[str, ...]:
    """Every state a record of this form can be in."""
    return DOCUMENT_STATES if form.is_document else OTHER_STATES


def first_state(form: Form) -> str:
    """The state a record is born in."""
    return "draft" if form.is_document else "active"


def next_state(form: Form, state: str, event: Event) -> str:
    """The state `event` leads to (the same one for delete and restore). Raises Conflict: `already_done` when the event has
    happened already, else `state`."""
    if event in ("delete", "restore"):
        return _check_delete(form, state) if event == "delete" else state
    sources: tuple[str, ...]
    if event == "submit" and form.is_document:
        sources, target = OPEN, "in_approval" if form.approved_by_people else "approved"
    elif event in (table := _DOCUMENT if form.is_document else _MASTER):
        sources, target = table[event]
    else:
        raise Conflict("state", form=form.full_name, state=state, act=event)
    if state == target:
        raise Conflict("already_done", form=form.full_name, state=state, act=event)
    if state not in sources:
        raise Conflict("state", form=form.full_name, state=state, act=event)
    return target


def _check_delete(form: Form, state: str) -> str:
    if form.is_document and state not in OPEN:
        raise Conflict("state", form=form.full_name, state=state, act="delete")
    return state


def may_edit(form: Form, state: str, fields: frozenset[str]) -> bool:
    """Whether an update of these fields fits the state: documents in draft, rejected and withdrawn; after approval only
    fields marked `x-late`, and at least one of them. Records of other kinds always."""
    if not form.is_document or state in OPEN:
        return True
    late = {each.name for each in form.fields if each.late}
    return state in LATE and bool(fields) and fields <= late


def happenings(before: str | None, after: str) -> tuple[Happening, ...]:
    """What a change of state means to effects. A form without approve nodes is submitted and approved at once."""
    if before == after:
        return ()
    if after == "in_approval":
        return ("submitted",)
    if after == "approved":
        return ("approved",) if before == "in_approval" else ("submitted", "approved")
    if after == "rejected":
        return ("rejected",)
    return ("voided",) if after == "voided" else ()


def moments(form: Form, before: str | None, after: str) -> frozenset[Moment]:
    """The moments of checks that a write from state to state passes through (None = the record is born)."""
    if before == after or not form.is_document:
        return frozenset({"save"})
    if after == "in_approval":
        return frozenset({"save", "submit"})
    if after == "approved":
        return frozenset({"approve"}) if before == "in_approval" else frozenset({"save", "submit", "approve"})
    return frozenset({"void"}) if after == "voided" else frozenset({"save"}) if after in OPEN else frozenset()


def complete(form: Form, state: str) -> bool:
    """Whether a record in this state must satisfy everything: a document still open may be incomplete."""
    return not form.is_document or state not in OPEN
