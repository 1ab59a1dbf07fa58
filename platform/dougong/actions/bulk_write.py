"""Writes many records at once: all or nothing, or as many as are good with a report of the others.

A line is a bare record; with a `$id` it changes that record. One rule: good lines are one write set, so figures that many
lines share are netted and locked once; when a line is refused the rest is tried again without it, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import licence
from ..access import require_form
from ..kernel.actor import Actor
from ..kernel.errors import DougongError, Invalid, WithProblems
from ..kernel.problems import Problem, parts, pointer
from ..records.ops import Create, Op, Update
from ..storage.transaction import Transaction
from .installation import Installation
from .reports import as_json
from .transaction import Once, read, transaction
from .writing import write

MOST = 100_000


def bulk_write(
    inst: Installation,
    actor: Actor,
    form: str,
    lines: Sequence[Any],
    *,
    partial: bool = False,
    submit: bool = False,
    once: Once | None = None,
    numbers: bool = False,
    trial: bool = False,
) -> dict[str, Any]:
    """{rows, good, bad, items: [{row, id, number, version}], problems: [{row, pointer, code, …}]}; a row counts from 0 and
    a pointer begins with it. `numbers`: a line may give its number as `$number`; `trial`: nothing is kept. Raises Invalid
    with all problems when a line is refused and `partial` is not asked for."""
    licence.require(licence.may_write(actor.tenant))
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "create"))
    if len(lines) > MOST:
        raise Invalid([Problem("length", "", {"max": MOST, "length": len(lines)})])
    problems = [Problem("type", pointer(n), {"expected": "object"}) for n, row in enumerate(lines) if not _is_row(row)]
    if problems and not partial:
        raise Invalid(problems)
    ops = {n: _op(form, n, row, submit, numbers) for n, row in enumerate(lines) if _is_row(row)}

    def act(tx: Transaction) -> dict[str, Any]:
        written = write(inst, tx, list(ops.values())).records if ops else []
        items = [
            {"row": n, "id": each.id, "number": each.number, "version": each.version}
            for n, each in zip(ops, written, strict=True)
        ]
        report = as_json(problems)
        for each in report:
            each["row"] = int(parts(each["pointer"])[0])
        told = {
            "rows": len(lines), "good": len(items), "bad": len(lines) - len(items), "items": items, "problems": report,
        }  # fmt: skip
        if trial:
            raise _TakenBack(told)
        return told

    while True:
        try:
            return transaction(inst, actor.tenant, actor, act, once=once)
        except _TakenBack as done:
            return done.told
        except DougongError as error:
            refused = _refused(inst, actor, error, ops) if partial else {}
            if not refused:
                raise
            problems += [each for some in refused.values() for each in some]
            for row in refused:
                del ops[row]


def _op(form: str, row: int, line: Mapping[str, Any], submit: bool, numbers: bool) -> Op:
    at = pointer(row)
    number = line.get("$number") if numbers else None
    if number is not None:
        line = {name: value for name, value in line.items() if name != "$number"}
    if "$id" in line:
        changes = {name: value for name, value in line.items() if name not in ("$id", "$version")}
        return Update(form, str(line["$id"]), changes, version=line.get("$version"), pointer=at)
    return Create(form, line, number=number, submit=submit, pointer=at)


def _is_row(line: Any) -> bool:
    version = line.get("$version") if isinstance(line, Mapping) else None
    return isinstance(line, Mapping) and (
        version is None or (isinstance(version, int) and not isinstance(version, bool))
    )


def _refused(inst: Installation, actor: Actor, error: DougongError, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """The problems by row that made the write fail; empty when no row can be blamed."""
    if not isinstance(error, WithProblems):
        return _blamed(error, ops)
    found: dict[int, list[Problem]] = {}
    for each in error.problems:
        rows = [row for row in map(_row_of, each.params.get("pointers", ())) if row is not None and row in ops]
        if len(rows) > 1:
            first = sorted(set(rows))
            for row in first[_fitting(inst, actor, [ops[row] for row in first]) :]:
                found.setdefault(row, []).append(replace(each, pointer=_at(each, row)))
        elif (alone := _row_of(each.pointer)) is not None and alone in ops:
            found.setdefault(alone, []).append(each)
    return found


def _blamed(error: DougongError, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """A refusal that speaks of a record is laid on its row, any other on the only row there is."""
    record = error.params.get("id")
    rows = [row for row, op in ops.items() if isinstance(op, Update) and op.id == record]
    if not rows and len(ops) == 1:
        rows = list(ops)
    return {rows[0]: [Problem(error.code, pointer(rows[0]), error.params)]} if rows else {}


class _TakenBack(Exception):
    """Ends a trial: it would have been written, and `told` is what would have been answered."""

    def __init__(self, told: dict[str, Any] | None = None) -> None:
        self.told = told or {}


def _fitting(inst: Installation, actor: Actor, ops: Sequence[Op]) -> int:
    """How many of these rows, from the first on, a shared check lets pass
    (docs/derived-values.md, One write: rejected from the first that does
    not fit); found by halving, each trial is taken back."""
    low, high = 0, len(ops) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _passes(inst, actor, ops[:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def _passes(inst: Installation, actor: Actor, ops: Sequence[Op]) -> bool:
    def trial(tx: Transaction) -> None:
        write(inst, tx, ops)
        raise _TakenBack

    try:
        transaction(inst, actor.tenant, actor, trial)
    except _TakenBack:
        return True
    except DougongError:
        return False
    return False


def _row_of(at: str) -> int | None:
    """The line a pointer begins with."""
    first = parts(at)[:1]
    return int(first[0]) if first and first[0].isdigit() else None


def _at(problem: Problem, row: int) -> str:
    """The place of a shared problem in one of its rows."""
    return next((each for each in problem.params["pointers"] if _row_of(each) == row), pointer(row))
