"""The doctor's look at everything kept: formulas, roll-ups, totals, unique keys and effects against a full recomputation.

One rule: every value is compared with what its stored inputs give, so of a chain only the lowest wrong value is named, and
`repair` puts that right together with all that stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..storage import guard
from ..storage.model import Model
from ..storage.tables import uniques_of
from ..storage.transaction import Transaction
from . import files, keyed, numbers, recompute, search_index, tables, unique_fill
from . import rows as table_rows
from .plan import plan_of
from .write_set import WriteSet

#: Rows of one kind that are named; the rest are only counted.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something kept is not what it should be. `what`: formula, lookup, rollup, total, unique, effect, counter, search,
    holder (which record holds a file);
    `rows` how many rows, `examples` some of them as {row, stored, right}."""

    what: str
    form: str
    name: str
    rows: int
    sub: str | None = None
    examples: tuple[dict[str, Any], ...] = ()


def check(tx: Transaction, model: Model) -> list[Finding]:
    """Every finding, lowest cause first; `tx` is best a reading one: one snapshot."""
    kinds = (_values, _totals, _uniques, _effects, _counters, _search, _holders)
    return [finding for each in kinds for finding in each(tx, model)]


def repair(tx: Transaction, model: Model) -> list[Finding]:
    """Put right what `check` finds and write it down in the audit; `tx` must be writing. Effects are only told, never
    invented. Gives what was found."""
    guard.hold(tx)
    found = check(tx, model)
    if any(each.what != "effect" for each in found):
        recompute.rebuild(tx, model, set(model.graph.reads))
        for key, (_, sequence) in sorted(_sequences(tx, model).items()):
            numbers.at_least(tx, key, sequence)
        for each in found:
            if each.what == "unique":
                tx.conn.execute(model.table(each.form).keys[each.name].delete())
                unique_fill.fill(tx, model, [(each.form, each.name)])
        for name in model.tables:
            search_index.rebuild(tx, model, name)
            for field, (_, holding) in files.held_by(tx, model, name).items():
                files.hold_again(tx, name, field, holding)
        for each in found:
            tx.audit(each.form, None, "repaired", [{"field": each.name, "old": each.rows, "new": 0}])
    return found


def _values(tx: Transaction, model: Model) -> Iterator[Finding]:
    for step in recompute.steps_of(plan_of(model)):
        if tuple(step.slot) in model.building:
            continue
        wrong = list(recompute.differences(tx, model, step))
        if wrong:
            examples = [_example(each.row, each.values) for each in wrong[:NAMED]]
            yield Finding(step.kind, step.slot.form, step.slot.name, len(wrong), step.slot.sub, tuple(examples))


def _example(row: str, values: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    stored, right = next(iter(values.values()))
    return {"row": row, "stored": stored, "right": right}


def _totals(tx: Transaction, model: Model) -> Iterator[Finding]:
    for name, total in plan_of(model).totals_by_name.items():
        wrong = keyed.differences(tx, model, name)
        if wrong:
            examples = [{"row": key, "stored": was, "right": right} for key, (was, right) in sorted(wrong.items())]
            yield Finding("total", total.form, total.total.name, len(wrong), None, tuple(examples[:NAMED]))


def _uniques(tx: Transaction, model: Model) -> Iterator[Finding]:
    for name, form in model.definitions.forms.items():
        for rule in uniques_of(form):
            table = model.table(name).keys[rule.id]
            stored = {row.key: row.record for row in tx.conn.execute(select(table.c.key, table.c.record))}
            right = {key: record for key, record, _ in unique_fill.claimed(tx, model, name, rule)}
            wrong = sorted(key for key in {*stored, *right} if stored.get(key) != right.get(key))
            if wrong:
                examples = [{"row": key, "stored": stored.get(key), "right": right.get(key)} for key in wrong[:NAMED]]
                yield Finding("unique", name, rule.id, len(wrong), None, tuple(examples))


def _effects(tx: Transaction, model: Model) -> Iterator[Finding]:
    """Every effect that is written down has the record it made."""
    c = tables.effects.c
    made: dict[str, set[str]] = {}
    for row in tx.conn.execute(select(c.target_form, c.target).where(c.target.is_not(None))):
        made.setdefault(row.target_form, set()).add(row.target)
    for form, ids in sorted(made.items()):
        if form in model.tables:
            lost = sorted(ids - set(_standing(tx, model, form, ids)))
            if lost:
                examples = tuple({"row": each, "stored": None, "right": each} for each in lost[:NAMED])
                yield Finding("effect", form, "$id", len(lost), None, examples)


def _counters(tx: Transaction, model: Model) -> Iterator[Finding]:
    """No counter lags behind a number that was given: it would give that number again."""
    stored = numbers.counters(tx)
    late: dict[str, list[dict[str, Any]]] = {}
    for key, (form, sequence) in sorted(_sequences(tx, model).items()):
        if stored.get(key, 0) < sequence:
            late.setdefault(form, []).append({"row": key, "stored": stored.get(key, 0), "right": sequence})
    for form, examples in late.items():
        yield Finding("counter", form, "$number", len(examples), None, tuple(examples[:NAMED]))


def _search(tx: Transaction, model: Model) -> Iterator[Finding]:
    """What searches look at is what the records say."""
    for name in sorted(model.tables):
        wrong = list(search_index.differences(tx, model, name))
        if wrong:
            examples = [{"row": row, "stored": stored, "right": right} for row, stored, right in wrong[:NAMED]]
            yield Finding("search", name, "$number", len(wrong), None, tuple(examples))


def _holders(tx: Transaction, model: Model) -> Iterator[Finding]:
    """Who may have a file is asked of the record that holds it: what is noted of that is what the records say."""
    for form in sorted(model.tables):
        for field, (noted, holding) in files.held_by(tx, model, form).items():
            wrong = sorted(noted ^ holding)
            if wrong:
                examples = tuple(_holder(each, each in noted) for each in wrong[:NAMED])
                yield Finding("holder", form, field, len(wrong), None, examples)


def _holder(holding: tuple[str, str], noted: bool) -> dict[str, Any]:
    file, record = holding
    return {"row": record, "stored": file if noted else None, "right": None if noted else file}


def _sequences(tx: Transaction, model: Model) -> dict[str, tuple[str, int]]:
    """The highest sequence in use of each counter, with its form."""
    found: dict[str, tuple[str, int]] = {}
    for name, form in model.definitions.forms.items():
        if not numbers.number_fields(form):
            continue
        for page in table_rows.pages(tx.conn, table_rows.shape(model.table(name), None)):
            ws = WriteSet(tx, model)
            for change in ws.take((name, None), page):
                for key, sequence in numbers.used(ws, change):
                    found[key] = name, max(sequence, found.get(key, (name, 0))[1])
    return found


def _standing(tx: Transaction, model: Model, form: str, ids: Iterable[str]) -> Iterator[str]:
    main = model.table(form).main
    for some in table_rows.chunks(sorted(ids)):
        yield from tx.conn.scalars(select(main.c.id).where(main.c.id.in_(some)))
