"""One record that an act writes, with everything the act has said of it. One rule: however many operations speak of a
record, it has one entry, and it is judged once, as they have left it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..definition.model import Form
from ..kernel.problems import Problem
from .conditions import Place
from .ops import Event
from .references import Slot
from .rights import FieldRights
from .write_set import RowChange


@dataclass(slots=True, eq=False)
class Entry:
    """`at` prefixes its problems. `sent` gives the pointer of every place whose value was sent, `unset` are places
    whose default still applies, `slots` the references that were sent, `claims` computed
    values that were sent (they must be what is computed), `inner`: written by an effect of this act, so the
    actor's own rights are not asked. `state` is the state it was in before, None when it is new."""

    form: Form
    record: RowChange
    at: str
    rights: FieldRights
    state: str | None
    inner: bool = False
    edited: bool = False
    events: list[Event] = field(default_factory=list)
    sent: dict[Place, str] = field(default_factory=dict)
    unset: set[Place] = field(default_factory=set)
    slots: list[Slot] = field(default_factory=list)
    claims: list[tuple[RowChange, str, Any, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.record.is_new

    @property
    def now(self) -> dict[str, Any]:
        """The record's values as they will stand; a record is never removed, only marked as deleted."""
        if self.record.now is None:
            raise LookupError(self.record.id)
        return self.record.now

    @property
    def state_now(self) -> str:
        return str(self.now["$state"])

    def wrong(self, code: str, pointer: str, **params: Any) -> None:
        """Note a problem at a place of this record."""
        self.problems.append(Problem(code, pointer, params))
