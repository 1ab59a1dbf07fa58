"""Whether a tenant's database is as its definition says: tables, columns, indexes and views, the audit chain, jobs and
idempotency keys. One rule: it only reads, and it names what it found, not what to think of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, func, inspect, select
from sqlalchemy.engine.reflection import Inspector

from . import guard, own, sealer, views
from .model import Model
from .transaction import Transaction
from .upgrade import known


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is a translation key; `form` and `params` say where."""

    code: str
    form: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def doctor_storage(tx: Transaction, model: Model) -> list[Finding]:
    """Everything that is not as it should be; empty = sound."""
    return [*_version(tx, model), *_tables(tx, model), *_indexes(tx), *_own_tables(tx), *_audit(tx), *_acts(tx)]


def _version(tx: Transaction, model: Model) -> Iterator[Finding]:
    live = guard.live_version(tx.conn)
    if live != model.version:
        yield Finding("model_is_not_live", None, {"live": live, "model": model.version})


def _tables(tx: Transaction, model: Model) -> Iterator[Finding]:
    inspector = inspect(tx.conn)
    standing, shown = set(inspector.get_table_names()), set(inspector.get_view_names())
    for name, tables in sorted(model.tables.items()):
        for table in tables.all_tables():
            if table.name not in standing:
                yield Finding("table_missing", name, {"table": table.name})
            else:
                yield from _columns(inspector, name, table)
        for view, _, _ in views.views_of(tables):
            if view not in shown:
                yield Finding("view_missing", name, {"view": view})


def _columns(inspector: Inspector, form: str, table: Table) -> Iterator[Finding]:
    """Columns that are missing or of another type. Retired columns stand beside them and are no finding."""
    found = {each["name"]: each["type"] for each in inspector.get_columns(table.name)}
    for column in table.c:
        actual = found.get(column.name)
        if actual is None:
            yield Finding("column_missing", form, {"table": table.name, "column": column.name})
            continue
        wanted = column.type.dialect_impl(inspector.dialect)
        said, meant = (str(each.compile(inspector.dialect)).split(" COLLATE")[0] for each in (actual, wanted))
        if said != meant:
            params = {"table": table.name, "column": column.name, "found": said, "wanted": meant}
            yield Finding("column_type", form, params)


def _indexes(tx: Transaction) -> Iterator[Finding]:
    inspector = inspect(tx.conn)
    standing = set(inspector.get_table_names())
    for row in tx.conn.execute(select(own.index)).all():
        names = {each["name"] for each in inspector.get_indexes(row.on_table)} if row.on_table in standing else set()
        if row.name not in names:
            yield Finding("index_missing", row.form, {"table": row.on_table, "columns": row.definition})


def _own_tables(tx: Transaction) -> Iterator[Finding]:
    applied = set(tx.conn.execute(select(own.migration.c.number)).scalars())
    for number in sorted(set(known("tenant")) - applied):
        yield Finding("migration_missing", None, {"number": number})


def _audit(tx: Transaction) -> Iterator[Finding]:
    broken = sealer.verify(tx.conn)
    if broken is not None:
        yield Finding("audit_broken", None, {"seq": broken.seq, "reason": broken.reason})
    waiting = sealer.unsealed_since(tx.conn, tx.now)
    if waiting:
        yield Finding("audit_unsealed", None, {"rows": waiting})


def _acts(tx: Transaction) -> Iterator[Finding]:
    """Keys without an answer (their act was committed, so it must have one), and jobs nobody will take up again."""
    unanswered = select(func.count()).select_from(own.idempotency).where(own.idempotency.c.status.is_(None))
    if count := tx.conn.execute(unanswered).scalar_one():
        yield Finding("keys_unanswered", None, {"keys": count})
    dead = select(func.count()).select_from(own.job).where(own.job.c.state == "dead")
    if count := tx.conn.execute(dead).scalar_one():
        yield Finding("jobs_dead", None, {"jobs": count})
