"""Opens a form to be filled in: a fresh sheet for a new record or for one that is to be changed; or goes on with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .. import licence
from ..forms.sheet import Sheet
from ..forms.sheets import load_sheet, my_sheets, open_sheet, sweep_sheets
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..records import query
from ..records.record import Record
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .sheet_state import FormState, state_of
from .transaction import read, transaction

#: How long an open form that nobody touches is kept.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opened:
    """`others`: sheets of the same form that this member began and never saved, latest first."""

    state: FormState
    others: list[Sheet]


def begin_sheet(inst: Installation, actor: Actor, form: str, record: str | None = None) -> str:
    """The token of a fresh sheet. Raises NotFound, Forbidden, Conflict `state`: what one may not save one cannot open."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> str:
        model = inst.catalog.live(tx)
        found = query.get(tx, model, form, record, "edit")[0] if record is not None else None
        version = found.version if found is not None else None
        sweep_sheets(tx, tx.now - KEPT)
        sheet = open_sheet(tx, form, model.definitions.digest, record=record, version=version)
        state_of(inst, tx, model, sheet, found)
        return sheet.token

    return transaction(inst, actor.tenant, actor, act)


def open_form(inst: Installation, actor: Actor, form: str, token: str, *, submit: bool = False) -> Opened:
    """The sheet as it stands. Raises NotFound `sheet_gone` for one that was saved, discarded or is somebody else's."""

    def act(tx: Transaction) -> Opened:
        model = inst.catalog.live(tx)
        sheet = load(tx, form, token)
        state = state_of(inst, tx, model, sheet, record_of(tx, model, sheet), submit=submit)
        return Opened(state, [each for each in my_sheets(tx, form, limit=5) if each.token != token and not each.record])

    return read(inst, actor, act)


def load(tx: Transaction, form: str, token: str) -> Sheet:
    """The acting member's sheet. Raises NotFound `sheet_gone`."""
    try:
        return load_sheet(tx, token, form=form)
    except NotFound as error:
        raise NotFound("sheet_gone") from error


def record_of(tx: Transaction, model: Model, sheet: Sheet) -> Record | None:
    """The record a sheet changes."""
    return query.get(tx, model, sheet.form, sheet.record)[0] if sheet.record is not None else None
