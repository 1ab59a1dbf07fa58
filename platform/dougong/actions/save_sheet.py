"""Saves a sheet as the record it is for, and submits that when asked to. One rule: the sheet is the idempotency key, so the
same form posted twice at once makes one record and both get the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from .. import licence
from ..fields.type import Here
from ..forms.names import input_name, spot_of
from ..forms.posted import read_posted
from ..forms.reading import sendable
from ..forms.sheet import Sheet, fold
from ..forms.sheets import discard_sheet, save_sheet
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..records.ops import Create, Op, Transition, Update
from ..storage.transaction import Transaction
from .installation import Installation
from .open_sheet import load
from .sheet_memory import forget
from .sheet_state import state_of
from .transaction import Once, transaction
from .writing import write


class Saved(TypedDict):
    """The record the sheet has become."""

    form: str
    id: str
    state: str
    back: str


def save_form(
    inst: Installation,
    actor: Actor,
    form: str,
    token: str,
    *,
    submit: bool = False,
    confirm: bool = False,
    request_id: str | None = None,
) -> Saved:
    """Raises Invalid, Unconfirmed (warnings stand and `confirm` is not given), Stale, Conflict, Forbidden, NotFound
    `sheet_gone`; the sheet then stands as it was."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> Saved:
        model = inst.catalog.live(tx)
        sheet = load(tx, form, token)
        now = state_of(inst, tx, model, sheet, None)
        values = sendable(sheet, now.form, without=now.evaluation.invisible)
        written = write(inst, tx, _ops(sheet, values, submit), confirm=confirm)
        discard_sheet(tx, token)
        forget(model, token)
        record = written.records[-1]
        return {"form": form, "id": record.id, "state": record.state, "back": _choose(inst, tx, sheet, record.id)}

    once = Once(f"sheet:{token}", form)
    return transaction(inst, actor.tenant, actor, act, once=once, request_id=request_id)


def _choose(inst: Installation, tx: Transaction, made: Sheet, record: str) -> str:
    """Choose the record in the sheet that waits for it; where to go back to, "" when none does (any more)."""
    if made.back is None:
        return ""
    form, token, name = made.back
    try:
        sheet = load(tx, form, token)
    except NotFound:
        return ""
    definition = inst.catalog.live(tx).form(form)
    spot = spot_of(definition, name)
    if spot is None or spot.field.ref != made.form or not _there(sheet, spot.sub, spot.row):
        return ""
    here = Here(tx.zone, tx.now.astimezone(tx.zone).date())
    fold(sheet, definition, read_posted(definition, inst.types, {name: [record]}, here))
    save_sheet(tx, sheet)
    where = f"{sheet.record}/edit" if sheet.record else "new"
    return f"/f/{form}/{where}?sheet={token}"


def _there(sheet: Sheet, sub: str, row: str) -> bool:
    return not sub or any(each.id == row for each in sheet.rows.get(sub, ()))


def _ops(sheet: Sheet, values: Mapping[str, Any], submit: bool) -> list[Op]:
    if sheet.record is None:
        return [Create(sheet.form, values, submit=submit, nulls=True)]
    ops: list[Op] = [Update(sheet.form, sheet.record, values, version=sheet.version, nulls=True)]
    return [*ops, Transition(sheet.form, sheet.record, "submit")] if submit else ops


def settle_conflict(
    inst: Installation, actor: Actor, form: str, token: str, *, version: int, theirs: Sequence[str]
) -> None:
    """Go on from the record as it stands now (`version`), giving up one's own change of the fields in `theirs`."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> None:
        sheet = load(tx, form, token)
        sheet.version = version
        for name in theirs:
            sheet.values.pop(name, None)
            sheet.rows.pop(name, None)
            sheet.typed = {
                key: text
                for key, text in sheet.typed.items()
                if key != input_name(name) and not key.startswith(f"{name}.")
            }
        save_sheet(tx, sheet)

    transaction(inst, actor.tenant, actor, act)
