"""The tree of departments of one tenant. A department is known by its id, in files by its code or, without one, by its
name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from ..kernel.errors import Invalid, NotFound
from ..kernel.ids import new_id
from ..kernel.problems import Problem
from .tables import departments


@dataclass(frozen=True, slots=True)
class Department:
    """`parent` and `head` are ids of a department and of a member."""

    id: str
    code: str | None
    name: str
    parent: str | None
    head: str | None

    @property
    def key(self) -> str:
        """The name files call it by."""
        return self.code or self.name


def all_of(tenant: Connection) -> list[Department]:
    """Every department, in its order."""
    rows = tenant.execute(select(departments).order_by(departments.c.position, departments.c.id))
    return [Department(row.id, row.code, row.name, row.parent, row.head) for row in rows]


def get(tenant: Connection, department: str) -> Department:
    """One department by id. Raises NotFound."""
    found = next((each for each in all_of(tenant) if each.id == department), None)
    if found is None:
        raise NotFound("not_found", department=department)
    return found


def find(tenant: Connection, key: str) -> Department | None:
    """The department of that code, else of that name."""
    every = all_of(tenant)
    return next((each for each in every if each.code == key), None) or next((d for d in every if d.name == key), None)


def add(tenant: Connection, name: str, *, code: str | None = None, parent: str | None = None) -> Department:
    """Make a department below `parent` (an id), after its sisters. Raises Invalid."""
    if not name.strip() or len(name) > 200:
        raise Invalid([Problem("length", "/name", {"min": 1, "max": 200})])
    if parent is not None:
        get(tenant, parent)
    position = tenant.scalar(select(func.count()).select_from(departments)) or 0
    made = Department(new_id(), code, name.strip(), parent, None)
    row = {"id": made.id, "code": code, "name": made.name, "parent": parent, "head": None, "position": position}
    tenant.execute(insert(departments).values(row))
    return made


def change(tenant: Connection, department: str, *, name: str, parent: str | None, head: str | None) -> None:
    """Rename, move or give a head. Raises Invalid `cycle` when a department would lie below itself."""
    if parent is not None and parent in below(all_of(tenant), [department]):
        raise Invalid([Problem("cycle", "/parent")])
    values = {"name": name, "parent": parent, "head": head}
    tenant.execute(update(departments).where(departments.c.id == department).values(values))


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
