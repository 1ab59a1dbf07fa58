"""Two people changed one record: field by field what stands now and what this person wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..actions.sheet_state import FormState
from ..definition.model import Field
from ..kernel.errors import Stale
from ..pages.values import shown
from ..records import query
from ..records.history import history
from ..records.present import instant
from ..records.titles import kind_of
from ..storage.transaction import Transaction
from .current import installation, read
from .language import say
from .values import reader


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that both changed."""

    name: str
    title: str
    theirs: str
    yours: str


def differences(state: FormState, error: Stale) -> list[Difference]:
    """The fields both have changed; a subtable is one of them, taken whole."""
    touched = _changed_since(state)
    found = []
    for each in error.params.get("differs", ()):
        field = state.form.find(str(each["field"]))
        if field is not None and field.name in touched:
            found.append(_row(state, field, each))
    return found


def _changed_since(state: FormState) -> frozenset[str]:
    """The fields (subtables as wholes) anybody changed since this sheet was opened; what only one changed is no conflict."""
    opened, record = instant(state.sheet.created_at) or "", state.sheet.record
    if record is None:
        return frozenset()

    def names(tx: Transaction) -> frozenset[str]:
        model = installation().catalog.live(tx)
        _, levels = query.get(tx, model, state.form.full_name, record)
        acts = history(tx, model, state.form.full_name, record, levels)
        late = [each for each in acts if str(each["at"]) >= opened]
        whole = {one.name for one in state.form.subtables}
        fields = {str(change["field"]) for each in late for change in each["changes"]}
        return frozenset(fields | {each.partition(".")[0] for each in fields if each.partition(".")[0] in whole})

    return read(names)


def _row(state: FormState, field: Field, each: Mapping[str, Any]) -> Difference:
    if field.is_subtable:
        sides = [say("{count} rows", count=len(each.get(side) or ())) for side in ("theirs", "yours")]
        return Difference(field.name, field.title, *sides)
    sides = [_text(state, field, each.get(side)) for side in ("theirs", "yours")]
    return Difference(field.name, field.title, *sides)


def _text(state: FormState, field: Field, value: Any) -> str:
    kind = kind_of(field)
    title = state.titles.get((kind, value)) if kind and isinstance(value, str) else None
    return shown(field, value, title, reader()).text
