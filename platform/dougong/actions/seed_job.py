"""Loads a seed set behind the screens: a firm can be entered while its past is still being written. One rule: the rows
themselves remember how far loading is, so a job that was interrupted goes on where it was."""

from __future__ import annotations

from ..kernel.actor import platform
from ..storage import jobs
from ..storage.jobs import Job
from ..storage.transaction import Transaction
from .installation import Installation
from .load_seed import load_seed
from .transaction import transaction

SEED = "seed"
#: Rows between two notes of how far it is.
_STEP = 10


def leave_seed(tx: Transaction, seed: str) -> None:
    """Have the set loaded by a job; once for a tenant."""
    jobs.enqueue(tx, SEED, {"seed": seed}, unique_key=f"seed {seed}")


def load_by_job(inst: Installation, tenant: str, job: Job) -> None:
    """Load the set that the job names and finish it."""
    house = platform(tenant)

    def told(done: int, of: int) -> None:
        if done % _STEP == 0:
            progress = {"done": done, "total": of}
            transaction(inst, tenant, house, lambda tx: jobs.renew(tx, job, progress=progress))

    load_seed(inst, tenant, str(job.payload["seed"]), told)
    transaction(inst, tenant, house, lambda tx: jobs.finish(tx, job))
