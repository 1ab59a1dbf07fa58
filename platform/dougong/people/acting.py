"""Builds the Actor of a request from what stands in the tenant now; who keeps it keeps it under the people's mark
(storage/marks.py), so a role taken away or a member suspended is felt by the next request."""

from __future__ import annotations

from sqlalchemy import Connection

from ..kernel.actor import Actor
from ..kernel.errors import Unauthenticated
from . import departments, members
from .members import Member


def actor_of(tenant: Connection, name: str, account: str) -> Actor:
    """The actor that an account is in the tenant called `name`. Raises Unauthenticated when it is no active member."""
    found = members.by_account(tenant, account)
    if found is None or not found.active:
        raise Unauthenticated("unauthenticated")
    return actor_for(tenant, name, found)


def actor_for(tenant: Connection, name: str, member: Member) -> Actor:
    """The actor of a member already read from this tenant."""
    tree = departments.below(departments.all_of(tenant), member.departments) if member.departments else frozenset()
    return Actor("member", name, member.id, member.name, frozenset(member.roles), member.departments, frozenset(tree))
