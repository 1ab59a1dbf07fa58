"""What a tenant's house does every night: the recycle bin is emptied of what has lain there long enough, totals forget keys
that count nothing, and abandoned sheets, old answers, old notices and finished jobs go. One rule: each part is a short
transaction of its own, and doing it twice changes nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from .. import notify
from ..forms.sheets import sweep_sheets
from ..records import keyed, purge
from ..storage import guard, idempotency, jobs
from ..storage.jobs import Job
from ..storage.transaction import Transaction
from .export_list import forget_exports
from .installation import Installation

UPKEEP = "upkeep"
#: When the night's work is due, in the tenant's zone.
AT = time(3)
#: Records that one part removes for good.
PART = 500
SHEET_DAYS = 90
ANSWER_DAYS = 30
JOB_DAYS = 30
NOTICE_DAYS = 180


def plan_upkeep(tx: Transaction) -> None:
    """Leave the job of the coming night, once."""
    local = tx.now.astimezone(tx.zone)
    night = local.date() if local.time() < AT else local.date() + timedelta(days=1)
    due = datetime.combine(night, AT, tx.zone)
    jobs.enqueue(tx, UPKEEP, {}, due_at=due, unique_key=f"{UPKEEP} {night.isoformat()}")


def keep_house(tx: Transaction, inst: Installation, _: Job) -> bool:
    """One part of the night's work; True when there is nothing left to do."""
    model = inst.catalog.live(tx)
    for form in model.tables:
        if gone := purge.overdue(tx, model, form, limit=PART):
            purge.purge(tx, model, form, gone)
            return False
    guard.hold(tx)  # a writer may be about to use a key that counts nothing yet
    keyed.sweep(tx, model)
    sweep_sheets(tx, tx.now - timedelta(days=SHEET_DAYS))
    idempotency.forget(tx, tx.now - timedelta(days=ANSWER_DAYS))
    notify.forget(tx, tx.now - timedelta(days=NOTICE_DAYS))
    forget_exports(tx, inst)
    jobs.forget(tx, tx.now - timedelta(days=JOB_DAYS))
    return True
