"""Who acts. Built once per request from the session or token, never from anything the client sent beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """`member` is the member's id in the tenant (None for operator and platform), `departments` those the member belongs
    to, `department_tree` these and all below them. `kind`: a member; the operator at the command line, who may do
    everything like an admin and is audited; or the platform itself (timers, seeds)."""

    kind: Literal["member", "operator", "platform"]
    tenant: str
    member: str | None = None
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    departments: tuple[str, ...] = ()
    department_tree: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_admin(self) -> bool:
        """Admins may do every action on every form; checks, states and tasks still bind them."""
        return self.kind != "member" or ADMIN in self.roles

    @property
    def department(self) -> str | None:
        """The main department: the first one."""
        return self.departments[0] if self.departments else None


def operator(tenant: str) -> Actor:
    """The person at the command line."""
    return Actor("operator", tenant, name="operator")


def platform(tenant: str) -> Actor:
    """The house itself: seeds, timers, repairs."""
    return Actor("platform", tenant, name="platform")
