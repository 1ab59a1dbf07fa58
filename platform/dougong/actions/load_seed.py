"""Loads a seed set of the enabled modules into a tenant: departments, members, then records form by form, through the one
writer path. Loading again adds only what is new: every form counts the rows it has loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from .. import licence
from ..kernel.actor import platform
from ..kernel.errors import Malformed
from ..kernel.ids import new_id
from ..people import accounts, departments, members, names, roles
from ..records.ops import Create, Transition
from ..records.store import Records
from ..storage.model import Model
from ..storage.own import meta
from ..storage.transaction import Transaction
from .dated_seed import Progress, apart, write_dated
from .installation import Installation
from .seed_rows import SeedRow, entries, in_order, seed_row, tables
from .transaction import transaction

_BATCH = 500


def load_seed(inst: Installation, tenant: str, seed: str, told: Progress = lambda done, of: None) -> dict[str, int]:
    """Load the set called `seed` of every enabled module; the number of rows added by form ("$members" and
    "$departments" too, "$at": rows with a moment of their own, after all others). Raises Invalid with the problems of the
    first batch that is refused."""
    licence.require(licence.may_write(tenant))
    actor = platform(tenant)
    model = transaction(inst, tenant, actor, inst.catalog.live, write=False)
    added: dict[str, int] = {}
    rows: dict[str, list[Any]] = {}
    for module in model.definitions.modules.values():
        added |= _people(inst, tenant, module.files, seed, added)
        for form, more in tables(module.files, seed, model.definitions, inst.types).items():
            rows.setdefault(form, []).extend(more)
    plain, dated = apart(rows)
    for form in in_order(plain, model.definitions):
        added[form] = _form(inst, tenant, seed, model, form, plain[form])
    if dated:
        added["$at"] = write_dated(inst, tenant, seed, model, dated, told)
    return added


# ------------------------------------------------------------------------------------------------------------ people


def _people(
    inst: Installation, tenant: str, files: Mapping[str, Any], seed: str, so_far: Mapping[str, int]
) -> dict[str, int]:
    groups, people = entries(files, f"seed/{seed}/departments.json"), entries(files, f"seed/{seed}/members.json")
    if not groups and not people:
        return {}
    known: dict[str, str] = {}
    with inst.database.control_write() as control:
        for each in people:
            account = accounts.ensure(control, each["account"], inst.clock.now())
            accounts.join(control, account.id, tenant)
            known[each["account"]] = account.id

    def act(tx: Transaction) -> dict[str, int]:
        before = len(departments.all_of(tx.conn)), len(members.all_of(tx.conn))
        for each in groups:
            _department(tx, each)
        for each in people:
            _member(tx, each, known[each["account"]])
        _superiors(tx, people)
        _heads(tx, groups)
        after = len(departments.all_of(tx.conn)), len(members.all_of(tx.conn))
        counts = {"$departments": after[0] - before[0], "$members": after[1] - before[1]}
        return {name: so_far.get(name, 0) + count for name, count in counts.items()}

    return transaction(inst, tenant, platform(tenant), act)


def _department(tx: Transaction, row: Mapping[str, Any]) -> None:
    key = row.get("code") or row["name"]
    if departments.find(tx.conn, key) is None:
        parent = _found_department(tx, row["parent"]) if row.get("parent") else None
        departments.add(tx.conn, row["name"], code=row.get("code"), parent=parent)


def _member(tx: Transaction, row: Mapping[str, Any], account: str) -> None:
    member = members.by_account(tx.conn, account)
    if member is not None and member.departments:
        return
    login = names.normal(row["account"])
    if member is None:
        member = members.add(tx.conn, account, login, row.get("name", ""), tx.now)
    elif member.name == names.short(login) and row.get("name"):
        members.change(tx.conn, member.id, name=row["name"], superior=member.superior)
    for role in row.get("roles", ()):
        roles.ensure(tx.conn, role)
    members.set_roles(tx.conn, member.id, {*member.roles, *row.get("roles", ())})
    members.set_departments(tx.conn, member.id, [_found_department(tx, each) for each in row.get("departments", ())])


def _superiors(tx: Transaction, people: Sequence[Mapping[str, Any]]) -> None:
    for row in people:
        if row.get("superior"):
            member = members.by_login(tx.conn, row["account"])
            if member is not None and member.superior is None:
                members.change(tx.conn, member.id, superior=_found_member(tx, row["superior"]))


def _heads(tx: Transaction, groups: Sequence[Mapping[str, Any]]) -> None:
    for row in groups:
        found = departments.find(tx.conn, row.get("code") or row["name"])
        if found is not None and found.head is None and row.get("head"):
            head = _found_member(tx, row["head"])
            departments.change(tx.conn, found.id, name=found.name, parent=found.parent, head=head)


def _found_department(tx: Transaction, key: str) -> str:
    found = departments.find(tx.conn, key)
    if found is None:
        raise Malformed("bad_seed", department=key)
    return found.id


def _found_member(tx: Transaction, key: str) -> str:
    found = members.by_login(tx.conn, key)
    if found is None:
        raise Malformed("bad_seed", member=key)
    return found.id


# ------------------------------------------------------------------------------------------------------------ records


def _form(inst: Installation, tenant: str, seed: str, model: Model, form: str, rows: Sequence[Any]) -> int:
    mark = f"seed:{seed}:{form}"
    definition = model.definitions.form(form)
    with inst.database.tenant(tenant).read() as conn:
        done = int(conn.scalar(select(meta.c.value).where(meta.c.key == mark)) or 0)
    fresh = [seed_row(definition, row) for row in rows[done:]]
    for batch in _batches(fresh):
        done += len(batch)
        load_batch(inst, tenant, form, batch, mark, done)
    return len(fresh)


def _batches(rows: Sequence[SeedRow]) -> Iterator[list[SeedRow]]:
    """Rows that point at an earlier row of their own form come in a later batch."""
    batch: list[SeedRow] = []
    keys: set[str] = set()
    for row in rows:
        if batch and (len(batch) >= _BATCH or row.needs & keys):
            yield batch
            batch, keys = [], set()
        batch.append(row)
        keys |= {row.key} if row.key else set()
    if batch:
        yield batch


def load_batch(inst: Installation, tenant: str, form: str, batch: Sequence[SeedRow], mark: str, done: int) -> None:
    """Write rows of one form in one transaction and remember `done` under the mark; then approve those that ask for it."""
    creates = [
        Create(form, row.create.values, id=new_id(), number=row.create.number, submit=row.create.submit)
        for row in batch
    ]

    def create(tx: Transaction) -> list[str]:
        written = Records(tx, inst.catalog, inst.types).write(creates, confirm=True)
        tx.conn.execute(delete(meta).where(meta.c.key == mark))
        tx.conn.execute(insert(meta).values(key=mark, value=str(done)))
        return [record.id for record in written.records if record.state == "in_approval"]

    waiting = set(transaction(inst, tenant, platform(tenant), create))
    approve = [
        Transition(form, str(op.id), "approve")
        for op, row in zip(creates, batch, strict=True)
        if row.approved and op.id in waiting
    ]
    if approve:
        transaction(inst, tenant, platform(tenant), lambda tx: Records(tx, inst.catalog, inst.types).write(approve))
