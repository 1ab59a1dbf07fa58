"""The people of the demo company as the sign-in page shows them: name, role, department."""

from __future__ import annotations

from dataclasses import dataclass

from ..actions.installation import Installation
from ..actions.sign_in import DEMO
from ..actions.sign_in import demo_people as members_of_demo
from ..actions.transaction import read
from ..kernel.actor import platform
from ..people import departments, roles
from ..storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Person:
    """`post` is the title of the first role, `place` the main department."""

    id: str
    name: str
    post: str
    place: str


def demo_people(inst: Installation) -> list[Person]:
    """Everybody a visitor may choose to be; empty without a demo company."""
    members = members_of_demo(inst)
    if not members:
        return []

    def titles(tx: Transaction) -> tuple[dict[str, str], dict[str, str]]:
        modules = inst.catalog.live(tx).definitions.modules.values()
        places = {each.id: each.name for each in departments.all_of(tx.conn)}
        return dict(roles.all_of(tx.conn, modules, admin=inst.catalog.admin)), places

    posts, places = read(inst, platform(DEMO), titles)
    return [
        Person(
            each.id,
            each.name,
            next((posts.get(role, role) for role in each.roles), ""),
            next((places[one] for one in each.departments if one in places), ""),
        )
        for each in members
    ]
