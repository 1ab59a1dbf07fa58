"""The company's jobs for its admins: what runs, waits or was given up, and taking one up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Forbidden, NotFound
from ..storage import jobs, own
from ..storage.transaction import Transaction
from .installation import Installation
from .run_jobs import HANDLERS, LONG
from .transaction import read, transaction

#: States in the order of the page, and how many of each it shows.
SHOWN = {"running": 100, "dead": 100, "ready": 100, "done": 30}


@dataclass(frozen=True, slots=True)
class Shown:
    """`done` and `total` where the job says how far it is; `reason` is the code of the last refusal, `detail` what it
    said."""

    id: str
    kind: str
    state: str
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None
    attempts: int
    done: int | None
    total: int | None
    reason: str
    detail: str


def list_jobs(inst: Installation, actor: Actor) -> tuple[list[Shown], Mapping[str, int]]:
    """The jobs of every state, newest first, and how many there are of each. Messages nobody works on are left out.
    Raises Forbidden."""
    _require(actor)

    def act(tx: Transaction) -> tuple[list[Shown], Mapping[str, int]]:
        c = own.job.c
        known = c.kind.in_((*HANDLERS, *LONG))
        counts = select(c.state, func.count().label("n")).where(known).group_by(c.state)
        found: list[Shown] = []
        for state, most in SHOWN.items():
            query = select(own.job).where(known, c.state == state).order_by(c.id.desc()).limit(most)
            found += [_shown(row) for row in tx.conn.execute(query)]
        return found, {row.state: row.n for row in tx.conn.execute(counts)}

    return read(inst, actor, act)


def retry_job(inst: Installation, actor: Actor, job: str) -> None:
    """Take up a job that was given up. Raises Forbidden, NotFound, Conflict `job_state` for one that was not."""
    licence.require(licence.may_write(actor.tenant))
    _require(actor)

    def act(tx: Transaction) -> None:
        if jobs.retry(tx, job):
            tx.audit(None, job, "job_retried")
        elif tx.conn.execute(select(own.job.c.id).where(own.job.c.id == job)).first() is None:
            raise NotFound("job")
        else:
            raise Conflict("job_state")

    transaction(inst, actor.tenant, actor, act)


def _shown(row: Row[Any]) -> Shown:
    progress = row.progress if isinstance(row.progress, Mapping) else {}
    done, total = (_count(progress.get(name)) for name in ("done", "total"))
    reason, _, detail = (row.error or "").partition(" ")
    return Shown(
        row.id, row.kind, row.state, row.due_at, row.created_at, row.finished_at, row.attempts, done, total,
        reason.rstrip(":"), detail[:500],
    )  # fmt: skip


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _require(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("forbidden", action="manage_jobs")
