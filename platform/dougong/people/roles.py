"""Roles are names, one set per tenant: those of the enabled modules, those made here, and `admin`. A role is given to a
member, never to an account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, func, insert, select, update

from ..definition.model import Module
from ..kernel.actor import ADMIN
from ..kernel.errors import Invalid
from ..kernel.problems import Problem
from .asking import bounded, collecting
from .tables import member_roles, roles

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
LONGEST = 60


def all_of(tenant: Connection, modules: Iterable[Module] = (), *, admin: str = ADMIN) -> Mapping[str, str]:
    """Titles by role name; a title given in the tenant wins over a module's, a name that only repeats itself is none. What
    the role that comes with the program is called, `admin`, is a matter of the reader's language."""
    from_modules = {role.name: role.title for module in modules for role in module.roles}
    own = {row.name: row.title for row in tenant.execute(select(roles).order_by(roles.c.name))}
    titled = {name: title for name, title in own.items() if title != name}
    return {**own, ADMIN: admin, **from_modules, **titled}


def ensure(tenant: Connection, name: str, title: str | None = None) -> None:
    """Make the role when the tenant has none of that name; a title given replaces the old one. Raises Invalid."""
    if not _NAME.fullmatch(name):
        raise Invalid([Problem("format", "/role", {"format": "name", "value": name})])
    known = tenant.scalar(select(roles.c.title).where(roles.c.name == name))
    if known is None:
        tenant.execute(insert(roles).values(name=name, title=title or name))
    elif title is not None and title != known:
        tenant.execute(update(roles).where(roles.c.name == name).values(title=title))


def checked(name: str, title: str, taken: Iterable[str]) -> tuple[str, str]:
    """Name and title of a new role. Raises Invalid with every problem."""
    problems: list[Problem] = []
    wanted = name.strip()
    if not wanted:
        problems.append(Problem("required", "/name"))
    elif not _NAME.fullmatch(wanted):
        problems.append(Problem("format", "/name", {"format": "name", "value": wanted}))
    elif wanted in taken:
        problems.append(Problem("unique", "/name", {"value": wanted}))
    with collecting(problems):
        title = bounded(title, "title", LONGEST, required=True)
    if problems:
        raise Invalid(problems)
    return wanted, title


def holders(tenant: Connection) -> Mapping[str, int]:
    """How many members, active or not, hold each role."""
    rows = tenant.execute(select(member_roles.c.role, func.count().label("n")).group_by(member_roles.c.role))
    return {row.role: row.n for row in rows}


def remove(tenant: Connection, name: str) -> None:
    """Forget what the tenant itself says of the role."""
    tenant.execute(delete(roles).where(roles.c.name == name))
