"""Creates a tenant with its first admin. The steps lie in two databases, so each can be repeated: a tenant left without a
member by a crash is finished by the same call."""

from __future__ import annotations

from ..kernel.actor import ADMIN, Actor, operator
from ..kernel.errors import Conflict
from ..people import accounts, members, names
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction


def create_tenant(
    inst: Installation, name: str, *, title: str, admin: str, password: str | None = None, by: Actor | None = None
) -> None:
    """Make the tenant and make `admin` (an e-mail or phone number) its first member. Raises Invalid, Conflict."""
    names.normal(admin)
    if name not in inst.database.tenants():
        inst.database.create_tenant(name, title)
    elif not _unfinished(inst, name):
        raise Conflict("tenant_exists", name=name)
    with inst.database.control_write() as control:
        account = accounts.ensure(control, admin, inst.clock.now(), password=password)
        accounts.join(control, account.id, name)

    def first_member(tx: Transaction) -> None:
        member = members.add(tx.conn, account.id, account.name, "", tx.now)
        members.set_roles(tx.conn, member.id, [ADMIN])
        tx.audit(None, member.id, "tenant_created", [{"field": "title", "old": None, "new": title}])

    transaction(inst, name, by or operator(name), first_member)


def _unfinished(inst: Installation, name: str) -> bool:
    with inst.database.tenant(name).read() as conn:
        return not members.all_of(conn)
