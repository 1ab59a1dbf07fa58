"""Jobs as rows: what is due, who works on it, until when. One rule: the row is the truth and every step on it is a
compare-and-set with the fence, so a lost, doubled or late worker changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from ..kernel.errors import Conflict
from ..kernel.ids import new_id
from . import own
from .transaction import Transaction

LEASE = timedelta(minutes=2)
TRIES = 3


@dataclass(frozen=True, slots=True)
class Job:
    """`fence` must be shown at every step; whoever took the job later has a higher one."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    fence: int
    progress: Any


def enqueue(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, Any],
    *,
    due_at: datetime | None = None,
    unique_key: str | None = None,
) -> str | None:
    """Leave a job; its id. None when one with the same `unique_key` was left before, whatever became of it."""
    taken = select(own.job.c.id).where(own.job.c.unique_key == unique_key)
    if unique_key is not None and tx.conn.execute(taken).first() is not None:
        return None
    row = {
        "id": new_id(),
        "kind": kind,
        "payload": dict(payload),
        "unique_key": unique_key,
        "state": "ready",
        "due_at": due_at or tx.now,
        "attempts": 0,
        "fence": 0,
        "created_at": tx.now,
    }
    tx.conn.execute(insert(own.job).values(row))
    return str(row["id"])


def claim(tx: Transaction, *, kinds: tuple[str, ...] | None = None, lease: timedelta = LEASE) -> Job | None:
    """Take the job that has been due longest, or one whose worker's lease has run out; None when nothing is due. A job that
    was tried often enough is parked as dead instead."""
    c = own.job.c
    due = or_((c.state == "ready") & (c.due_at <= tx.now), (c.state == "running") & (c.lease_until < tx.now))
    query = select(own.job).where(due).order_by(c.due_at, c.id).limit(1)
    if kinds is not None:
        query = query.where(c.kind.in_(kinds))
    while True:
        row = tx.conn.execute(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        if row.attempts >= TRIES:
            _set(tx, row.id, row.fence, state="dead", lease_until=None, error=row.error or "lease expired")
            continue
        fence = row.fence + 1
        values = {"state": "running", "attempts": row.attempts + 1, "fence": fence, "lease_until": tx.now + lease}
        if _set(tx, row.id, row.fence, **values):
            return Job(row.id, row.kind, row.payload, row.attempts + 1, fence, row.progress)


def renew(tx: Transaction, job: Job, *, progress: Any = None, lease: timedelta = LEASE) -> None:
    """Keep the job for another while and note how far it is. Raises Conflict `lease_lost`."""
    _must(tx, job, lease_until=tx.now + lease, progress=progress)


def keep(tx: Transaction, job: Job) -> None:
    """Keep the job for another while. Raises Conflict `lease_lost`."""
    _must(tx, job, lease_until=tx.now + LEASE)


def release(tx: Transaction) -> int:
    """Give back every job that runs, when whoever worked on them is known to be gone; how many. Their fences stand, so a
    worker that was alive after all can finish none of them once it is taken again."""
    c = own.job.c
    gone = update(own.job).where(c.state == "running").values(state="ready", lease_until=None)
    return tx.conn.execute(gone).rowcount


def finish(tx: Transaction, job: Job) -> None:
    """Done. Raises Conflict `lease_lost` when another worker has it by now: then nothing of this one may be committed."""
    _must(tx, job, state="done", lease_until=None, error=None, finished_at=tx.now)


def fail(tx: Transaction, job: Job, error: str, *, retry_in: timedelta = timedelta(minutes=1)) -> None:
    """Not done: again later, or parked as dead after the last try."""
    last = job.attempts >= TRIES
    due = tx.now + retry_in * job.attempts
    _must(tx, job, state="dead" if last else "ready", lease_until=None, error=error[:2000], due_at=due)


def find(tx: Transaction, job_id: str) -> Row[Any] | None:
    """The job's row {id, kind, payload, state, progress, error, due_at …}, whatever became of it."""
    return tx.conn.execute(select(own.job).where(own.job.c.id == job_id)).first()


def retry(tx: Transaction, job_id: str) -> bool:
    """Take a dead job up again; whether there was one."""
    c = own.job.c
    values = {"state": "ready", "attempts": 0, "due_at": tx.now, "error": None}
    changed = tx.conn.execute(update(own.job).where(c.id == job_id, c.state == "dead").values(values))
    return changed.rowcount == 1


def forget(tx: Transaction, before: datetime) -> int:
    """Remove the jobs that were done before, and messages left before; how many jobs they were."""
    c = own.job.c
    tx.conn.execute(delete(own.outbox).where(own.outbox.c.at < before))
    return tx.conn.execute(delete(own.job).where(c.state == "done", c.finished_at < before)).rowcount


def dispatch(tx: Transaction, kinds: Collection[str] | None = None, limit: int = 100) -> int:
    """Turn messages of the outbox into jobs, of these kinds only where they are given; how many. The others wait for
    somebody who reads them."""
    c = own.outbox.c
    query = select(own.outbox).where(c.state == "new").order_by(c.id).limit(limit).with_for_update(skip_locked=True)
    if kinds is not None:
        query = query.where(c.kind.in_(list(kinds)))
    found = tx.conn.execute(query).all()
    for row in found:
        enqueue(tx, row.kind, row.payload, unique_key=f"outbox {row.id}")
    if found:
        tx.conn.execute(update(own.outbox).where(c.id.in_([row.id for row in found])).values(state="done"))
    return len(found)


def _set(tx: Transaction, job_id: str, held: int, **values: Any) -> bool:
    c = own.job.c
    return tx.conn.execute(update(own.job).where(c.id == job_id, c.fence == held).values(values)).rowcount == 1


def _must(tx: Transaction, job: Job, **values: Any) -> None:
    c = own.job.c
    held = (c.id == job.id, c.fence == job.fence, c.state == "running")
    if tx.conn.execute(update(own.job).where(*held).values(values)).rowcount != 1:
        raise Conflict("lease_lost", job=job.id)
