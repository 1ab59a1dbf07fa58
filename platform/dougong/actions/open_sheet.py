"""Opens a form to be filled in: a fresh sheet for a new record or for one that is to be changed; or goes on with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .. import licence
from ..forms.sheet import Sheet
from ..forms.sheets import load_sheet, my_sheets, open_sheet, save_sheet, sweep_sheets
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..records import query
from ..records.record import Record
from ..records.titles import Titles
from ..storage.model import Model
from ..storage.transaction import Transaction
from .fill_sheet import copy_record, hand_on, prefill
from .glimpse import Glimpse, glimpses
from .installation import Installation
from .sheet_state import FormState, state_of
from .transaction import read, transaction

#: How long an open form that nobody touches is kept.
KEPT = timedelta(days=30)
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """`others`: sheets of the same form that this member began and never saved, latest first, each with its first values."""

    state: FormState
    others: list[tuple[Sheet, list[Glimpse]]]


@dataclass(frozen=True, slots=True)
class Begun:
    """A fresh sheet; `lost` are names that were to be filled in and are no input of the form."""

    token: str
    lost: list[str]


def begin_sheet(inst: Installation, actor: Actor, form: str, record: str | None = None) -> str:
    """The token of a fresh sheet. Raises NotFound, Forbidden, Conflict `state`: what one may not save one cannot open."""
    return begin_filled(inst, actor, form, record=record).token


def begin_filled(
    inst: Installation,
    actor: Actor,
    form: str,
    *,
    record: str | None = None,
    copy: str | None = None,
    given: Given | None = None,
    back: tuple[str, str, str] | None = None,
) -> Begun:
    """As `begin_sheet`, with the values of the record `copy`, then those `given` by an address, filled in. `back`: (form,
    token, input) of one's own sheet in which the record is to be chosen once it is made."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> Begun:
        model = inst.catalog.live(tx)
        found = query.get(tx, model, form, record, "edit")[0] if record is not None else None
        version = found.version if found is not None else None
        sweep_sheets(tx, tx.now - KEPT)
        sheet = open_sheet(tx, form, model.definitions.digest, record=record, version=version)
        lost: list[str] = []
        if copy is not None:
            copy_record(inst, tx, model, model.form(form), sheet, copy)
        if given:
            lost = prefill(inst, tx, model.form(form), sheet, given)
        sheet.back = back
        if copy is not None or given or back:
            save_sheet(tx, sheet)
        state = state_of(inst, tx, model, sheet, found)
        if record is None and hand_on(inst, tx, sheet, state, None):
            save_sheet(tx, sheet)
        return Begun(sheet.token, lost)

    return transaction(inst, actor.tenant, actor, act)


def open_form(inst: Installation, actor: Actor, form: str, token: str, *, submit: bool = False) -> Opened:
    """The sheet as it stands. Raises NotFound `sheet_gone` for one that was saved, discarded or is somebody else's."""

    def act(tx: Transaction) -> Opened:
        model = inst.catalog.live(tx)
        sheet = load(tx, form, token)
        state = state_of(inst, tx, model, sheet, record_of(tx, model, sheet), submit=submit)
        others = [each for each in my_sheets(tx, form, limit=5) if each.token != token and not each.record]
        return Opened(state, list(zip(others, glimpses(tx, model, others), strict=True)))

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


@dataclass(frozen=True, slots=True)
class Draft:
    """Something begun and never saved: the sheet, the form's title, what to call the record (its number or title), and of a
    new one the first values."""

    sheet: Sheet
    form: str
    title: str
    said: list[Glimpse]


def my_drafts(inst: Installation, actor: Actor, limit: int = 50) -> list[Draft]:
    """Everything the member has begun and not saved, on whatever device, latest first; forms that are gone are passed
    over."""

    def act(tx: Transaction) -> list[Draft]:
        model = inst.catalog.live(tx)
        found = [each for each in my_sheets(tx, limit=limit) if each.form in model.definitions.forms]
        titles = Titles(tx, model)
        for each in found:
            if each.record is not None:
                titles.want_ids(each.form, (each.record,))
        return [
            Draft(
                each,
                model.form(each.form).title,
                (titles.named(each.form, each.record) or "") if each.record else "",
                said,
            )
            for each, said in zip(found, glimpses(tx, model, found), strict=True)
        ]

    return read(inst, actor, act)
