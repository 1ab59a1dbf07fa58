"""What a form would be if it were saved now: the steps of the store, without locks and without writing. For open sheets and
previews. One rule: it is the store's own code, so the screen and the act agree; only what others do meanwhile may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..access import fields as field_access
from ..access import levels_of
from ..definition.model import Field, FieldLevel, Form
from ..fields.masking import masked
from ..fields.type import FieldType
from ..kernel.errors import FormulaError, Invalid
from ..kernel.ids import new_id
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import conditions, states
from .conditions import Flags, Place
from .derive import propagate
from .entry import Entry
from .formulas import Formulas, value_of
from .intake import Intake
from .judge import Judge
from .ops import Create, Update
from .record import Line
from .settled import Settled, settled, take_up
from .together import Together, problems_of
from .write_set import RowChange, WriteSet


@dataclass(slots=True)
class Evaluation:
    """A form as it would stand. `values` and `rows` are canonical, computed ones included; `invisible`, `required` and
    `readonly` are places (row id, field's name), the record's own under the row id ""; `levels` are the actor's by name
    ("lines.price" in a row); `closed` are ids of sections whose `when` is false; `problems` is what can be known now,
    pointers as in a write; `ahead` what only handing in would refuse. `refused` are places whose value cannot stand,
    `stale` the computed ones that rest on them, each with the refused place: nobody should be shown these. `settled` is
    for the next evaluation of the same sheet."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Line]] = field(default_factory=dict)
    invisible: set[Place] = field(default_factory=set)
    required: set[Place] = field(default_factory=set)
    readonly: set[Place] = field(default_factory=set)
    levels: dict[str, FieldLevel] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    ahead: list[Problem] = field(default_factory=list)
    refused: set[Place] = field(default_factory=set)
    stale: dict[Place, Place] = field(default_factory=dict)
    settled: Settled | None = None


def evaluate(
    tx: Transaction,
    model: Model,
    form: str,
    values: Mapping[str, Any],
    types: Mapping[str, FieldType],
    *,
    record: str | None = None,
    submit: bool = False,
    since: Settled | None = None,
) -> Evaluation:
    """`values` as a create would send them, or as an update of `record` would; rows may carry `$id`s of the screen's own.
    `submit`: judge as if it were handed in. `since`: what the evaluation before has left; rows that were sent as then
    are not computed anew. Raises NotFound, Forbidden, Conflict as the write would."""
    ws = WriteSet(tx, model)
    intake, formulas = Intake(ws, types, screen=True), Formulas(ws)
    op = Update(form, record, values, nulls=True) if record else Create(form, values, id=new_id(), nulls=True)
    (entry,) = intake.take([op])
    if since is not None:
        take_up(ws, formulas, entry, values, since)
    judge = Judge(ws, formulas, intake.references)
    problems, computed = _computed(ws, formulas, judge, entry, submit)
    found = _result(ws, formulas, entry, problems)
    if not any(each.code == "out_of_range" for each in problems):
        found.settled = settled(ws, entry, values, Flags(found.invisible, found.required, found.readonly))
    if computed:
        Together(ws, formulas, judge, entry, found).run(ahead=not submit)
    return found


def _computed(ws: WriteSet, formulas: Formulas, judge: Judge, entry: Entry, submit: bool) -> tuple[list[Problem], bool]:
    """What the values can be blamed for, and whether everything could be computed."""
    problems: list[Problem] = []
    try:
        conditions.settle(ws, formulas, [entry.record], entry.unset)
        if submit and entry.form.is_document:
            entry.now["$state"] = states.next_state(entry.form, entry.state_now, "submit")
        problems += judge.problems([entry])
        propagate(ws.tx, ws.model, ws)
    except (Invalid, FormulaError) as error:
        return problems + problems_of(error), False
    return problems, True


def _result(ws: WriteSet, formulas: Formulas, entry: Entry, problems: list[Problem]) -> Evaluation:
    found = Evaluation(problems=problems, levels=_levels(ws, entry))
    try:
        held = conditions.flags(ws, formulas, entry.record)
    except FormulaError:
        held = Flags()
    own = entry.record.id
    for into, places in (
        (found.invisible, held.invisible),
        (found.required, held.required),
        (found.readonly, held.readonly),
    ):
        into.update(("" if row_id == own else row_id, name) for row_id, name in places)
    found.readonly |= _standing_still(ws, entry)
    found.values = _values(ws, entry.record, entry.form.fields, found.levels, "")
    for sub in entry.form.subtables:
        rows = [row for row in ws.children(entry.form.full_name, sub.name, own) if row.now is not None]
        found.rows[sub.name] = [
            Line(row.id, _values(ws, row, sub.fields, found.levels, f"{sub.name}.")) for row in rows
        ]
    for section in entry.form.layout:
        if section.when is not None and not formulas.holds(section.when, entry.record):
            found.closed.add(section.id)
    return found


def _standing_still(ws: WriteSet, entry: Entry) -> set[Place]:
    """Every place that the record's state closes: all of a document that has left the desk, but for its late fields."""
    if entry.state is None or not entry.form.is_document or entry.state in states.OPEN:
        return set()
    late = {each.name for each in entry.form.fields if each.late and entry.state in states.LATE}
    places = conditions.places(ws, entry.form, entry.record, settled=True)
    own = entry.record.id
    return {
        ("" if row.id == own else row.id, each.name) for row, each in places if row.id != own or each.name not in late
    }


def _values(
    ws: WriteSet, row: RowChange, fields: tuple[Field, ...], levels: Mapping[str, FieldLevel], prefix: str
) -> dict[str, Any]:
    """Every value of a row that the actor may see, those computed at read too."""
    found: dict[str, Any] = {}
    for each in fields:
        level = levels.get(prefix + each.name, "edit")
        if not each.is_subtable and level != "hidden":
            value = value_of(ws, row, each)
            kind = ws.model.types[each.value_type]
            unread = level == "masked" or kind.write_only
            found[each.name] = masked(kind, each, value) if unread else value
    return found


def _levels(ws: WriteSet, entry: Entry) -> dict[str, FieldLevel]:
    """The actor's level of every field: edit where it may be filled, else as it may be seen."""
    tx, form = ws.tx, entry.form
    if tx.actor.is_admin:
        return {}
    seen: Any = field_access(tx, ws.model, form.full_name, "view")
    if not entry.is_new:
        seen = levels_of(tx, ws.model, form.full_name, "view", [entry.record.id])[entry.record.id]
    return {name: "edit" if entry.rights.editable(name) else seen.level(name) for name in _names(form)}


def _names(form: Form) -> list[str]:
    rows = [f"{sub.name}.{each.name}" for sub in form.subtables for each in sub.fields]
    return [*(each.name for each in form.fields), *rows]
