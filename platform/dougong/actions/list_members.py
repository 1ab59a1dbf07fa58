"""Members as the admins' list shows and searches them: by name, account, pinyin initials, department and role."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..people import departments, members, roles
from ..people.departments import Department
from ..people.members import Member
from ..records.spelling import spelled
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody and what one can be given: `titles` of roles by name, departments in the order of the tree with their
    depth."""

    people: tuple[Member, ...]
    titles: dict[str, str]
    places: tuple[tuple[Department, int], ...]

    def place(self, department: str) -> str:
        """A department's name."""
        return next((each.name for each, _ in self.places if each.id == department), department)

    def name(self, member: str | None) -> str:
        """A member's name."""
        return next((each.name for each in self.people if each.id == member), "")

    def find(self, words: str, active: bool | None = None) -> list[Member]:
        """Those of whom every word says something."""
        wanted = [each.lower() for each in words.split()]
        return [
            each
            for each in self.people
            if (active is None or each.active == active) and all(word in self._said(each) for word in wanted)
        ]

    def _said(self, member: Member) -> str:
        places = [self.place(each) for each in member.departments]
        titles = [self.titles.get(each, each) for each in member.roles]
        return " ".join([member.name, spelled(member.name), member.login, *places, *titles]).lower()


def directory(inst: Installation, actor: Actor) -> Directory:
    """The tenant's people. Raises Forbidden for others than admins."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="list_members")

    def act(tx: Transaction) -> Directory:
        modules = inst.catalog.live(tx).definitions.modules.values()
        titles = dict(roles.all_of(tx.conn, modules, admin=inst.catalog.admin))
        return Directory(tuple(members.all_of(tx.conn)), titles, tree(departments.all_of(tx.conn)))

    return read(inst, actor, act)


def tree(every: list[Department]) -> tuple[tuple[Department, int], ...]:
    """Departments below those above them, each with its depth; one whose way up is broken stands at the top."""
    known = {each.id for each in every}
    found: list[tuple[Department, int]] = []

    def below(parent: str | None, depth: int) -> None:
        for each in every:
            if (each.parent if each.parent in known else None) == parent:
                found.append((each, depth))
                below(each.id, depth + 1)

    below(None, 0)
    return tuple(found)
