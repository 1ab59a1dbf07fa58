"""Members: accounts inside one tenant, with name, departments, roles, superior. One rule: what is
taken away is gone with the next request (storage/marks.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from ..kernel.actor import ADMIN
from ..kernel.errors import Conflict, Invalid, NotFound
from ..kernel.ids import new_id
from ..kernel.problems import Problem
from .asking import Kept, bounded, collecting
from .names import short, spellings
from .tables import member_departments, member_roles, members


@dataclass(frozen=True, slots=True)
class Member:
    """`account` is the account's id, `login` its name; `departments` are ids, the main one first."""

    id: str
    account: str
    login: str
    name: str
    superior: str | None
    active: bool
    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


def add(tenant: Connection, account: str, login: str, name: str, now: datetime) -> Member:
    """Make the account a member, or return the member it already is, active again; the name stays what it was."""
    found = by_account(tenant, account)
    if found is not None:
        tenant.execute(update(members).where(members.c.id == found.id).values(active=True))
        return get(tenant, found.id)
    row = {
        "id": new_id(),
        "account": account,
        "login": login,
        "name": bounded(name or short(login), "name", 100, required=True),
    }
    tenant.execute(insert(members).values(**row, superior=None, active=True, created_at=now))
    return get(tenant, row["id"])


def get(tenant: Connection, member: str) -> Member:
    """One member by id. Raises NotFound."""
    found = _read(tenant, members.c.id == member)
    if not found:
        raise NotFound("not_found", member=member)
    return found[0]


def locked(tenant: Connection, member: str) -> Member:
    """One member by id, whom nobody else changes until this transaction ends. Raises NotFound."""
    tenant.execute(select(members.c.id).where(members.c.id == member).with_for_update())
    return get(tenant, member)


def by_account(tenant: Connection, account: str) -> Member | None:
    """The member that is this account."""
    return next(iter(_read(tenant, members.c.account == account)), None)


def by_login(tenant: Connection, key: str) -> Member | None:
    """The member with that account name, else the only one whose name before the @ it is."""
    exact = _read(tenant, members.c.login.in_(_logins(key)))
    if exact:
        return exact[0]
    near = _read(tenant, members.c.login.like(_literal(key.strip().lower()) + "@%", escape="\\"))
    return near[0] if len(near) == 1 else None


def _logins(key: str) -> tuple[str, ...]:
    try:
        return spellings(key)
    except Invalid:
        return (key.strip().lower(),)


def all_of(tenant: Connection) -> list[Member]:
    """Every member, active or not, oldest first."""
    return _read(tenant)


def first_admin(tenant: Connection) -> Member | None:
    """The active admin who has been here longest."""
    return next((each for each in _read(tenant) if each.active and ADMIN in each.roles), None)


def set_roles(tenant: Connection, member: str, roles: Iterable[str]) -> bool:
    """Give the member exactly these roles; False when they were these already. Raises Conflict `last_admin`."""
    new = sorted(set(roles))
    old = get(tenant, member)
    if list(old.roles) == new:
        return False
    if ADMIN in old.roles and ADMIN not in new:
        _keep_an_admin(tenant, member)
    tenant.execute(delete(member_roles).where(member_roles.c.member == member))
    if new:
        tenant.execute(insert(member_roles), [{"member": member, "role": role} for role in new])
    return True


def set_departments(tenant: Connection, member: str, departments: Sequence[str]) -> None:
    """Put the member into these departments (ids), the main one first."""
    tenant.execute(delete(member_departments).where(member_departments.c.member == member))
    rows = [
        {"member": member, "department": each, "position": index}
        for index, each in enumerate(dict.fromkeys(departments))
    ]
    if rows:
        tenant.execute(insert(member_departments), rows)


def change(tenant: Connection, member: str, *, name: str | None = None, superior: str | Kept | None = None) -> None:
    """Rename, and set the superior (a member's id, None = nobody). Raises Invalid with every problem, `cycle` for one's
    own superior."""
    problems: list[Problem] = []
    values: dict[str, str | None] = {}
    if name is not None:
        with collecting(problems):
            values["name"] = bounded(name, "name", 100, required=True)
    if not isinstance(superior, Kept):
        values["superior"] = superior
        with collecting(problems):
            _no_circle(tenant, member, superior)
    if problems:
        raise Invalid(problems)
    if values:
        tenant.execute(update(members).where(members.c.id == member).values(values))


def set_active(tenant: Connection, member: str, active: bool) -> None:
    """Suspend or readmit. Raises Conflict `last_admin`."""
    if not active and ADMIN in get(tenant, member).roles:
        _keep_an_admin(tenant, member)
    tenant.execute(update(members).where(members.c.id == member).values(active=active))


def titles(tenant: Connection, ids: Iterable[str]) -> Mapping[str, str]:
    """Names by member id, of suspended members too."""
    rows = tenant.execute(select(members.c.id, members.c.name).where(members.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def _read(tenant: Connection, *where: object) -> list[Member]:
    rows = tenant.execute(select(members).where(*where).order_by(members.c.id)).all()  # type: ignore[arg-type]
    ids = [row.id for row in rows]
    roles: dict[str, list[str]] = {}
    placed: dict[str, list[str]] = {}
    if ids:
        given = select(member_roles).where(member_roles.c.member.in_(ids)).order_by(member_roles.c.role)
        for row in tenant.execute(given):
            roles.setdefault(row.member, []).append(row.role)
        in_order = select(member_departments).where(member_departments.c.member.in_(ids))
        for row in tenant.execute(in_order.order_by(member_departments.c.position)):
            placed.setdefault(row.member, []).append(row.department)
    return [
        Member(
            row.id, row.account, row.login, row.name, row.superior, row.active,
            tuple(roles.get(row.id, ())), tuple(placed.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _keep_an_admin(tenant: Connection, member: str) -> None:
    others = [each for each in _read(tenant) if each.active and ADMIN in each.roles and each.id != member]
    if not others:
        raise Conflict("last_admin")


def _no_circle(tenant: Connection, member: str, superior: str | None) -> None:
    above = {each.id: each.superior for each in _read(tenant)}
    if superior is not None and superior not in above:
        raise Invalid([Problem("reference", "/superior", {"value": superior})])
    seen = {member}
    while superior is not None:
        if superior in seen:
            raise Invalid([Problem("cycle", "/superior")])
        seen.add(superior)
        superior = above.get(superior)
