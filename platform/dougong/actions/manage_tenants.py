"""Lists tenants, suspends and resumes them. A suspended tenant keeps everything and lets nobody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update

from ..kernel.errors import NotFound
from ..storage.own import tenant as tenants
from .installation import Installation


@dataclass(frozen=True, slots=True)
class Tenant:
    name: str
    title: str
    state: str
    created_at: datetime


def list_tenants(inst: Installation) -> list[Tenant]:
    """Every tenant that is ready, by name."""
    ready = select(tenants).where(tenants.c.state != "creating").order_by(tenants.c.name)
    with inst.database.control_read() as control:
        return [Tenant(row.name, row.title, row.state, row.created_at) for row in control.execute(ready)]


def find_tenant(inst: Installation, name: str) -> Tenant:
    """One tenant. Raises NotFound."""
    found = next((each for each in list_tenants(inst) if each.name == name), None)
    if found is None:
        raise NotFound("tenant", name=name)
    return found


def set_tenant_state(inst: Installation, name: str, state: Literal["active", "suspended"]) -> None:
    """Suspend or resume; the next request feels it. Raises NotFound."""
    find_tenant(inst, name)
    with inst.database.control_write() as control:
        control.execute(update(tenants).where(tenants.c.name == name).values(state=state))
