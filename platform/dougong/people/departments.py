"""The tree of departments of one tenant. A department is known by its id, in files by its code or, without one, by its
name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ..kernel.errors import Conflict, Invalid, NotFound
from ..kernel.ids import new_id
from ..kernel.problems import Problem
from .asking import KEEP, Kept, bounded, collecting
from .tables import departments, member_departments, members


@dataclass(frozen=True, slots=True)
class Department:
    """`parent` and `head` are ids of a department and of a member; one out of use is offered nowhere and keeps its people
    and its records."""

    id: str
    code: str | None
    name: str
    parent: str | None
    head: str | None
    active: bool = True

    @property
    def key(self) -> str:
        """The name files call it by."""
        return self.code or self.name


def all_of(tenant: Connection) -> list[Department]:
    """Every department, in its order."""
    rows = tenant.execute(select(departments).order_by(departments.c.position, departments.c.id))
    return [Department(r.id, r.code, r.name, r.parent, r.head, r.disabled_at is None) for r in rows]


def get(tenant: Connection, department: str) -> Department:
    """One department by id. Raises NotFound."""
    found = next((each for each in all_of(tenant) if each.id == department), None)
    if found is None:
        raise NotFound("not_found", department=department)
    return found


def locked(tenant: Connection, department: str) -> Department:
    """One department by id, which nobody else changes until this transaction ends. Raises NotFound."""
    tenant.execute(select(departments.c.id).where(departments.c.id == department).with_for_update())
    return get(tenant, department)


def find(tenant: Connection, key: str) -> Department | None:
    """The department of that code, else of that name."""
    every = all_of(tenant)
    return next((each for each in every if each.code == key), None) or next((d for d in every if d.name == key), None)


def add(tenant: Connection, name: str, *, code: str | None = None, parent: str | None = None) -> Department:
    """Make a department below `parent` (an id), after its sisters. Raises Invalid."""
    if parent is not None:
        get(tenant, parent)
    problems: list[Problem] = []
    with collecting(problems):
        name = bounded(name, "name", 200, required=True)
    with collecting(problems):
        code = _code(tenant, code, None)
    problems += _named_so(tenant, name, parent, None)
    if problems:
        raise Invalid(problems)
    made = Department(new_id(), code, name, parent, None)
    position = tenant.scalar(select(func.count()).select_from(departments)) or 0
    row = {"id": made.id, "code": made.code, "name": made.name, "parent": parent, "head": None, "position": position}
    tenant.execute(insert(departments).values(row))
    return made


def change(
    tenant: Connection,
    department: str,
    *,
    name: str,
    parent: str | None,
    head: str | None,
    code: str | Kept | None = KEEP,
) -> None:
    """Rename, move or give a head. Raises Invalid with every problem, `cycle` when a department would lie below itself."""
    problems: list[Problem] = []
    values: dict[str, Any] = {"parent": parent, "head": head}
    with collecting(problems):
        values["name"] = bounded(name, "name", 200, required=True)
    if not isinstance(code, Kept):
        with collecting(problems):
            values["code"] = _code(tenant, code, department)
    old = get(tenant, department)
    called = str(values.get("name", old.name))
    if (called, parent) != (old.name, old.parent):
        problems += _named_so(tenant, called, parent, department)
    if parent is not None and parent in below(all_of(tenant), [department]):
        problems.append(Problem("cycle", "/parent"))
    if problems:
        raise Invalid(problems)
    tenant.execute(update(departments).where(departments.c.id == department).values(values))


def set_active(tenant: Connection, department: str, active: bool, now: datetime) -> None:
    """Take out of use or back into it. Raises Conflict `department_in_use` while active members or departments in use
    stand in it, and `department_above` when the one above is out of use."""
    every = {each.id: each for each in all_of(tenant)}
    below_it = [each for each in every.values() if each.parent == department and each.active]
    people = tenant.scalar(
        select(func.count())
        .select_from(member_departments.join(members, members.c.id == member_departments.c.member))
        .where(member_departments.c.department == department, members.c.active)
    )
    above = every.get(every[department].parent or "")
    if not active and (below_it or people):
        raise Conflict("department_in_use", members=people or 0, departments=len(below_it))
    if active and above is not None and not above.active:
        raise Conflict("department_above", name=above.name)
    since = None if active else now
    tenant.execute(update(departments).where(departments.c.id == department).values(disabled_at=since))


def below(every: Iterable[Department], tops: Iterable[str]) -> frozenset[str]:
    """The ids of these departments and of all below them."""
    children: dict[str | None, list[str]] = {}
    for each in every:
        children.setdefault(each.parent, []).append(each.id)
    found: set[str] = set()
    waiting = list(tops)
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += children.get(current, [])
    return frozenset(found)


def titles(tenant: Connection, ids: Iterable[str]) -> Mapping[str, str]:
    """Names by id."""
    rows = tenant.execute(select(departments.c.id, departments.c.name).where(departments.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def _named_so(tenant: Connection, name: str, parent: str | None, own: str | None) -> list[Problem]:
    """A problem when a sister has that name already: nobody could tell them apart where one is chosen."""
    same = any(each.name == name and each.parent == parent and each.id != own for each in all_of(tenant))
    return [Problem("department_exists", "/name", {"value": name})] if same and name else []


def _code(tenant: Connection, text: str | None, own: str | None) -> str | None:
    code = bounded(text or "", "code", 50)
    if code and any(each.code == code and each.id != own for each in all_of(tenant)):
        raise Invalid([Problem("unique", "/code", {"value": code})])
    return code or None
