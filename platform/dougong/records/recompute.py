"""Everything kept, computed again from what feeds it: for a publish that brings new derived values, and for the doctor.

Formulas run row by row through the code of the write path, roll-ups are one GROUP BY each, totals are added up from all
their rows. One rule: what is computed here is compared with what stands, step by step in the order of the plan, so the
lowest wrong value is the one that is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..definition.graph import Graph, total_slot
from ..definition.reads import Slot
from ..kernel.errors import FormulaError, Invalid
from ..kernel.problems import Problem, pointer
from ..storage.draft import Plan as Publication
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import aggregates, keyed, unique_fill
from . import rows as table_rows
from .env import RowEnv
from .fitting import fit, quotient
from .plan import Plan, Step, plan_of
from .rows import COUNT, SUM, Row
from .write_set import WriteSet

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose stored values are not what they should be: {name: (stored, right)}."""

    slot: Slot
    row: str
    values: dict[str, tuple[Any, Any]]


# ---------------------------------------------------------------------------------------------------- publish


def fill(tx: Transaction, model: Model, publication: Publication) -> None:
    """Compute the derived values a publish brings or changes, and everything above them; fill new totals and unique
    keys. Raises Invalid where rows break a new unique rule or a value leaves its column."""
    given = [Slot(*each) for each in publication.refill]
    concerned = above(model.graph, given)
    for form, name in publication.totals:
        concerned.update(total_slot(form, each) for each in model.form(form).totals if each.name == name)
    building = {Slot(*each) for each in model.building}
    rebuild(tx, model, concerned - building)
    unique_fill.fill(tx, model, publication.uniques)


def above(graph: Graph, slots: Iterable[Slot]) -> set[Slot]:
    """These values and all that they feed."""
    waiting, found = list(slots), set(slots)
    while waiting:
        for link in graph.targets.get(waiting.pop(), ()):
            if link.target not in found:
                found.add(link.target)
                waiting.append(link.target)
    return found


def rebuild(tx: Transaction, model: Model, slots: Collection[Slot]) -> int:
    """Write these values anew where they differ; how many rows were wrong."""
    plan, wrong = plan_of(model), 0
    for steps, tree in zip(plan.steps, plan.trees, strict=True):
        wanted = [each for each in steps if each.slot in slots and each.kept]
        while wanted:
            moved = sum(_write(tx, model, step) for step in wanted)
            wrong += moved
            if tree is None or not moved:
                break
    for name, total in plan.totals_by_name.items():
        if total_slot(total.form, total.total) in slots:
            wrong += keyed.rebuild(tx, model, name)
    return wrong


def _write(tx: Transaction, model: Model, step: Step) -> int:
    of = table_rows.shape(model.table(step.slot.form), step.slot.sub)
    found = list(differences(tx, model, step))
    table_rows.update(
        tx.conn, of, {each.row: {name: right for name, (_, right) in each.values.items()} for each in found}
    )
    return len(found)


# ---------------------------------------------------------------------------------------------------- comparing


def differences(tx: Transaction, model: Model, step: Step) -> Iterator[Difference]:
    """The rows where this value is not what its inputs, as stored, give. Frozen lookups are inputs: never compared."""
    if not step.kept or step.kind == "frozen":
        return
    found = _rollup(tx, model, step) if step.feed is not None else _formula(tx, model, step)
    for row, right in found:
        wrong = {name: (row.get(name), value) for name, value in right.items() if row.get(name) != value}
        if wrong:
            yield Difference(step.slot, row["$id"], wrong)


def _formula(tx: Transaction, model: Model, step: Step) -> Iterator[tuple[Row, Values]]:
    """Each row with its value computed from the row."""
    slot = step.slot
    of = table_rows.shape(model.table(slot.form), slot.sub)
    for page in table_rows.pages(tx.conn, of):
        ws = WriteSet(tx, model)
        changes = ws.take((slot.form, slot.sub), page)
        if slot.sub is not None:
            ws.load(slot.form, {row["$parent"] for row in page})
        else:
            for sub in {link.source.sub for link in step.inputs if link.source.form == slot.form and link.source.sub}:
                ws.load_children(slot.form, sub, [row["$id"] for row in page])
        for change, row in zip(changes, page, strict=True):
            if step.run is not None:
                yield row, {slot.name: value_of(step, RowEnv(ws, change))}


def value_of(step: Step, env: RowEnv) -> Any:
    """A formula's or lookup's value on one row. Raises Invalid `out_of_range`."""
    try:
        return fit(step.run(env), step.type) if step.run is not None else None
    except FormulaError as error:
        params = {"form": step.slot.form, "id": env.change.id}
        raise Invalid([Problem("out_of_range", pointer(*step.slot.name.split(".")), params)]) from error


def _rollup(tx: Transaction, model: Model, step: Step) -> Iterator[tuple[Row, Values]]:
    """Each parent with what its rows give; parents without rows included."""
    feed = step.feed
    if feed is None:
        return
    right = {row.parent: row for row in tx.conn.execute(aggregates.by_parent(tx, model, feed))}
    of = table_rows.shape(model.table(step.slot.form), None)
    for page in table_rows.pages(tx.conn, of):
        for row in page:
            found = right.get(row["$id"])
            yield row, rollup_values(step, found.n if found is not None else 0, getattr(found, "value", None))


def rollup_values(step: Step, count: int, value: Any) -> Values:
    """What is stored for one parent: of no rows sums and counts are 0, the others null."""
    name, fn = step.slot.name, step.field.rollup.fn if step.field.rollup is not None else "sum"
    if fn == "count":
        return {name: count}
    if fn in ("sum", "lowest_running"):
        return {name: value if value is not None else Decimal(0)}
    if fn != "avg":
        return {name: value}
    places = 10 if step.type.scale is None else step.type.scale
    total = value if value is not None else Decimal(0)
    return {name: quotient(total, count, places) if count else None, name + SUM: total, name + COUNT: count}


def steps_of(plan: Plan) -> Iterator[Step]:
    """Every kept computed value, lowest first."""
    for some in plan.steps:
        yield from (each for each in some if each.kept)
