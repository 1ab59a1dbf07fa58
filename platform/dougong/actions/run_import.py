"""The jobs behind an import: dry run, writing, undoing. One rule: what they do to records, to the import's row and to the
job is one transaction, so a worker that is killed leaves all or nothing, and one that comes late leaves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from ..exchange import batches
from ..exchange.batches import Batch, State
from ..kernel.actor import Actor, platform
from ..kernel.errors import Busy, Conflict, DougongError, Forbidden
from ..notify import tell
from ..people import members
from ..people.acting import actor_for
from ..storage import jobs
from ..storage.jobs import Job
from ..storage.transaction import Transaction
from .beating import beats
from .begin_import import import_files
from .carry_out_import import COMMIT, UNDO
from .choose_columns import CHECK
from .import_table import Report, Taking, import_table
from .installation import Installation
from .take_back import Undone, take_back
from .transaction import transaction

#: What a row may take at the slowest, for the lease.
_ROW = timedelta(milliseconds=8)
_BEAT = 0.5
#: Rows from which on a dry run is worth a notice when it is done.
LONG_WAIT = 2_000


def check(inst: Installation, tenant: str, job: Job) -> None:
    """Dry run."""
    known = _begin(inst, tenant, job, "checking")
    with _put_back(inst, tenant, job, known, "uploaded"):
        actor = _member(inst, tenant, known.member)
        how = Taking(dry=True, watcher=_Beat(inst, tenant, known))
        report = import_table(inst, actor, known.form, _files(inst, tenant, known).table, known.wanted, how)
        _keep_problems(inst, tenant, known, report)
        _end(inst, tenant, job, known, "checked", report=report.figures())
        if report.rows >= LONG_WAIT:
            _tell(inst, tenant, known, "import_tried", report.figures())


def commit(inst: Installation, tenant: str, job: Job) -> None:
    """Write the rows."""
    known = _begin(inst, tenant, job, "committing")
    good_only = bool(job.payload.get("good_only"))
    with _put_back(inst, tenant, job, known, "checked"):
        actor = _member(inst, tenant, known.member)

        def finish(tx: Transaction, report: Report) -> None:
            values = {"report": report.figures(), "written_at": tx.now, "error": None}
            batches.move(tx, known.id, ("committing",), "done", **values)
            tx.audit(known.form, None, "import", _said(known, report.figures()))
            jobs.finish(tx, job)

        how = Taking(good_only=good_only, batch=known.id, finish=finish, watcher=_Beat(inst, tenant, known))
        report = import_table(inst, actor, known.form, _files(inst, tenant, known).table, known.wanted, how)
        _keep_problems(inst, tenant, known, report)
        if not report.kept:
            _end(inst, tenant, job, known, "checked", report=report.figures())
        _tell(inst, tenant, known, "imported" if report.kept else "import_refused", report.figures())


def undo(inst: Installation, tenant: str, job: Job) -> None:
    """Take it back."""
    known = _begin(inst, tenant, job, "undoing")
    with _put_back(inst, tenant, job, known, "done"):
        actor = _member(inst, tenant, job.payload.get("by"))

        def finish(tx: Transaction, undone: Undone) -> None:
            report = {**(known.report or {}), **undone.figures()}
            batches.move(tx, known.id, ("undoing",), "undone", report=report, error=None)
            tx.audit(known.form, None, "import_undo", _said(known, undone.figures()))
            jobs.finish(tx, job)

        undone = take_back(
            inst, actor, known.form, known.id, leave=bool(job.payload.get("leave")), finish=finish,
            watcher=_Beat(inst, tenant, known),
        )  # fmt: skip
        if not undone.kept:
            error = {"code": "import_in_the_way", "params": {"count": len(undone.left)}, "records": undone.left[:100]}
            _end(inst, tenant, job, known, "done", error=error)
        _tell(inst, tenant, known, "import_undone" if undone.kept else "import_refused", {}, job.payload.get("by"))


Long = Callable[[Installation, str, Job], None]
#: Jobs that make their own transactions.
LONG: Mapping[str, Long] = {CHECK: check, COMMIT: commit, UNDO: undo}


def _begin(inst: Installation, tenant: str, job: Job, state: State) -> Batch:
    """The import, and where nobody can renew it beside the work the lease for as long as its rows may take. Raises Conflict
    when it is no more in that state."""

    def act(tx: Transaction) -> Batch:
        known = batches.get(tx, str(job.payload["batch"]))
        batches.move(tx, known.id, (state,), state)
        rows = 0 if beats(inst) else int(known.table["rows"])
        jobs.renew(tx, job, lease=jobs.LEASE + _ROW * rows)
        return known

    return transaction(inst, tenant, platform(tenant), act)


def _tell(
    inst: Installation, tenant: str, known: Batch, kind: str, figures: Mapping[str, Any], to: str | None = None
) -> None:
    """Tell whoever left the page."""
    params = {"file": known.file_name, "href": f"/imports/{known.id}", **figures}
    to = to or known.member
    transaction(inst, tenant, platform(tenant), lambda tx: tell(tx, [to], kind, None, None, params))


def _end(inst: Installation, tenant: str, job: Job, known: Batch, state: State, **values: Any) -> None:
    def act(tx: Transaction) -> None:
        batches.move(tx, known.id, (known.state,), state, **values)
        jobs.finish(tx, job)

    transaction(inst, tenant, platform(tenant), act)


@contextmanager
def _put_back(inst: Installation, tenant: str, job: Job, known: Batch, state: State) -> Iterator[None]:
    """A refusal puts the import back and says why; contention leaves the job to be tried again."""
    try:
        yield
    except Busy:
        raise
    except DougongError as error:
        if error.code == "lease_lost":
            raise
        told = {"code": error.code, "params": {key: str(value) for key, value in error.params.items()}}
        _end(inst, tenant, job, known, state, error=told)
        _tell(inst, tenant, known, "import_refused", {})
    except Exception:
        # A fault of ours may be of any kind: a lost file, a full disk, a database that went away, a mistake in a field type.
        # Narrower, the others would leave the import "being written" and its page waiting until somebody gives it up by
        # hand. Nothing is swallowed: it goes on to the worker, which logs it. Work that had ended already keeps its end.
        with suppress(Conflict):
            _end(inst, tenant, job, known, state, error={"code": "internal", "params": {}})
        raise


def _member(inst: Installation, tenant: str, member: Any) -> Actor:
    """Who brought the file, with the rights of this moment. Raises Forbidden for somebody who is no member any more."""

    def act(tx: Transaction) -> Actor:
        found = members.get(tx.conn, str(member))
        if not found.active:
            raise Forbidden("forbidden")
        return actor_for(tx.conn, tenant, found)

    return transaction(inst, tenant, platform(tenant), act, write=False)


def _files(inst: Installation, tenant: str, known: Batch) -> batches.Files:
    return import_files(inst, tenant, known.id)


def _keep_problems(inst: Installation, tenant: str, known: Batch, report: Report) -> None:
    batches.write_json(_files(inst, tenant, known).problems, [each.as_json() for each in report.problems])


def _said(known: Batch, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = {"file": known.file_name, **figures}
    return [{"field": name, "old": None, "new": value} for name, value in named.items()]


class _Beat:
    """Writes down now and then how far the work is: beside the database, for on SQLite the work itself holds the pen."""

    def __init__(self, inst: Installation, tenant: str, known: Batch) -> None:
        self._path = import_files(inst, tenant, known.id).progress
        self._clock, self._rows = inst.clock, known.table["rows"]
        self._begun, self._last, self._share = inst.clock.now(), 0.0, 0.0

    def __call__(self, share: float) -> None:
        self._share = max(self._share, share)
        if time.monotonic() - self._last > _BEAT:
            self._last = time.monotonic()
            seconds = (self._clock.now() - self._begun).total_seconds()
            told = {"share": round(self._share, 3), "seconds": round(seconds, 1), "rows": self._rows}
            batches.write_json(self._path, told)
