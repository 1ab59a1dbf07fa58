"""A sheet together with what the form would be if it were saved now: everything the screen is drawn from, read in one
transaction. One rule: values and problems come from `records.evaluate`, the store's own steps without writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..definition.model import Field, Form
from ..fields.masking import Masked
from ..forms.reading import Reading, RowValues, holds_any, read_sheet, sendable, standing_rows
from ..forms.sheet import Sheet
from ..kernel.problems import Problem
from ..records import files
from ..records.evaluate import Evaluation, evaluate
from ..records.record import Line, Record
from ..records.titles import Titles, kind_of
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation

#: The kind of a file's id.
FILE = "$file"
Kinds = Callable[[Field], str | None]


@dataclass(slots=True)
class FormState:
    """`titles` by (kind of id, id), `files` by id; `record` is the one being edited, None for a new one. `problems` are
    all that can be known now, `ahead` what only handing in would refuse, pointers into the sheet's rows. `submit` and
    `moment` say what it was judged for (sheet_memory.py), `drawn` is scratch of the screen."""

    form: Form
    model: Model
    sheet: Sheet
    evaluation: Evaluation
    reading: Reading
    rows: dict[str, list[RowValues]]
    titles: Mapping[tuple[str, str], str]
    files: Mapping[str, files.File]
    record: Record | None = None
    problems: list[Problem] = field(default_factory=list)
    ahead: list[Problem] = field(default_factory=list)
    submit: bool = False
    moment: object = None
    drawn: dict[Any, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The record's state; a new document is a draft."""
        return self.record.state if self.record is not None else "draft"


def state_of(
    inst: Installation,
    tx: Transaction,
    model: Model,
    sheet: Sheet,
    record: Record | None,
    *,
    submit: bool = False,
    since: FormState | None = None,
) -> FormState:
    """Evaluate the sheet. `submit`: judge it as if it were handed in; `since`: its state before, of which rows that were
    not touched are taken over. Raises NotFound, Forbidden, Conflict."""
    form = model.form(sheet.form)
    reading = read_sheet(sheet, form, inst.types)
    sent = sendable(sheet, form, keep_ids=True)
    before = since.evaluation.settled if since is not None else None
    found = evaluate(tx, model, sheet.form, sent, inst.types, record=sheet.record, submit=submit, since=before)
    if holds_any(sheet, found.invisible):
        sent = sendable(sheet, form, keep_ids=True, without=found.invisible)
        found = evaluate(tx, model, sheet.form, sent, inst.types, record=sheet.record, submit=submit, since=before)
    new = {row.id for rows in sheet.rows.values() for row in rows if row.new}
    lost = _lost(sheet)
    found.values |= {
        name: key for (_, row, name), key in lost.items() if not row and found.values.get(name, key) is None
    }
    rows = {
        sub: [RowValues(line.id, _with_lost(sub, line, lost), line.id in new) for line in lines]
        for sub, lines in found.rows.items()
    }
    read = {each.key for each in reading.problems}
    problems = [*(each for each in found.problems if each.key not in read), *reading.problems]
    titles = _titles(tx, model, form, found.values, rows)
    held = [each for _, each in _ids(form, found.values, rows, _file_kind)]
    described = files.described(tx, held) if held else {}
    drawn = since.drawn if since is not None else {}
    ahead = [each for each in found.ahead if each.key not in read]
    return FormState(form, model, sheet, found, reading, rows, titles, described, record, problems, ahead, drawn=drawn)


def _lost(sheet: Sheet) -> dict[tuple[str, str, str], Any]:
    """References by a key, by (subtable, row, field): where it names nothing, it still stands as it was pasted."""
    own = {("", "", name): value for name, value in sheet.values.items()}
    rows = {
        (sub, row.id, name): value
        for sub, some in sheet.rows.items()
        for row in some
        for name, value in row.values.items()
    }
    return {at: value for at, value in {**own, **rows}.items() if isinstance(value, dict) and set(value) == {"$key"}}


def _with_lost(sub: str, line: Line, lost: Mapping[tuple[str, str, str], Any]) -> Mapping[str, Any]:
    if not lost:
        return line.values
    keys = {name: key for name in line.values if (key := lost.get((sub, line.id, name))) and line.values[name] is None}
    return {**line.values, **keys} if keys else line.values


def standing(inst: Installation, state: FormState) -> dict[str, Any]:
    """The rows a sheet takes over at a subtable's first change: those of the record, or those that stand by default."""
    untouched = {sub: rows for sub, rows in state.rows.items() if sub not in state.sheet.rows}
    return standing_rows(state.form, inst.types, untouched, state.evaluation.levels)


def _titles(
    tx: Transaction, model: Model, form: Form, values: Mapping[str, Any], rows: Mapping[str, list[RowValues]]
) -> dict[tuple[str, str], str]:
    titles = Titles(tx, model)
    wanted = list(_ids(form, values, rows, kind_of))
    for kind, each in wanted:
        titles.want_ids(kind, (each,))
    named = {(kind, each): titles.named(kind, each) for kind, each in wanted}
    return {key: title for key, title in named.items() if title is not None}


def _file_kind(field: Field) -> str | None:
    return FILE if field.value_type in files.KINDS else None


def _ids(
    form: Form, values: Mapping[str, Any], rows: Mapping[str, list[RowValues]], kinds: Kinds
) -> Iterator[tuple[str, str]]:
    yield from _of(form.fields, values, kinds)
    for sub in form.subtables:
        for row in rows.get(sub.name, ()):
            yield from _of(sub.fields, row.values, kinds)


def _of(fields: Iterable[Field], values: Mapping[str, Any], kinds: Kinds) -> Iterator[tuple[str, str]]:
    for each in fields:
        kind, value = kinds(each), values.get(each.name)
        if kind is not None:
            found = value if isinstance(value, tuple | list) else (value,)
            yield from ((kind, one) for one in found if isinstance(one, str) and not isinstance(one, Masked))
