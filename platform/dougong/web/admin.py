"""The company at a glance, for admins: members with their roles, modules that are enabled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..people import departments, members, roles
from ..storage.transaction import Transaction
from .current import installation, read
from .policy import policy

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@policy("admin")
def page() -> ResponseReturnValue:
    """Show it."""
    return render_template("admin/page.html", **read(_company))


def _company(tx: Transaction) -> dict[str, Any]:
    modules = list(installation().catalog.live(tx).definitions.modules.values())
    titles = roles.all_of(tx.conn, modules)
    places = {each.id: each.name for each in departments.all_of(tx.conn)}
    people = [
        replace(
            each,
            roles=tuple(titles.get(role, role) for role in each.roles),
            departments=tuple(places.get(one, one) for one in each.departments),
        )
        for each in members.all_of(tx.conn)
    ]
    return {"people": people, "modules": sorted(modules, key=lambda each: (each.order, each.name))}
