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
from ..records.titles import Titles, kind_of
from ..storage.transaction import Transaction
from .current import installation, read
from .language import say_many
from .values import reader

#: Acts that leave a record as it is.
_WITHOUT_CHANGE = frozenset({"print"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that both changed."""

    name: str
    title: str
    opened: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """`rows` are the fields both have changed, `who` the names of those who did, `others` how many more fields one has
    changed alone."""

    rows: list[Difference]
    who: list[str]
    others: int


@dataclass(slots=True)
class _Since:
    """What was done since a sheet was opened: for each field the value before the first change, and by whom."""

    before: dict[str, tuple[Any, Any]]
    who: dict[str, None]


def conflict(state: FormState, error: Stale) -> Conflict:
    """The fields both have changed; a subtable is one of them, taken whole."""
    since = _changed_since(state, int(error.params.get("current", 0)))
    found = []
    for each in error.params.get("differs", ()):
        field = state.form.find(str(each["field"]))
        if field is not None and field.name in since.before:
            found.append(_row(state, field, each, since))
    own = {*state.sheet.values, *state.sheet.rows}
    return Conflict(found, list(since.who), len(own - {each.name for each in found}))


def _changed_since(state: FormState, stands: int) -> _Since:
    """The fields (subtables as wholes) anybody changed between the version this sheet was opened with and that which
    `stands`; what only one changed is no conflict. Each change raises the version by one and leaves one act."""
    record, missed = state.sheet.record, stands - (state.sheet.version or 0)
    found = _Since({}, {})
    if record is None:
        return found

    def acts(tx: Transaction) -> list[dict[str, Any]]:
        model = installation().catalog.live(tx)
        _, levels = query.get(tx, model, state.form.full_name, record)
        every = history(tx, model, state.form.full_name, record, levels)
        return [each for each in every if each["event"] not in _WITHOUT_CHANGE][:missed]

    whole = {one.name for one in state.form.subtables}
    for act in read(acts):  # newest first: the oldest change is written last
        for change in act["changes"]:
            name = str(change["field"])
            found.before[name] = (change.get("old"), change.get("old_title"))
            if name.partition(".")[0] in whole:
                found.before[name.partition(".")[0]] = (None, None)
        if act["changes"] and act.get("by_name"):
            found.who[str(act["by_name"])] = None
    return found


def _row(state: FormState, field: Field, each: Mapping[str, Any], since: _Since) -> Difference:
    if field.is_subtable:
        sides = [say_many("{count} row", "{count} rows", len(each.get(side) or ())) for side in ("theirs", "yours")]
        return Difference(field.name, field.title, "", *sides)
    old, title = since.before[field.name]
    sides = [_text(state, field, each.get(side)) for side in ("theirs", "yours")]
    return Difference(field.name, field.title, shown(field, old, title, reader()).text, *sides)


def _text(state: FormState, field: Field, value: Any) -> str:
    kind = kind_of(field)
    title = _named(state, kind, value) if kind and isinstance(value, str) else None
    return shown(field, value, title, reader()).text


def _named(state: FormState, kind: str, value: str) -> str | None:
    """The title of an id: known from the sheet, or asked for (the other one has chosen something it knows nothing of)."""
    known = state.titles.get((kind, value))
    if known is not None:
        return known

    def find(tx: Transaction) -> str | None:
        titles = Titles(tx, installation().catalog.live(tx))
        titles.want_ids(kind, (value,))
        return titles.named(kind, value)

    return read(find)
