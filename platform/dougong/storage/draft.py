"""A publication as data: the plan that is shown, judged and carried out, and the draft of one while it is being made. One
rule: nothing here looks at the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..definition.graph import Graph
from ..kernel.problems import Problem
from .changes import Change
from .model import Model, Types
from .standing import Standing
from .transaction import Transaction

if TYPE_CHECKING:
    from ..definition.definitions import Definitions


@dataclass(frozen=True, slots=True)
class Step:
    """`op`: create_form, retire_form, restore_form, add_field, rename_field, change_type, retire_field, restore_field,
    recompute_field, add_unique, drop_unique, add_total, drop_total, create_index, drop_index, skip_index, change_form,
    change_module, enable_module, disable_module. `rows`: rows it touches, `loss`: values that would be gone."""

    op: str
    form: str
    field: str | None = None
    rows: int = 0
    loss: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "form": self.form, "field": self.field, "rows": self.rows, "loss": self.loss}


@dataclass(frozen=True)
class Plan:
    """`refill`: kept derived fields to compute for all rows inside the publish, as (form, subtable's name or None, field's
    name); `uniques` and `totals`: new tables to fill, as (form, id or name). Fields of `building` are filled later by a
    job; their columns start as null."""

    base: int
    definitions: Definitions
    graph: Graph
    types: Types
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    columns: Mapping[tuple[str, str, str], str]
    refill: tuple[tuple[str, str | None, str], ...] = ()
    building: frozenset[tuple[str, str | None, str]] = frozenset()
    uniques: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do. An index that fell out is only a remark."""
        return all(each.op == "skip_index" for each in self.steps)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.level == "error")

    @property
    def loss(self) -> int:
        """Values that would be gone, of all steps together."""
        return sum(each.loss for each in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The plan as the command line and the screen show it."""
        return {
            "steps": [each.as_json() for each in self.steps],
            "problems": [_problem(each) for each in self.problems],
        }


def _problem(each: Problem) -> dict[str, Any]:
    return {"pointer": each.pointer, "code": each.code, "level": each.level, **dict(each.params)}


@dataclass
class Draft:
    """A plan under construction."""

    tx: Transaction
    old: Model
    definitions: Definitions
    graph: Graph
    standing: Standing
    build_rows: int
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    columns: dict[tuple[str, str, str], str] = field(default_factory=dict)
    refill: list[tuple[str, str | None, str]] = field(default_factory=list)
    building: set[tuple[str, str | None, str]] = field(default_factory=set)
    uniques: list[tuple[str, str]] = field(default_factory=list)
    totals: list[tuple[str, str]] = field(default_factory=list)

    def step(self, op: str, form: str, name: str | None = None, rows: int = 0, loss: int = 0) -> None:
        self.steps.append(Step(op, form, name, rows, loss))
