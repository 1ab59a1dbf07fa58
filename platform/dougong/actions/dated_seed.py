"""Writes the rows of a seed set that have a moment of their own, in the order of time and as the people they name: a firm's
past, as if it had been written then. One rule: each row is remembered when it has been written, so that loading goes on
where it was interrupted.

Beside its values such a row says `$at` (when), `$by` (who writes it; the house does so on their behalf), `$state`, and for
what was decided `$decided_at` (`$at` when left out) and `$decided_by`. `$change` names a record by number or unique value
that the row changes instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from ..kernel.actor import Actor, platform
from ..kernel.clock import FixedClock
from ..kernel.errors import Malformed
from ..kernel.ids import new_id
from ..people import members
from ..people.acting import actor_for
from ..records.ops import Event, Op, Transition, Update
from ..records.store import Records
from ..storage.model import Model
from ..storage.own import meta
from ..storage.transaction import Transaction
from .installation import Installation
from .scenario_expect import record_of
from .seed_rows import seed_row
from .transaction import transaction

_EVENTS: Mapping[str, Event] = {"approved": "approve", "rejected": "reject"}
#: Told after every row: how many are written, how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Dated:
    """A row and its form, at its moment."""

    at: datetime
    form: str
    row: Mapping[str, Any]

    @property
    def decided_at(self) -> datetime:
        return datetime.fromisoformat(self.row.get("$decided_at", self.row["$at"]))


def apart(rows: Mapping[str, Sequence[Any]]) -> tuple[dict[str, list[Any]], list[Dated]]:
    """The rows without a moment by form, and those with one in the order of time. Raises Malformed `bad_seed`."""
    plain: dict[str, list[Any]] = {}
    dated: list[Dated] = []
    for form, some in rows.items():
        for row in some:
            if isinstance(row, Mapping) and "$at" in row:
                dated.append(Dated(_moment(form, row["$at"]), form, row))
            else:
                plain.setdefault(form, []).append(row)
    return plain, sorted(dated, key=lambda each: each.at)


def write_dated(inst: Installation, tenant: str, seed: str, model: Model, rows: Sequence[Dated], told: Progress) -> int:
    """Write what has not been written yet; how many rows that were. Raises what the store raises."""
    mark = f"seed:{seed}:$at"
    done, waiting = _position(inst, tenant, mark)
    for index, each in enumerate(rows[done:], done):
        _one(inst, tenant, model, each, mark, index, waiting)
        waiting = None
        told(index + 1, len(rows))
    return max(0, len(rows) - done)


def _one(
    inst: Installation, tenant: str, model: Model, each: Dated, mark: str, index: int, waiting: str | None
) -> None:
    """One row: written, then decided, each at its moment. `waiting` is its record when it was written before."""
    then, event = replace(inst, clock=FixedClock(each.at)), _EVENTS.get(each.row.get("$state", ""))
    if waiting is None:
        op, needs_decision = _op(then, tenant, model, each), event is not None
        place = f"{index} {op.id}" if needs_decision else str(index + 1)
        author = replace(_person(then, tenant, each.row.get("$by")), kind="platform")
        transaction(then, tenant, author, lambda tx: _write(then, tx, op, mark, place))
        waiting = str(op.id)
    if event is not None:
        later = replace(inst, clock=FixedClock(each.decided_at))
        actor = _person(later, tenant, each.row.get("$decided_by"))
        op = Transition(each.form, waiting, event)
        transaction(later, tenant, actor, lambda tx: _write(later, tx, op, mark, str(index + 1)))


def _op(inst: Installation, tenant: str, model: Model, each: Dated) -> Op:
    row = {name: value for name, value in each.row.items() if not name.startswith("$") or name in ("$number", "$state")}
    made = seed_row(model.definitions.form(each.form), row).create
    if "$change" in each.row:
        known = record_of(inst, platform(tenant), each.form, each.row["$change"])
        return Update(each.form, known, made.values)
    return replace(made, id=new_id(), owner=_person(inst, tenant, each.row.get("$by")).member)


def _write(inst: Installation, tx: Transaction, op: Op, mark: str, place: str) -> None:
    """Do it, unless the form decides for itself (no approve nodes), and remember how far we are."""
    records = Records(tx, inst.catalog, inst.types, anyone_decides=True)
    if not (
        isinstance(op, Transition) and op.event == "approve" and not records.model.form(op.form).approved_by_people
    ):
        records.write([op], confirm=True)
    tx.conn.execute(delete(meta).where(meta.c.key == mark))
    tx.conn.execute(insert(meta).values(key=mark, value=place))


def _position(inst: Installation, tenant: str, mark: str) -> tuple[int, str | None]:
    """How many rows are written, and the record of the next one where only its decision is missing."""
    with inst.database.tenant(tenant).read() as conn:
        text = conn.scalar(select(meta.c.value).where(meta.c.key == mark)) or "0"
    done, _, waiting = str(text).partition(" ")
    return int(done), waiting or None


def _person(inst: Installation, tenant: str, login: str | None) -> Actor:
    """The member with that account or short name, the platform when nobody is named."""
    if login is None:
        return platform(tenant)
    with inst.database.tenant(tenant).read() as conn:
        found = members.by_login(conn, login)
        if found is None:
            raise Malformed("bad_seed", member=login)
        return actor_for(conn, tenant, found)


def _moment(form: str, text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Malformed("bad_seed", form=form, at=str(text)) from None
    if found.tzinfo is None:
        raise Malformed("bad_seed", form=form, at=str(text))
    return found
