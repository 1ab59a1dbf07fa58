"""Makes and changes departments, takes them out of use and back: only admins may."""

from __future__ import annotations

from typing import Any

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import departments, members
from ..people.asking import KEEP, Kept
from ..people.departments import Department
from ..storage.transaction import Transaction
from .as_seen import Seen, overtaken, wanted_of
from .installation import Installation
from .transaction import read, transaction

_TOLD = ("name", "code", "parent", "head", "active")


def list_departments(inst: Installation, actor: Actor) -> list[Department]:
    """Every department of the actor's tenant, in order."""
    return read(inst, actor, lambda tx: departments.all_of(tx.conn))


def add_department(
    inst: Installation,
    actor: Actor,
    name: str,
    *,
    code: str | None = None,
    parent: str | None = None,
    head: str | None = None,
) -> Department:
    """Make a department below `parent` (an id), with a head (a member's id). Raises Forbidden, Invalid, NotFound."""
    _require(actor)

    def act(tx: Transaction) -> Department:
        made = departments.add(tx.conn, name, code=code, parent=parent)
        if head is not None:
            members.get(tx.conn, head)
            departments.change(tx.conn, made.id, name=made.name, parent=parent, head=head)
        tx.audit(None, made.id, "department_added", [{"field": "name", "old": None, "new": made.name}])
        return departments.get(tx.conn, made.id)

    return transaction(inst, actor.tenant, actor, act)


def change_department(
    inst: Installation,
    actor: Actor,
    department: str,
    *,
    name: str,
    parent: str | None,
    head: str | None,
    code: str | Kept | None = KEEP,
    seen: Seen | None = None,
) -> Department:
    """Rename, move or give a head (a member's id); `seen` is what the form showed, see as_seen. Raises Forbidden,
    NotFound, Invalid `cycle`, `overtaken`."""
    _require(actor)
    given: dict[str, Any] = {"name": name, "parent": parent or "", "head": head or ""}
    if not isinstance(code, Kept):
        given["code"] = code or ""

    def act(tx: Transaction) -> Department:
        old = departments.locked(tx.conn, department)
        stands = shown_of(old)
        wanted, clashes = wanted_of(seen, stands, given)
        if clashes:
            raise overtaken(tx, "department_changed", department, {each: each for each in clashes}, stands)
        new = {**stands, **wanted}
        _there(tx, wanted)
        departments.change(
            tx.conn, department, name=new["name"], parent=new["parent"] or None, head=new["head"] or None,
            code=new["code"] if "code" in wanted else KEEP,
        )  # fmt: skip
        return _told(tx, old)

    return transaction(inst, actor.tenant, actor, act)


def shown_of(found: Department) -> dict[str, str]:
    """A department as the form shows it."""
    return {"name": found.name, "code": found.code or "", "parent": found.parent or "", "head": found.head or ""}


def use_department(inst: Installation, actor: Actor, department: str, *, active: bool) -> Department:
    """Take it out of use or back. Raises Forbidden, NotFound, Conflict `department_in_use`, `department_above`."""
    _require(actor)

    def act(tx: Transaction) -> Department:
        old = departments.get(tx.conn, department)
        departments.set_active(tx.conn, department, active, tx.now)
        return _told(tx, old)

    return transaction(inst, actor.tenant, actor, act)


def _there(tx: Transaction, wanted: Seen) -> None:
    if wanted.get("parent"):
        departments.get(tx.conn, wanted["parent"])
    if wanted.get("head"):
        members.get(tx.conn, wanted["head"])


def _told(tx: Transaction, old: Department) -> Department:
    new = departments.get(tx.conn, old.id)
    differs = [each for each in _TOLD if getattr(old, each) != getattr(new, each)]
    changes = [{"field": each, "old": getattr(old, each), "new": getattr(new, each)} for each in differs]
    if changes:
        tx.audit(None, old.id, "department_changed", changes)
    return new


def _require(actor: Actor) -> None:
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_department")
