"""The acts a record's page offers, and how they look. One rule: an act is offered where state and rights allow it; whether
it succeeds the writer path decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..access import require
from ..definition.model import Form
from ..kernel.errors import DougongError
from ..pages.catalogue import mark
from ..records.ops import Event
from ..records.record import Record
from ..records.states import may_edit, next_state
from ..storage.model import Model
from ..storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Kind:
    """How an act looks. `weight`: "pri" the one to do next, "bad" what needs a second look, "more" the rest; `means` is
    said before acts that are asked about once more."""

    word: str
    icon: str
    weight: str = ""
    means: str = ""


ACTS: dict[Event, Kind] = {
    "submit": Kind(mark("Submit"), icon="send", weight="pri"),
    "approve": Kind(mark("Approve"), icon="check", weight="pri"),
    "reject": Kind(
        mark("Reject"), icon="x", weight="bad",
        means=mark("The document goes back as rejected; what it held in reserve is set free."),
    ),
    "withdraw": Kind(
        mark("Withdraw"), icon="arrow-back-up",
        means=mark("The document comes back to you as withdrawn; you can change it and submit it again."),
    ),
    "close": Kind(
        mark("Close the document"), icon="archive", weight="more",
        means=mark("The document still counts, but takes nothing more."),
    ),
    "disable": Kind(
        mark("Put out of use"), icon="ban", weight="more",
        means=mark("New documents can no longer choose it. Old values stay; it can be put in use again."),
    ),
    "enable": Kind(mark("Put in use"), icon="circle-check"),
    "void": Kind(
        mark("Void"), icon="ban", weight="bad",
        means=mark("The document counts no more and cannot be used again. Its history stays."),
    ),
    "delete": Kind(
        mark("Delete"), icon="trash", weight="bad",
        means=mark("It goes to the recycle bin and can be restored for 30 days."),
    ),
    "restore": Kind(mark("Restore"), icon="restore", weight="pri"),
}  # fmt: skip


#: Acts of the work itself; others wait in a menu.
NOW: frozenset[Event] = frozenset({"submit", "approve", "reject", "withdraw", "enable", "restore"})


@dataclass(frozen=True, slots=True)
class Act:
    """A button. `asks`: a question comes first; `now`: it stands where one works, else in the menu."""

    event: Event
    word: str
    icon: str
    weight: str
    asks: bool
    now: bool


def acts(tx: Transaction, model: Model, form: Form, record: Record) -> Iterator[Act]:
    """The buttons of this record, in the order of ACTS."""
    for event, kind in ACTS.items():
        if (event == "restore") != (record.deleted_at is not None):
            continue
        try:
            next_state(form, record.state, event)
            require(tx, model, form.full_name, event, record.id)
        except DougongError:
            continue
        yield Act(event, kind.word, kind.icon, kind.weight, bool(kind.means), event in NOW)


def editable(tx: Transaction, model: Model, form: Form, record: Record) -> bool:
    """Whether the actor may open the record to change it."""
    late = frozenset(each.name for each in form.fields if each.late)
    if record.deleted_at is not None or form.kind == "log" or not may_edit(form, record.state, late):
        return False
    try:
        require(tx, model, form.full_name, "edit", record.id)
    except DougongError:
        return False
    return True
