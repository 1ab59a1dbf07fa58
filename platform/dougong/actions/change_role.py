"""Makes, renames and removes roles: only admins may. One rule: a role that somebody holds or that a form names is not
removed, and the refusal says who and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import licence
from ..definition.model import Form
from ..kernel.actor import ADMIN, Actor
from ..kernel.errors import Conflict, Forbidden, NotFound
from ..people import members, roles
from ..people.asking import bounded
from ..people.members import Member
from ..storage import exact_json
from ..storage.transaction import Transaction
from .as_seen import Seen, overtaken, wanted_of
from .installation import Installation
from .transaction import read, transaction

_ASKED = re.compile(r"""in_role\(\s*\\?["'](\w+)""")


@dataclass(frozen=True, slots=True)
class Role:
    """`module`: the title of the module that brings it; `forms`: full names of the forms that name it; `holders`: the
    members who have it, active first."""

    name: str
    title: str
    module: str | None
    holders: tuple[Member, ...] = ()
    forms: tuple[str, ...] = field(default=())

    @property
    def removable(self) -> bool:
        """Whether nothing holds it here."""
        return self.module is None and self.name != ADMIN and not self.holders and not self.forms


def list_roles(inst: Installation, actor: Actor) -> list[Role]:
    """Every role, the admins' first, then module by module, then the tenant's own."""

    def act(tx: Transaction) -> list[Role]:
        definitions = inst.catalog.live(tx).definitions
        modules = sorted(definitions.modules.values(), key=lambda each: (each.order, each.name))
        titles = roles.all_of(tx.conn, modules, admin=inst.catalog.admin)
        home = {role.name: module.title for module in reversed(modules) for role in module.roles}
        people = sorted(members.all_of(tx.conn), key=lambda each: not each.active)
        named = {full: named_in(form) for full, form in definitions.forms.items()}
        order = [ADMIN, *(role.name for module in modules for role in module.roles), *titles]
        return [
            Role(
                name, titles[name], home.get(name), tuple(each for each in people if name in each.roles),
                tuple(full for full, those in named.items() if name in those),
            )
            for name in dict.fromkeys(order)
        ]  # fmt: skip

    return read(inst, actor, act)


def find_role(inst: Installation, actor: Actor, name: str) -> Role:
    """One role. Raises NotFound."""
    found = next((each for each in list_roles(inst, actor) if each.name == name), None)
    if found is None:
        raise NotFound("role", name=name)
    return found


def add_role(inst: Installation, actor: Actor, name: str, title: str) -> None:
    """A role of the tenant's own. Raises Forbidden, Invalid."""
    _require(actor)

    def act(tx: Transaction) -> None:
        known = roles.all_of(tx.conn, inst.catalog.live(tx).definitions.modules.values())
        made, called = roles.checked(name, title, known)
        roles.ensure(tx.conn, made, called)
        tx.audit(None, None, "role_added", [{"field": "role", "old": None, "new": made}, _titled(None, called)])

    transaction(inst, actor.tenant, actor, act)


def rename_role(inst: Installation, actor: Actor, name: str, title: str, seen: Seen | None = None) -> None:
    """Call it otherwise on the screens of this tenant; a module's role gets its own title back by an empty one. `seen` is
    what the form showed, see as_seen. Raises Forbidden, NotFound, Invalid, also `overtaken`."""
    _require(actor)
    found = find_role(inst, actor, name)

    def act(tx: Transaction) -> None:
        _, clashes = wanted_of(seen, {"title": found.title}, {"title": title})
        if clashes:
            this = {"field": "role", "old": name, "new": name}
            raise overtaken(tx, "role_changed", None, {"title": "title"}, {"title": found.title}, this)
        brought = found.module is not None or name == ADMIN
        called = bounded(title, "title", roles.LONGEST, required=not brought)
        roles.ensure(tx.conn, name, called or name)
        if called != found.title:
            tx.audit(
                None, None, "role_changed", [{"field": "role", "old": name, "new": name}, _titled(found.title, called)]
            )

    transaction(inst, actor.tenant, actor, act)


def remove_role(inst: Installation, actor: Actor, name: str) -> None:
    """Remove one of the tenant's own. Raises Forbidden, NotFound, Conflict `role_in_use` with who holds it and which
    forms name it."""
    _require(actor)
    found = find_role(inst, actor, name)
    if found.module is not None or name == ADMIN:
        raise Conflict("role_of_module", module=found.module or "Dougong")
    if not found.removable:
        raise Conflict("role_in_use", members=len(found.holders), forms=len(found.forms))

    def act(tx: Transaction) -> None:
        if roles.holders(tx.conn).get(name):
            raise Conflict("role_in_use", members=roles.holders(tx.conn)[name], forms=0)
        roles.remove(tx.conn, name)
        tx.audit(None, None, "role_removed", [{"field": "role", "old": name, "new": None}, _titled(found.title, None)])

    transaction(inst, actor.tenant, actor, act)


def named_in(form: Form) -> frozenset[str]:
    """The roles that a form's policies, views, flow or formulas name."""
    found = {role for each in form.policies for role in each.roles}
    found |= {role for each in form.views for role in each.roles}
    return frozenset({*found, *_in_flow(form.flow), *_ASKED.findall(exact_json.dumps(form.schema))})


def _in_flow(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("role"), str):
            yield part["role"]
        for each in part.values():
            yield from _in_flow(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _in_flow(each)


def _titled(old: str | None, new: str | None) -> dict[str, str | None]:
    return {"field": "title", "old": old, "new": new}


def _require(actor: Actor) -> None:
    licence.require(licence.may_write(actor.tenant))
    if not actor.is_admin:
        raise Forbidden("forbidden", action="change_role")
