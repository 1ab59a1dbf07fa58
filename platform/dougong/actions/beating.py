"""Keeps a long job while its process lives: the lease is short and renewed beside the work, so that a job whose process was
killed is taken up again soon. One rule: it proves nothing; whether the work may be committed, the fence says at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from ..kernel.actor import platform
from ..kernel.errors import DougongError
from ..storage import jobs
from ..storage.jobs import Job
from .installation import Installation
from .transaction import transaction

#: Seconds between two renewals; a lease outlives three that did not come through.
EVERY = 30.0
log = structlog.get_logger()


def beats(inst: Installation) -> bool:
    """Whether the lease can be renewed beside the work. On SQLite the work itself may hold the pen; there the one worker
    that starts anew takes up at once what ran before (storage/alone.py)."""
    return inst.database.dialect != "sqlite"


@contextmanager
def beating(inst: Installation, tenant: str, job: Job, every: float | None = None) -> Iterator[None]:
    """Renew the job's lease until the block ends."""
    if not beats(inst):
        yield
        return
    end, pause = threading.Event(), EVERY if every is None else every
    thread = threading.Thread(target=_beat, args=(inst, tenant, job, end, pause), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(timeout=10)


def _beat(inst: Installation, tenant: str, job: Job, end: threading.Event, pause: float) -> None:
    while not end.wait(pause):
        try:
            transaction(inst, tenant, platform(tenant), lambda tx: jobs.keep(tx, job))
        except DougongError as error:
            if error.code == "lease_lost":  # done by now, or another worker has it: the fence decides
                return
            log.warning("lease not renewed", tenant=tenant, job=job.id, code=error.code)
