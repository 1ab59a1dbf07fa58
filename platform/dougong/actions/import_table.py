"""Takes the rows of a table into a form, or only tells what would happen: the work behind the command line and the screens.

One rule: a dry run is the very write, taken back at its end, so what it says is what the write will say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import licence
from ..exchange import batches
from ..exchange.batches import Wanted
from ..exchange.plan import Plan, Told, plan, told
from ..fields.type import Here
from ..kernel.actor import Actor
from ..pages.spoken import every_language
from ..records.ops import Update
from ..records.progress import Watcher
from ..records.record import Record
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read
from .write_many import Many, Outcome, write_many

#: The share of the work that is reading; the rest is the writer's.
_READING = 0.15


@dataclass(slots=True)
class Report:
    """What becomes of the rows. `rows` are records; `kept`: it has become of them."""

    rows: int
    good: int
    bad: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Told] = field(default_factory=list)
    kept: bool = False

    def figures(self) -> dict[str, Any]:
        """The counts; `problems` is how many."""
        counts = {name: getattr(self, name) for name in ("rows", "good", "bad", "created", "updated", "unchanged")}
        return {**counts, "problems": len(self.problems)}


@dataclass(frozen=True, slots=True)
class Taking:
    """How to take a table: nothing is kept in a `dry` run, nor with a bad row unless `good_only`. `batch` is what its
    records are noted under, `finish` runs in the transaction that keeps them, `watcher` is told how far it is."""

    dry: bool = False
    good_only: bool = False
    batch: str | None = None
    finish: Callable[[Transaction, Report], None] = lambda tx, report: None
    watcher: Watcher = lambda share: None


def import_table(inst: Installation, actor: Actor, form: str, table: Path, wanted: Wanted, how: Taking) -> Report:
    """Take the rows. Raises NotFound, Forbidden, Busy, and what no row can be blamed for."""
    licence.require(licence.may_write(actor.tenant))
    made = read(inst, actor, lambda tx: _planned(inst, tx, form, table, wanted, how.watcher))
    report = Report(len(made.lines), 0, 0)

    def tell(outcome: Outcome) -> Report:
        return _told(report, made, outcome)

    def keep(tx: Transaction, written: Mapping[int, Record]) -> None:
        if how.batch is not None:
            batches.keep_rows(tx, how.batch, _rows(made, written))
        how.finish(tx, _counted(report, made, written))

    many = Many(
        made.ops, tell, problems=made.problems(), partial=True, finish=keep, request_id=how.batch,
        keep=lambda refused: not how.dry and (how.good_only or not refused),
        watcher=lambda share: how.watcher(_READING + (1 - _READING) * share),
    )  # fmt: skip
    return write_many(inst, actor, many)


def _planned(inst: Installation, tx: Transaction, form: str, table: Path, wanted: Wanted, watcher: Watcher) -> Plan:
    here = Here(inst.settings.zone, tx.now.astimezone(inst.settings.zone).date())
    model = inst.catalog.live(tx)
    others = [each.definitions.forms[form] for each in every_language(model) if form in each.definitions.forms]
    return plan(
        tx, model, inst.types, form, table, wanted, here=here, others=others,
        watcher=lambda share: watcher(_READING * share),
    )  # fmt: skip


def _told(report: Report, made: Plan, outcome: Outcome) -> Report:
    _counted(report, made, outcome.written)
    report.problems, report.kept = told(made, outcome.problems), outcome.kept
    return report


def _counted(report: Report, made: Plan, written: Mapping[int, Record]) -> Report:
    counts = Counter(_event(made, n, record) for n, record in written.items())
    report.good = len(written)
    report.bad = report.rows - report.good
    report.created, report.updated, report.unchanged = counts["created"], counts["updated"], counts["unchanged"]
    return report


def _event(made: Plan, n: int, record: Record) -> str:
    op = made.ops[n]
    if not isinstance(op, Update):
        return "created"
    return "unchanged" if record.version == op.version else "updated"


def _rows(made: Plan, written: Mapping[int, Record]) -> list[dict[str, Any]]:
    return [
        {"line": n, "record": record.id, "event": event, "version": record.version, "old": made.old.get(n)}
        for n, record in written.items()
        if (event := _event(made, n, record)) != "unchanged"
    ]
