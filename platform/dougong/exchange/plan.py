"""From the table of a file to operations on records, on one snapshot: rows become records, names become ids, keys find
what is to be changed, and of that the old values are kept for the undoing. One rule: nothing is judged here but what the
file itself can be blamed for; the rest is the writer's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..access import fields as field_access
from ..access import require_form
from ..definition.model import Field, Form
from ..fields.nesting import path_of
from ..fields.type import FieldType, Here, Unreadable
from ..kernel.problems import Problem, parts, pointer
from ..records.json_values import nest
from ..records.ops import Create, Op, Update
from ..records.present import json_value
from ..records.progress import Watcher
from ..records.write_set import WriteSet
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import headers, lines, reading
from .batches import Wanted
from .headers import NUMBER
from .lines import Columns, Fault, Line
from .matching import Matching

_CHOICES = ("choice", "multi_choice")


@dataclass(slots=True)
class Plan:
    """`ops` by the record's place in the file (its pointer begins with it), `faults` of records that are no operation,
    `old` the values of those that are to be changed."""

    form: Form
    lines: list[Line]
    ops: dict[int, Op] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    old: dict[int, dict[str, Any]] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        """The faults as the writer speaks of problems."""
        return [
            Problem(each.problem.code, pointer(n), each.problem.params)
            for n, some in self.faults.items()
            for each in some
        ]


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as people and programs are told: the row as the file counts, the target's name (None = the row)."""

    row: int
    field: str | None
    problem: Problem

    def as_json(self) -> dict[str, Any]:
        """{row, field, code, params, message}."""
        return {
            "row": self.row,
            "field": self.field,
            "code": self.problem.code,
            "params": dict(self.problem.params),
            "message": self.problem.message,
        }


def may_fill(tx: Transaction, model: Model, form: str) -> Callable[[str], bool]:
    """Which fields the actor may fill at all, in a new record or in one that stands."""
    made, edited = field_access(tx, model, form, "create"), field_access(tx, model, form, "edit")
    return lambda name: made.level(name) == "edit" or edited.level(name) == "edit"


def plan(
    tx: Transaction,
    model: Model,
    types: Mapping[str, FieldType],
    form: str,
    table: Path,
    wanted: Wanted,
    *,
    here: Here,
    others: Sequence[Form] = (),
    watcher: Watcher = lambda share: None,
) -> Plan:
    """Read the table as operations; `others` is the form in other languages, whose labels of choices count too. Raises
    NotFound, Forbidden (the right to import)."""
    require_form(tx, model, form, "import")
    definition = model.form(form)
    known = {each.name: each for each in headers.targets(definition, lambda name: True, computed=True)}
    places = [known.get(name) if name else None for name in wanted.columns]
    columns = Columns(definition, types, places, wanted.key, here, _worded(definition, others))
    found = list(lines.read(columns, reading.rows(table), wanted.header))
    watcher(0.4)
    if wanted.strict:
        _strays(found, table, wanted)
    matching = Matching(tx, model, types)
    matching.resolve(found)
    watcher(0.7)
    if wanted.key:
        matching.find(definition, wanted.key, found)
    made = Plan(definition, found)
    for n, line in enumerate(found):
        _operation(made, wanted, n, line)
        line.spent()
    _old_values(tx, model, types, made)
    watcher(1.0)
    return made


def _worded(form: Form, others: Sequence[Form]) -> dict[str, list[Field]]:
    """Fields of choices that are labelled otherwise in another language, by their targets' names."""
    own, found = _chosen(form), dict[str, list[Field]]()
    for other in others:
        for name, each in _chosen(other).items():
            if name in own and each.schema != own[name].schema:
                found.setdefault(name, []).append(each)
    return found


def _chosen(form: Form) -> dict[str, Field]:
    every = headers.targets(form, lambda name: True, computed=True)
    return {each.name: each.field for each in every if each.field and each.field.value_type in _CHOICES}


def _strays(found: list[Line], table: Path, wanted: Wanted) -> None:
    """A value under no head belongs to no field: its row is bad."""
    columns = wanted.columns
    wide = {
        row.number
        for row in reading.rows(table)
        if row.number > wanted.header
        and any(cell is not None and (n >= len(columns) or columns[n] is None) for n, cell in enumerate(row.cells))
    }
    for line in found if wide else ():
        line.faults += [Fault(row, None, Problem("unknown_field")) for row in line.rows if row in wide]


