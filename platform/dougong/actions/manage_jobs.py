"""The company's jobs for its admins: what runs, waits or was given up, and taking one up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from .. import licence
from ..definition.definitions import Definitions
from ..exchange import batches, exports
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Forbidden, NotFound
from ..people import members
from ..storage import jobs, own
from ..storage.transaction import Transaction
from .installation import Installation
from .run_jobs import HANDLERS, LONG
from .transaction import read, transaction

#: States in the order of the page, and how many of each it shows.
SHOWN = {"running": 100, "dead": 100, "ready": 100, "done": 30}


@dataclass(frozen=True, slots=True)
class About:
    """`file`: its name for people, or the field that is filled; `form`: its title; `person`: who asked for it."""

    file: str = ""
    form: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """`done` and `total` where the job says how far it is; `reason` is the code of the last refusal, `detail` what it
    said; `about` whose work it is on what."""

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
    about: About


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
            rows = tx.conn.execute(query).all()
            abouts = _abouts(tx, inst.catalog.live(tx).definitions, rows)
            found += [_shown(row, abouts.get(row.id, About())) for row in rows]
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


def _abouts(tx: Transaction, definitions: Definitions, rows: Sequence[Row[Any]]) -> dict[str, About]:
    """What each job is about, by its id; what is gone by now is left out."""
    named = {row.id: str(row.payload.get(key)) for row in rows for key in ("batch", "export") if row.payload.get(key)}
    imports, files = batches.imports.c, exports.exports.c
    told: dict[str, tuple[str, str, str | None]] = {}
    for each in tx.conn.execute(select(imports.id, imports.file_name, imports.form, imports.member).where(
        imports.id.in_(set(named.values()))
    )):  # fmt: skip
        told[each.id] = (each.file_name, each.form, each.member)
    for each in tx.conn.execute(select(files.id, files.name, files.form, files.member).where(
        files.id.in_(set(named.values()))
    )):  # fmt: skip
        told[each.id] = (each.name, each.form, each.member)
    people = members.titles(tx.conn, (by for _, _, by in told.values() if by))
    found = {
        job: About(told[thing][0], _title(definitions, told[thing][1]), people.get(told[thing][2] or "", ""))
        for job, thing in named.items() if thing in told
    }  # fmt: skip
    for row in rows:
        if "field" in row.payload:
            found[row.id] = _field(definitions, row.payload)
    return found


def _title(definitions: Definitions, form: str) -> str:
    return definitions.forms[form].title if form in definitions.forms else form


def _field(definitions: Definitions, payload: Mapping[str, Any]) -> About:
    """The field a job fills."""
    form = definitions.forms.get(str(payload.get("form")))
    name = str(payload["field"])
    inside = form.find(str(payload["sub"])) if form is not None and payload.get("sub") else None
    fields = inside.fields if inside is not None else form.fields if form is not None else ()
    title = next((each.title for each in fields if each.name == name), name)
    return About(title, form.title if form is not None else str(payload.get("form")))


def _shown(row: Row[Any], about: About) -> Shown:
    progress = row.progress if isinstance(row.progress, Mapping) else {}
    done, total = (_count(progress.get(name)) for name in ("done", "total"))
    reason, _, detail = (row.error or "").partition(" ")
    return Shown(
        row.id, row.kind, row.state, row.due_at, row.created_at, row.finished_at, row.attempts, done, total,
        reason.rstrip(":"), detail[:500], about,
    )  # fmt: skip


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _require(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("forbidden", action="manage_jobs")
