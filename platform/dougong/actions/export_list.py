"""Exports what a list shows as a file: at once when it is short, else by a job. One rule: the job acts as the member who
asked, with the rights he has when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from ..exchange import exports
from ..exchange.exports import Export
from ..exchange.writing import write_csv, write_xlsx
from ..fields.type import Here
from ..kernel.actor import Actor, platform
from ..kernel.errors import Forbidden, Malformed
from ..people import members
from ..people.acting import actor_for
from ..storage import jobs
from ..storage.jobs import Job
from ..storage.transaction import Transaction
from .export_records import Wanted, columns_of, count_rows, export_rows
from .installation import Installation
from .transaction import read, transaction

EXPORT = "export"
FORMATS = ("csv", "xlsx")
#: Records that are written while one waits; more become a job.
AT_ONCE = 1000
#: Records between two words about progress.
STEP = 1000
#: Days a file can be fetched.
KEPT = 7
T = TypeVar("T")


def export_list(
    inst: Installation, actor: Actor, form: str, wanted: Wanted, format_: str, name: str, titles: Iterable[str]
) -> Export:
    """The export, ready or on its way. `titles`: heads of the columns as the screen shows them. Raises NotFound, Forbidden,
    Malformed (`unknown_field`, `export_format`)."""
    if format_ not in FORMATS:
        raise Malformed("export_format", format=format_[:20])
    count, more = count_rows(inst, actor, form, wanted)
    asked = {"format": format_, "titles": list(titles), **asdict(wanted)}
    made = transaction(inst, actor.tenant, actor, lambda tx: exports.add(tx, form, f"{name}.{format_}", asked))
    if not more and count <= AT_ONCE:
        _write(inst, actor, made, lambda _done: None)
    else:
        transaction(inst, actor.tenant, actor, lambda tx: _leave(tx, made, None if more else count))
    return read(inst, actor, lambda tx: exports.get(tx, made.id))


def write_export(inst: Installation, tenant: str, job: Job) -> None:
    """The job's work. Raises Forbidden when who asked is no active member any more."""

    def who(tx: Transaction) -> tuple[Export, Actor]:
        found = exports.get(tx, str(job.payload["export"]))
        member = members.get(tx.conn, str(found.member))
        if not member.active:
            raise Forbidden("forbidden", action="export")
        return found, actor_for(tx.conn, tenant, member)

    export, actor = transaction(inst, tenant, platform(tenant), who, write=False)
    total, house = job.payload["rows"], platform(tenant)

    def beat(done: int) -> None:
        transaction(inst, tenant, house, lambda tx: jobs.renew(tx, job, progress={"done": done, "total": total}))

    _write(inst, actor, export, beat)
    transaction(inst, tenant, house, lambda tx: jobs.finish(tx, job))


def open_export(inst: Installation, actor: Actor, export: str) -> tuple[Export, Path, Any]:
    """An export of the actor's own, its file (which may not be there yet), and the row of its job if there is one. Raises
    NotFound."""

    def find(tx: Transaction) -> tuple[Export, Any]:
        found = exports.get(tx, export)
        return found, jobs.find(tx, found.job) if found.job else None

    found, job = read(inst, actor, find)
    return found, found.path(_folder(inst, actor.tenant)), job


def forget_exports(tx: Transaction, inst: Installation) -> None:
    """Remove the files nobody may fetch any more."""
    for each in exports.forget(tx, tx.now - timedelta(days=KEPT)):
        each.path(_folder(inst, tx.actor.tenant)).unlink(missing_ok=True)


def _leave(tx: Transaction, export: Export, rows: int | None) -> None:
    job = jobs.enqueue(tx, EXPORT, {"export": export.id, "rows": rows})
    exports.set_job(tx, export.id, str(job))


def _write(inst: Installation, actor: Actor, export: Export, done: Callable[[int], None]) -> None:
    wanted = Wanted(**{name: _tuple(export.asked[name]) for name in ("filter", "words", "sort", "columns")})
    columns = columns_of(inst, actor, export.form, wanted.columns)
    heads = [each.head(title) for each, title in zip(columns, export.asked["titles"], strict=True)]
    rows = _told(export_rows(inst, actor, export.form, wanted), done)
    target = export.path(_folder(inst, actor.tenant))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        if export.asked["format"] == "csv":
            with part.open("w", encoding="utf-8-sig", newline="") as text:
                count = write_csv(text, heads, ([each.text(row) for each in columns] for row in rows))
        else:
            here = Here(inst.settings.zone, inst.clock.now().astimezone(inst.settings.zone).date())
            with part.open("wb") as out:
                count = write_xlsx(
                    out, export.form, heads, ([each.cell(row, here) for each in columns] for row in rows)
                )
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    transaction(inst, actor.tenant, actor, lambda tx: _finish(tx, export, count))


def _finish(tx: Transaction, export: Export, count: int) -> None:
    exports.finish(tx, export.id, count)
    tx.audit(export.form, None, "export", [{"field": "rows", "old": None, "new": count}])


def _told(rows: Iterator[T], done: Callable[[int], None]) -> Iterator[T]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % STEP == 0:
            done(number)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _folder(inst: Installation, tenant: str) -> Path:
    return inst.settings.data / "exports" / tenant
