"""Which input a problem is shown at. One rule: a pointer names rows by their place in what was sent, inputs by row id; what
finds no input is shown at its row, else at its subtable, else at the top of the form, and is never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..definition.model import Field, Form
from ..fields.nesting import path_of
from ..kernel.problems import Problem, parts
from .names import input_name


@dataclass(slots=True)
class Placed:
    """Problems by input name, by (subtable, row id), and those of the whole form; a subtable's own are under its name."""

    inputs: dict[str, list[Problem]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[Problem]] = field(default_factory=dict)
    form: list[Problem] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many places have to be mended."""
        return len(self.inputs) + len(self.rows) + len(self.form)


def place_problems(form: Form, problems: Iterable[Problem], rows: Mapping[str, Sequence[str]]) -> Placed:
    """Place problems; `rows[subtable]` are its row ids in the order that was sent."""
    placed = Placed()
    for problem in problems:
        path = parts(problem.mend or problem.pointer)
        own, rest = _longest(form.fields, path, form)
        if own is None:
            placed.form.append(problem)
        elif own.is_subtable and rest:
            _in_row(form, own, rest, problem, rows.get(own.name, ()), placed)
        else:
            placed.inputs.setdefault(own.name if own.is_subtable else input_name(own.name), []).append(problem)
    return placed


def _in_row(form: Form, sub: Field, path: Sequence[str], problem: Problem, rows: Sequence[str], placed: Placed) -> None:
    index = int(path[0]) if path[0].isascii() and path[0].isdecimal() and len(path[0]) < 8 else -1
    if not 0 <= index < len(rows):
        placed.inputs.setdefault(sub.name, []).append(problem)
        return
    column, _ = _longest(sub.fields, path[1:], form)
    if column is None:
        placed.rows.setdefault((sub.name, rows[index]), []).append(problem)
    else:
        placed.inputs.setdefault(input_name(column.name, sub.name, rows[index]), []).append(problem)


def _longest(fields: Sequence[Field], path: Sequence[str], form: Form) -> tuple[Field | None, Sequence[str]]:
    """The field whose path the pointer begins with, and what is left of the pointer; a group's own pointer means its first
    field."""
    for each in fields:
        own = path_of(each.name, form.groups)
        if tuple(path[: len(own)]) == own:
            return each, path[len(own) :]
    for each in fields:
        if path and path_of(each.name, form.groups)[: len(path)] == tuple(path):
            return each, ()
    return None, path
