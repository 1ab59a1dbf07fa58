"""Checks: run once at the end, on every record the act has written or whose derived values it has changed
(docs/derived-values.md, What is kept).

A check of a written record runs at its moments; one of a record that merely received something runs when a value it reads
changed, where it is in force. It refuses on false; null passes. Repair rule: where it was false already, a write that
does not make the gap larger passes.

One rule: a check only judges what stands; it changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from ..definition.model import Check, Form, Moment
from ..definition.reads import Relation
from ..kernel.problems import Level, Problem
from . import messages, totals
from .cases import Case, answer, gap_of
from .conditions import Place
from .env import RowEnv
from .plan import CheckPlan, Gap, Plan, plan_of
from .refused import rests_on
from .states import OPEN, moments
from .write_set import RowChange, WriteSet

STANDING = ("in_approval", "approved", "closed")


def run(ws: WriteSet, *, without: Collection[Place] = (), warnings: bool = True) -> list[Problem]:
    """Every check that applies; errors and warnings with their pointers. The rows of totals that checks read are locked
    here, after all records. `without`: places that nothing can be told of; checks that read them wait. `warnings`:
    those that only ever warn are asked too."""
    cases = [each for each in _cases(ws) if warnings or each.plan.check.level != "warn"]
    if without:
        cases = [each for each in cases if not rests_on(ws, each, without)]
    _lock_totals(ws, cases)
    found = [(case, problem) for case in cases for problem in _judge(ws, case)]
    if any(case.own and problem.level == "error" and _voided(case.record) for case, problem in found):
        found = [(case, problem) for case, problem in found if case.own]
    return _merged([problem for _, problem in found])


def hold(ws: WriteSet) -> None:
    """The records that checks read through references belong to the closure."""
    plan = plan_of(ws.model)
    for case in _cases(ws):
        for each in case.plan.rule.reads.inputs:
            if each.hops:
                _hold_path(ws, plan, case.row if each.relation is Relation.OWN else case.record, each.hops)


def _hold_path(ws: WriteSet, plan: Plan, start: RowChange, hops: Sequence[str]) -> None:
    here: RowChange | None = start
    for name in hops:
        if here is None:
            return
        form = plan.fields[here.kind][name].ref
        target = (here.now or {}).get(name)
        if form is None or target is None:
            return
        ws.need(form, (target,))
        here = ws.get(form, target)


# ---------------------------------------------------------------------------------------------------- which checks run


def _cases(ws: WriteSet) -> Iterator[Case]:
    plan = plan_of(ws.model)
    for form, some in plan.checks.items():
        if not some:
            continue
        for record in _records(ws, form):
            written = _written(ws, record)
            for each in some:
                yield from _cases_of(ws, plan, each, record, written)


def _records(ws: WriteSet, form: str) -> list[RowChange]:
    """Records that stand after the act and that it touched."""
    owners = {change.id for change in ws.of(form) if change.dirty}
    for sub in ws.model.form(form).subtables:
        owners |= {change.owner for change in ws.of(form, sub.name) if change.dirty and change.owner}
    found = [ws.get(form, each) for each in sorted(owners)]
    return [each for each in found if each is not None and each.now is not None and each.now.get("$deleted") is None]


def _written(ws: WriteSet, record: RowChange) -> bool:
    """Whether somebody wrote the record itself, or one of its rows."""
    if record.written:
        return True
    subs = (sub.name for sub in ws.model.form(record.form).subtables)
    return any(row.written and row.owner == record.id for sub in subs for row in ws.of(record.form, sub))


def _cases_of(ws: WriteSet, plan: Plan, each: CheckPlan, record: RowChange, written: bool) -> Iterator[Case]:
    """A check on values that are still being filled in the background sleeps until they are complete."""
    form, check = plan.form(record.form), each.check
    if any(tuple(read.source) in ws.model.building for read in each.rule.reads.inputs):
        return
    if written:
        passed = _moments(form, record)
        if passed & set(check.on) or (_restored(record) and in_force(form, check, record)):
            repair = record.old is not None and not passed & {"submit", "approve"}
            yield from (Case(each, row, record, True, repair) for row in _rows(ws, check, record))
            return
    if each.rule.crosses or not in_force(form, check, record):
        return
    for row in _rows(ws, check, record):
        if _touched(ws, each, row, record):
            yield Case(each, row, record, False, True)


def _moments(form: Form, record: RowChange) -> frozenset[Moment]:
    before = record.old.get("$state") if record.old is not None else None
    return moments(form, before, (record.now or {}).get("$state") or "")


def _voided(record: RowChange) -> bool:
    """Whether the act voids the record: then what its own checks say is the reason, and what follows from it is none."""
    return (record.now or {}).get("$state") == "voided" and record.changed("$state")


def _restored(record: RowChange) -> bool:
    return record.old is not None and record.old.get("$deleted") is not None


def in_force(form: Form, check: Check, record: RowChange) -> bool:
    """Whether the check guards the record as it stands: checks of submit and approval once it is submitted."""
    if "save" in check.on:
        return True
    if not {"submit", "approve"} & set(check.on):
        return False
    return not form.is_document or (record.now or {}).get("$state") in STANDING


def _rows(ws: WriteSet, check: Check, record: RowChange) -> list[RowChange]:
    if check.each is None:
        return [record]
    return [row for row in ws.children(record.form, check.each, record.id) if row.now is not None]


def _touched(ws: WriteSet, each: CheckPlan, row: RowChange, record: RowChange) -> bool:
    """Whether a value the rule reads differs from before."""
    for read in each.rule.reads.inputs:
        if read.source.sub is None:
            if record.changed(read.source.name):
                return True
        elif read.relation is Relation.OWN:
            if row.changed(read.source.name):
                return True
        elif any(other.changed(read.source.name) for other in ws.children(record.form, read.source.sub, record.id)):
            return True
    return _differs(ws, each, row)


def _differs(ws: WriteSet, each: CheckPlan, row: RowChange) -> bool:
    """Values computed at read have no column to compare: the rule itself is compared."""
    computed = plan_of(ws.model).computed
    if row.old is None or not any(read.source in computed for read in each.rule.reads.inputs):
        return False
    return bool(each.rule.run(RowEnv(ws, row)) != each.rule.run(RowEnv(ws, row, old=True)))


# ---------------------------------------------------------------------------------------------------- totals


def _lock_totals(ws: WriteSet, cases: Iterable[Case]) -> None:
    """Ask which rows of totals the checks will read, then lock these in order."""
    state = totals.state_of(ws)
    state.asked = {}
    for case in cases:
        if case.plan.rule.reads.totals:
            answer(case.plan.rule.run, RowEnv(ws, case.row))
    asked, state.asked = state.asked, None
    totals.lock(ws, asked)


# ---------------------------------------------------------------------------------------------------- judging


def _judge(ws: WriteSet, case: Case) -> Iterator[Problem]:
    now = RowEnv(ws, case.row)
    if answer(case.plan.rule.run, now) is not False:
        return
    level = _level(case, now)
    failing = [gap for gap in case.plan.gaps if answer(gap.part, now) is False]
    if level == "none" or (case.repair and _repairs(ws, case, failing)):
        return
    shown: Level = "warning" if level == "warn" else "error"
    yield from messages.problems(ws, case, failing, shown)


def _level(case: Case, env: RowEnv) -> str:
    if case.plan.level is None:
        return str(case.plan.check.level)
    return str(answer(case.plan.level.run, env) or "none")


def _repairs(ws: WriteSet, case: Case, failing: Sequence[Gap]) -> bool:
    """Whether every part that is false was false before, and is no further from true."""
    if case.row.old is None or case.record.old is None or case.record.old.get("$deleted") is not None:
        return False
    if case.own and ws.model.form(case.record.form).is_document and case.record.old.get("$state") in OPEN:
        return "save" in case.plan.check.on and _no_worse(ws, case, failing)
    return _no_worse(ws, case, failing)


def _no_worse(ws: WriteSet, case: Case, failing: Sequence[Gap]) -> bool:
    old, now = RowEnv(ws, case.row, old=True), RowEnv(ws, case.row)
    for gap in failing:
        before, after = gap_of(gap, old), gap_of(gap, now)
        if before is None or after is None or answer(gap.part, old) is not False or after > before:
            return False
    return bool(failing)


def _merged(problems: list[Problem]) -> list[Problem]:
    """One problem for each place and check; the same row is not told twice."""
    found: dict[tuple[Any, ...], Problem] = {}
    for each in problems:
        found.setdefault((each.pointer, each.params.get("check"), each.params.get("record")), each)
    return list(found.values())
