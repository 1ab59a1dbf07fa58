"""What this process remembers of open sheets: the state each was last shown in. One rule: it only spares work; a state is
taken again only for the same content, member, record and day, and another process computes it anew."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from ..forms.sheet import Sheet
from ..records.record import Record
from ..storage.model import Model
from ..storage.transaction import Transaction
from .sheet_state import FormState

#: States kept for each tenant; one of 500 rows takes some megabytes.
MOST = 40


class _Memory:
    def __init__(self) -> None:
        self.lock = Lock()
        self.states: OrderedDict[str, FormState] = OrderedDict()


def recall(tx: Transaction, model: Model, sheet: Sheet, record: Record | None, *, submit: bool) -> FormState | None:
    """The state this very sheet was last shown in, if this process knows it."""
    memory = _of(model)
    with memory.lock:
        state = memory.states.get(sheet.token)
    if state is None or state.submit != submit or state.moment != _moment(tx) or not _same(state.sheet, sheet):
        return None
    versions = [each.version if each is not None else None for each in (state.record, record)]
    return state if versions[0] == versions[1] else None


def remember(tx: Transaction, model: Model, state: FormState, *, submit: bool) -> FormState:
    """Keep the state for the next look at its sheet."""
    memory = _of(model)
    state.submit, state.moment = submit, _moment(tx)
    with memory.lock:
        memory.states[state.sheet.token] = state
        memory.states.move_to_end(state.sheet.token)
        while len(memory.states) > MOST:
            memory.states.popitem(last=False)
    return state


def forget(model: Model, token: str) -> None:
    """The sheet is gone."""
    memory = _of(model)
    with memory.lock:
        memory.states.pop(token, None)


def _of(model: Model) -> _Memory:
    found: _Memory = model.memo.setdefault(_Memory, _Memory())
    return found


def _moment(tx: Transaction) -> object:
    """Who looks, with which roles, on which day."""
    return tx.actor, tx.now.astimezone(tx.zone).date()


def _same(known: Sheet, sheet: Sheet) -> bool:
    return (known.revision, known.member, known.values, known.rows, known.typed) == (
        sheet.revision, sheet.member, sheet.values, sheet.rows, sheet.typed,
    )  # fmt: skip
