"""Folds what a browser posted into a sheet: single values while one types, row buttons, a pasted block, uploaded files.

One rule: only what differs from what the screen showed is a change, so a whole-form post changes no more than one input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from .. import licence
from ..definition.model import Field
from ..fields.type import Here
from ..forms.names import spot_of
from ..forms.paste import Pasted, paste
from ..forms.posted import read_posted
from ..forms.reading import RowValues
from ..forms.sheet import Sheet, fold
from ..forms.sheets import discard_sheet, save_sheet
from ..kernel.actor import Actor
from ..storage.transaction import Transaction
from .fill_sheet import hand_on
from .installation import Installation
from .open_sheet import load, record_of
from .paste_names import resolve_names
from .sheet_memory import recall, remember
from .sheet_state import FormState, standing, state_of
from .transaction import transaction

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """The form before and after, so that the screen can swap only what differs; `pasted` what became of a block."""

    before: FormState
    after: FormState
    pasted: Pasted | None = None


def change_sheet(
    inst: Installation, actor: Actor, form: str, token: str, posted: Posted, *, submit: bool = False
) -> Changed:
    """Fold and keep. Raises NotFound `sheet_gone`."""

    def change(tx: Transaction, sheet: Sheet, before: FormState, here: Here) -> None:
        del tx
        found = read_posted(before.form, inst.types, differing(before, posted, inst, here), here)
        fold(sheet, before.form, found, standing(inst, before))

    return _change(inst, actor, form, token, change, submit=submit)


def paste_into_sheet(
    inst: Installation, actor: Actor, form: str, token: str, text: str, *, sub: str, row: str, column: str
) -> Changed:
    """Paste a block from a spreadsheet into a subtable, from a cell on. Raises NotFound `sheet_gone`."""

    found = Pasted()

    def change(tx: Transaction, sheet: Sheet, before: FormState, here: Here) -> None:
        nonlocal found
        del here
        field = before.form.subtable(sub)
        if field is not None:
            found = paste(sheet, field, inst.types, text, row=row, column=column, standing=standing(inst, before))
            touched = set(found.touched)
            resolve_names(tx, before.model, field, (each for each in sheet.rows[sub] if each.id in touched))

    return replace(_change(inst, actor, form, token, change), pasted=found)


def drop_sheet(inst: Installation, actor: Actor, token: str) -> None:
    """Throw a sheet away."""
    transaction(inst, actor.tenant, actor, lambda tx: discard_sheet(tx, token))


def _change(
    inst: Installation,
    actor: Actor,
    form: str,
    token: str,
    change: Callable[[Transaction, Sheet, FormState, Here], None],
    *,
    submit: bool = False,
) -> Changed:
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> Changed:
        model = inst.catalog.live(tx)
        sheet = load(tx, form, token)
        record = record_of(tx, model, sheet)
        before = recall(tx, model, sheet, record, submit=submit)
        if before is None:
            before = state_of(inst, tx, model, deepcopy(sheet), record, submit=submit)
        change(tx, sheet, before, Here(tx.zone, tx.now.astimezone(tx.zone).date()))
        after = state_of(inst, tx, model, sheet, record, submit=submit, since=before)
        if hand_on(inst, tx, sheet, after, before):
            after = state_of(inst, tx, model, sheet, record, submit=submit, since=before)
        save_sheet(tx, sheet)
        return Changed(before, remember(tx, model, after, submit=submit))

    return transaction(inst, actor.tenant, actor, act)


def differing(state: FormState, posted: Posted, inst: Installation, here: Here) -> dict[str, Sequence[str]]:
    """The posted inputs that say something else than the form did."""
    rows = {(sub, row.id): row for sub, some in state.rows.items() for row in some}
    return {name: texts for name, texts in posted.items() if not _same(state, name, texts, rows, inst, here)}


def _same(
    state: FormState,
    name: str,
    texts: Sequence[str],
    rows: Mapping[tuple[str, str], RowValues],
    inst: Installation,
    here: Here,
) -> bool:
    spot = spot_of(state.form, name)
    if spot is None or spot.field.is_subtable or name in state.reading.typed:
        return False
    if spot.sub and (spot.sub, spot.row) not in rows:
        return False
    values = rows[spot.sub, spot.row].values if spot.sub else state.evaluation.values
    return _text(inst, spot.field, values.get(spot.field.name), here) == _posted(inst, spot.field, texts)


def _text(inst: Installation, field: Field, value: object, here: Here) -> tuple[str, ...]:
    kind = inst.types[field.value_type]
    if kind.multiple:
        items = value if isinstance(value, tuple | list) else ()
        return tuple(kind.write_form((each,), field) for each in items)
    if isinstance(value, Mapping):
        return (str(value["$key"] if set(value) == {"$key"} else value),)
    return (kind.write_local(value, field, here),)


def _posted(inst: Installation, field: Field, texts: Sequence[str]) -> tuple[str, ...]:
    if inst.types[field.value_type].multiple:
        return tuple(each for each in texts if each.strip())
    return (inst.types[field.value_type].joined(texts).replace("\r\n", "\n"),)
