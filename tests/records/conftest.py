"""Fixtures of the record tests: a desk at which an actor writes records through the one writer path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from dougong.actions.installation import Installation
from dougong.actions.transaction import transaction
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import WithProblems
from dougong.records.ops import Create, Event, Op, Transition, Update
from dougong.records.record import Record
from dougong.records.store import Records, Written


@dataclass
class Desk:
    """Somebody who writes records; each call is one transaction."""

    inst: Installation
    actor: Actor
    anyone_decides: bool = False

    def write(self, ops: Sequence[Op], *, confirm: bool = True) -> Written:
        def act(tx: Any) -> Written:
            records = Records(tx, self.inst.catalog, self.inst.types, anyone_decides=self.anyone_decides)
            return records.write(ops, confirm=confirm)

        return transaction(self.inst, self.actor.tenant, self.actor, act)

    def create(self, form: str, values: Mapping[str, Any], *, confirm: bool = True, **more: Any) -> Record:
        return self.write([Create(form, values, **more)], confirm=confirm).records[0]

    def update(self, record: Record, changes: Mapping[str, Any], *, version: int | None = None) -> Record:
        return self.write([Update(record.form, record.id, changes, version=version)]).records[0]

    def move(self, record: Record, event: Event) -> Record:
        return self.write([Transition(record.form, record.id, event)]).records[0]

    def read(self, record: Record) -> Record:
        """The record as it stands in the database, computed values included."""
        from dougong.records import query

        def act(tx: Any) -> Record:
            return query.get(tx, self.inst.catalog.live(tx), record.form, record.id)[0]

        return transaction(self.inst, self.actor.tenant, self.actor, act, write=False)

    def refused(self, act: Callable[[], Any]) -> set[tuple[str, str]]:
        """The (pointer, code) of every problem that refuses the act."""
        with pytest.raises(WithProblems) as refusal:
            act()
        return {(each.pointer, each.code) for each in refusal.value.problems}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the tenant's store, to see what was left behind."""
        with self.inst.database.tenant(self.actor.tenant).read() as conn:
            return [tuple(row) for row in conn.exec_driver_sql(sql)]


@pytest.fixture
def desk(installation: Installation, tenant: str) -> Desk:
    """The operator's desk: may do everything."""
    return Desk(installation, operator(tenant))


@pytest.fixture
def desk_of(installation: Installation, member: Callable[..., Actor]) -> Callable[..., Desk]:
    """`desk_of("bob", "clerk")` is the desk of a member with these roles."""
    return lambda name, *roles, **more: Desk(installation, member(name, *roles, **more))
