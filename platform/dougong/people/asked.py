"""What formulas ask about people: `in_role`, `department_of`, `superior_of` and the like, answered from what stands now."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from . import members


class Asked:
    """Answers for one actor in one transaction. `in_group` tells whether the actor is a member in force of a group
    record, which only those who know the forms can say."""

    def __init__(self, conn: Connection, actor: Actor, in_group: Callable[[str], bool]) -> None:
        self._conn = conn
        self._actor = actor
        self._in_group = in_group
        self._known: dict[str, members.Member | None] = {}

    def in_role(self, role: str) -> bool:
        """Whether the actor holds the role."""
        return role in self._actor.roles

    def departments(self) -> tuple[str, ...]:
        """The actor's departments, the main one first."""
        return self._actor.departments

    def department_of(self, member: str) -> str | None:
        """A member's main department."""
        found = self._member(member)
        return found.departments[0] if found is not None and found.departments else None

    def superior_of(self, member: str) -> str | None:
        """A member's superior."""
        found = self._member(member)
        return found.superior if found is not None else None

    def my(self, group: str) -> bool:
        """Whether the actor is a member in force of this group record."""
        return self._in_group(group)

    def _member(self, member: str) -> members.Member | None:
        if member not in self._known:
            try:
                self._known[member] = members.get(self._conn, member)
            except NotFound:
                self._known[member] = None
        return self._known[member]
