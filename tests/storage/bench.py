"""A tenant, definitions written as plain dictionaries, and the few verbs that the tests of publishing need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from dougong.definition.definitions import Definitions
from dougong.definition.link import link
from dougong.definition.load import load_module
from dougong.fields.registry import field_types
from dougong.kernel.actor import platform
from dougong.kernel.errors import DefinitionError
from dougong.kernel.ids import new_id
from dougong.storage import apply as applying
from dougong.storage import guard, versions
from dougong.storage.database import TenantStore
from dougong.storage.draft import Plan
from dougong.storage.model import Model, load_model
from dougong.storage.plan import plan
from dougong.storage.transaction import Transaction

NOW = datetime(2026, 2, 27, 10, 0, tzinfo=UTC)
TEXT = {"type": "string", "maxLength": 50}
MONEY = {"type": "number", "x-type": "money"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}


def form(name: str, properties: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """A form's file."""
    required = parts.pop("required", [])
    record = {"type": "object", "properties": dict(properties), "required": required}
    return {"name": name, "title": name, "kind": parts.pop("kind", "master"), "record": record, **parts}


def definitions(*forms: Mapping[str, Any], module: str = "m") -> Definitions:
    """Linked definitions of one module."""
    return definitions_of({module: files_of(*forms, module=module)})


def files_of(*forms: Mapping[str, Any], module: str = "m") -> dict[str, Any]:
    files: dict[str, Any] = {"module.json": {"name": module, "title": module}}
    return {**files, **{f"forms/{each['name']}.json": each for each in forms}}


def definitions_of(files: Mapping[str, Mapping[str, Any]]) -> Definitions:
    """Linked definitions of modules given by their files."""
    found = []
    for name, each in files.items():
        module, problems = load_module(each, field_types(), name=name)
        if module is None:
            raise DefinitionError(problems)
        found.append(module)
    linked, problems = link(found, field_types())
    if linked is None:
        raise DefinitionError(problems)
    return linked


class Bench:
    """One tenant under test."""

    def __init__(self, store: TenantStore) -> None:
        self.store = store

    @contextmanager
    def act(self, *, write: bool = True) -> Iterator[Transaction]:
        with self.store.write() if write else self.store.read() as conn:
            tx = Transaction(self.store, conn, platform("demo"), NOW, ZoneInfo("Asia/Shanghai"), new_id(), write)
            yield tx
            if write:
                tx.flush()

    def live(self, tx: Transaction) -> Model:
        files = versions.live_files(tx.conn)
        return load_model(tx.conn, definitions_of(files), field_types())

    def plan(self, new: Definitions, **more: Any) -> Plan:
        with self.act(write=False) as tx:
            return plan(tx, self.live(tx), new, **more)

    def publish(self, new: Definitions, **more: Any) -> int:
        """Plan and apply in one transaction."""
        build_rows = more.pop("build_rows", 50_000)
        with self.act() as tx:
            guard.hold(tx)
            return applying.apply(tx, plan(tx, self.live(tx), new, build_rows=build_rows), **more)

    def steps(self, new: Definitions, **more: Any) -> list[tuple[str, str | None, int, int]]:
        """The plan's steps as (op, field, rows, loss), remarks on indexes left out."""
        return [
            (each.op, each.field, each.rows, each.loss)
            for each in self.plan(new, **more).steps
            if not each.op.endswith("_index")
        ]

    def add(self, form: str, *records: Mapping[str, Any], sub: str | None = None) -> list[str]:
        """Insert rows past the writer path; their ids."""
        ids = [new_id() for _ in records]
        with self.act() as tx:
            tables = self.live(tx).table(form)
            for row_id, values in zip(ids, records, strict=True):
                named = {tables.column(name, sub).name: value for name, value in values.items() if name[0] != "$"}
                system = {name[1:]: value for name, value in values.items() if name[0] == "$"}
                tx.conn.execute(insert(tables.table(sub)).values({**_system(row_id, sub), **system, **named}))
        return ids

    def values(self, form: str, name: str, sub: str | None = None) -> list[Any]:
        """A field's values in the order of the rows."""
        with self.act(write=False) as tx:
            tables = self.live(tx).table(form)
            query = select(tables.column(name, sub)).order_by(tables.table(sub).c.id)
            return list(tx.conn.execute(query).scalars())


def _system(row_id: str, sub: str | None) -> dict[str, Any]:
    if sub is not None:
        return {"id": row_id, "position": 0}
    return {"id": row_id, "state": "active", "created_at": NOW, "updated_at": NOW, "version": 1}
