"""Takes what is due in a tenant: seals the audit, turns the outbox into jobs, works on jobs. One rule: a job's row is the
truth; taking, renewing and finishing it are compare-and-set, so two workers cannot both do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import structlog

from ..kernel.actor import platform
from ..kernel.errors import DougongError
from ..records import building
from ..storage import jobs, sealer
from ..storage.apply import BUILD_JOB
from ..storage.jobs import Job
from ..storage.transaction import Transaction
from .beating import beating
from .export_list import EXPORT, write_export
from .installation import Installation
from .keep_house import UPKEEP, keep_house, plan_upkeep
from .run_import import LONG as IMPORTS
from .seed_job import SEED, load_by_job
from .transaction import transaction

T = TypeVar("T")
log = structlog.get_logger()

#: Works on one part of a job; True when the job is done. Called again, in a new transaction, until then.
Handler = Callable[[Transaction, Installation, Job], bool]
#: Does a whole job by transactions of its own, the last of which finishes it.
LongHandler = Callable[[Installation, str, Job], None]


def _fill(tx: Transaction, inst: Installation, _: Job) -> bool:
    """Rows of the columns that a publish left to be filled; whichever of its jobs comes first fills all of them."""
    return not building.work(tx, inst.catalog.live(tx))


HANDLERS: Mapping[str, Handler] = {BUILD_JOB: _fill, UPKEEP: keep_house}
LONG: Mapping[str, LongHandler] = {**IMPORTS, EXPORT: write_export, SEED: load_by_job}


def take_over(inst: Installation, tenant: str) -> int:
    """Give back what runs here: whoever worked on it is known to be gone. How many jobs that were."""
    return _in(inst, tenant, jobs.release)


def run_jobs(inst: Installation, tenant: str) -> int:
    """Do what is due now; how many jobs were taken."""
    _in(inst, tenant, sealer.seal)
    kinds = (*HANDLERS, *LONG)
    _in(inst, tenant, lambda tx: jobs.dispatch(tx, kinds))
    _in(inst, tenant, plan_upkeep)
    taken = 0
    while (job := _in(inst, tenant, lambda tx: jobs.claim(tx, kinds=kinds))) is not None:
        taken += 1
        _work(inst, tenant, job)
    return taken


def _work(inst: Installation, tenant: str, job: Job) -> None:
    def part(tx: Transaction) -> bool:
        done = HANDLERS[job.kind](tx, inst, job)
        if done:
            jobs.finish(tx, job)
        else:
            jobs.renew(tx, job)
        return done

    try:
        if job.kind in LONG:
            with beating(inst, tenant, job):
                LONG[job.kind](inst, tenant, job)
            return
        while not _in(inst, tenant, part):
            pass
    except DougongError as error:
        log.warning("job refused", tenant=tenant, kind=job.kind, job=job.id, code=error.code)
        text = str(error)
        _in(inst, tenant, lambda tx: jobs.fail(tx, job, text))


def _in(inst: Installation, tenant: str, act: Callable[[Transaction], T]) -> T:
    return transaction(inst, tenant, platform(tenant), act)