def _operation(made: Plan, wanted: Wanted, n: int, line: Line) -> None:
    try:
        version = lines.version_of(line)
    except Unreadable as error:
        line.faults.append(Fault(line.rows[0], headers.VERSION, Problem(error.code, params=error.params)))
        version = None
    line.faults += _keyless(wanted, line)
    if line.faults:
        made.faults[n] = line.faults
        return
    form, at = made.form.full_name, pointer(n)
    if line.found is not None and wanted.mode != "create":
        record, stands = line.found
        made.ops[n] = Update(form, record, line.values, version=stands if version is None else version, pointer=at)
    else:
        made.ops[n] = Create(form, line.values, number=lines.number_of(line), pointer=at)


def _keyless(wanted: Wanted, line: Line) -> Iterator[Fault]:
    """Who only changes must say what."""
    if wanted.mode != "update" or line.found is not None or any(each.target in wanted.key for each in line.faults):
        return
    for name in wanted.key:
        if name not in line.flat:
            yield Fault(line.rows[0], name, Problem("required"))
            return
    yield Fault(line.rows[0], wanted.key[0] if wanted.key else None, Problem("reference", params={"reason": "nothing"}))


def _old_values(tx: Transaction, model: Model, types: Mapping[str, FieldType], made: Plan) -> None:
    """What the records that are to be changed say now, as an update would put it back."""
    changing = {n: op for n, op in made.ops.items() if isinstance(op, Update)}
    if not changing:
        return
    ws, form = WriteSet(tx, model), made.form
    ids = [op.id for op in changing.values()]
    stands = ws.load(form.full_name, ids)
    for sub in form.subtables:
        ws.load_children(form.full_name, sub.name, ids)
    own = [each for each in form.fields if not each.computed and not each.is_subtable]
    for n, op in changing.items():
        row = stands[op.id].now or {}
        values = {each.name: json_value(types, each, row.get(each.name)) for each in own}
        for sub in form.subtables:
            rows = ws.children(form.full_name, sub.name, op.id)
            values[sub.name] = [_old_row(types, form, each.now or {}, sub) for each in rows]
        made.old[n] = nest(values, form.groups)


def _old_row(types: Mapping[str, FieldType], form: Form, row: Mapping[str, Any], sub: Field) -> dict[str, Any]:
    values = {each.name: json_value(types, each, row.get(each.name)) for each in sub.fields if not each.computed}
    return {"$id": row["$id"], **nest(values, form.groups)}


def told(made: Plan, problems: list[Problem]) -> list[Told]:
    """Problems of the writer, and faults of the file, by row and column, in the file's order."""
    names = _places(made.form)
    found = [Told(each.row, each.target, each.problem) for some in made.faults.values() for each in some]
    for each in problems:
        at = parts(each.pointer)
        line = made.lines[int(at[0])]
        if int(at[0]) not in made.faults:
            found.append(_told(line, at[1:], names, each))
    return sorted(found, key=lambda each: each.row)


def _places(form: Form) -> dict[tuple[str, ...], str]:
    """Names of fields by their place in a record."""
    own = {path_of(each.name, form.groups): each.name for each in form.fields}
    rows = {
        (*path_of(sub.name, form.groups), *path_of(each.name, form.groups)): f"{sub.name}.{each.name}"
        for sub in form.subtables
        for each in sub.fields
    }
    return own | rows


def _told(line: Line, at: tuple[str, ...], names: Mapping[tuple[str, ...], str], problem: Problem) -> Told:
    index = next((int(each) for each in at if each.isdigit()), None)
    place = tuple(each for each in at if not each.isdigit())
    name = next((names[place[:size]] for size in range(len(place), 0, -1) if place[:size] in names), None)
    row = line.rows[0]
    rows = line.sub_rows.get(name.partition(".")[0], ()) if name else ()
    if index is not None and index < len(rows):
        row = rows[index]
    return Told(row, NUMBER if place == ("number",) else name or (".".join(place) or None), problem)
