"""Many operations as one write set: all of them, or as many as are good, or none but told what would have happened.

One rule: good operations are one write set in one transaction, so figures that many lines share are netted and locked
once; when a line is refused the rest is tried again without it, in its order, and only the last try may be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

from ..kernel.actor import Actor
from ..kernel.errors import DougongError, WithProblems
from ..kernel.ids import is_id
from ..kernel.problems import Problem, parts, pointer
from ..records.intake import Intake
from ..records.ops import Create, Op
from ..records.progress import WATCHER, Watcher
from ..records.record import Record
from ..records.write_set import WriteSet
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import Once, transaction
from .writing import write

T = TypeVar("T")


@dataclass(slots=True)
class Many(Generic[T]):
    """Operations by line number; each operation's pointer is its number. `told` makes the answer of the outcome (JSON,
    when `once` is given). `problems` are those of lines that are no operation; `partial`: a refused line does not refuse
    the others; `keep`: whether to keep the outcome, asked with how many lines were refused; `finish` runs in the
    transaction that keeps it."""

    ops: dict[int, Op]
    told: Callable[[Outcome], T]
    problems: list[Problem] = field(default_factory=list)
    partial: bool = False
    keep: Callable[[int], bool] = lambda refused: True
    finish: Callable[[Transaction, Mapping[int, Record]], None] = lambda tx, written: None
    watcher: Watcher | None = None
    request_id: str | None = None
    once: Once | None = None


@dataclass(slots=True)
class Outcome:
    """`written` are the records of the good lines, as they stand (or would stand, when not `kept`)."""

    written: dict[int, Record]
    problems: list[Problem]
    kept: bool


class _TakenBack(Exception):
    """Ends a trial."""

    def __init__(self, told: Any = None) -> None:
        self.told = told
        super().__init__()


def write_many(inst: Installation, actor: Actor, many: Many[T]) -> T:
    """Write them. Raises what the writer raises when a line is refused and `partial` is not asked for, or when no line can
    be blamed."""
    refused = {row for each in many.problems if (row := row_of(each.pointer)) is not None}

    def act(tx: Transaction) -> T:
        tx.memo[WATCHER] = many.watcher
        records = write(inst, tx, list(many.ops.values())).records if many.ops else []
        written = dict(zip(many.ops, records, strict=True))
        outcome = Outcome(written, many.problems, many.keep(len(refused)))
        if not outcome.kept:
            raise _TakenBack(many.told(outcome))
        many.finish(tx, written)
        return many.told(outcome)

    while True:
        try:
            return transaction(inst, actor.tenant, actor, act, request_id=many.request_id, once=many.once)
        except _TakenBack as back:
            return cast(T, back.told)
        except DougongError as error:
            blamed = blame(inst, actor, error, many.ops) if many.partial else {}
            if not blamed:
                raise
            many.problems += [each for some in blamed.values() for each in some]
            refused |= blamed.keys()
            for row in blamed:
                del many.ops[row]


def blame(inst: Installation, actor: Actor, error: DougongError, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """The problems by line that made the write fail; empty when no line can be blamed."""
    if not isinstance(error, WithProblems):
        return _blamed(inst, actor, error, ops)
    found: dict[int, list[Problem]] = {}
    for each in error.problems:
        rows = [row for row in map(row_of, each.params.get("pointers", ())) if row is not None and row in ops]
        if len(rows) > 1:
            first = sorted(set(rows))
            for row in first[_fitting(inst, actor, [ops[row] for row in first]) :]:
                found.setdefault(row, []).append(replace(each, pointer=_at(each, row)))
        elif (alone := row_of(each.pointer)) is not None and alone in ops:
            found.setdefault(alone, []).append(each)
    return found


def _blamed(inst: Installation, actor: Actor, error: DougongError, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """A refusal that speaks of a record is laid on its line, any other on the only line there is. Since the first such
    refusal hides those behind it, every line is then asked by itself whether it may be taken in at all."""
    record = error.params.get("id")
    rows = [row for row, op in ops.items() if not isinstance(op, Create) and op.id == record]
    if not rows and len(ops) == 1:
        rows = list(ops)
    if not rows:
        return {}
    found = {rows[0]: [Problem(error.code, pointer(rows[0]), error.params)]}
    changing = {row: op for row, op in ops.items() if not isinstance(op, Create)}
    return _refused_alone(inst, actor, changing) | found if len(changing) > 1 else found


def _refused_alone(inst: Installation, actor: Actor, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """The lines that the intake refuses whatever the others do: absent, not permitted, in the wrong state, stale."""

    def act(tx: Transaction) -> dict[int, list[Problem]]:
        ws = WriteSet(tx, inst.catalog.live(tx))
        found: dict[int, list[Problem]] = {}
        _load(ws, ops.values())
        for row, op in ops.items():
            try:
                Intake(ws, inst.types).take([op])
            except WithProblems:
                continue
            except DougongError as error:
                found[row] = [Problem(error.code, pointer(row), error.params)]
        return found

    return transaction(inst, actor.tenant, actor, act, write=False)


def _load(ws: WriteSet, ops: Iterable[Op]) -> None:
    """Read all records of these operations at once."""
    by_form: dict[str, list[str]] = {}
    for op in ops:
        by_form.setdefault(op.form, []).append(str(op.id))
    for form, ids in by_form.items():
        sound = [each for each in ids if is_id(each)]
        ws.load(form, sound)
        for sub in ws.model.form(form).subtables:
            ws.load_children(form, sub.name, sound)


def _fitting(inst: Installation, actor: Actor, ops: Sequence[Op]) -> int:
    """How many of these lines, from the first on, a shared check lets pass
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


def row_of(at: str) -> int | None:
    """The line a pointer begins with."""
    first = parts(at)[:1]
    return int(first[0]) if first and first[0].isdigit() else None


def _at(problem: Problem, row: int) -> str:
    """The place of a shared problem in one of its lines."""
    return next((each for each in problem.params["pointers"] if row_of(each) == row), pointer(row))
