"""Members and modules for the tests of a whole installation, made through the actions that make them for customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong.actions.add_user import add_user
from dougong.actions.authenticate import by_account
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.kernel.actor import Actor, operator
from dougong.people import departments as tree
from dougong.people import members


def member(inst: Installation, tenant: str, name: str, roles: Sequence[str], departments: Sequence[str]) -> Actor:
    """The actor of NAME@demo.test as it is now, with at least these roles and, if given, these departments."""
    account = name if "@" in name else f"{name}@demo.test"
    if name != "admin" or roles:
        person = add_user(inst, operator(tenant), account, name=name, give=roles)
        if departments:
            with inst.database.tenant(tenant).write() as conn:
                members.set_departments(conn, person.id, [_department(conn, each) for each in departments])
    return by_account(inst, tenant, account).actor


def publish(inst: Installation, tenant: str, modules: Mapping[str, Mapping[str, Any]]) -> None:
    """Publish modules one after another."""
    for name, files in modules.items():
        full = {key if key.endswith((".json", ".csv")) else f"forms/{key}.json": value for key, value in files.items()}
        for key, value in full.items():
            if key.startswith("forms/") and "record" in value:
                value.setdefault("name", key.removeprefix("forms/").removesuffix(".json"))
                value.setdefault("title", value["name"])
        full.setdefault("module.json", {"name": name, "title": name})
        publish_files(inst, operator(tenant), name, full)


def _department(conn: Any, path: str) -> str:
    parent: str | None = None
    for name in path.split("/"):
        found = tree.find(conn, name) or tree.add(conn, name, parent=parent)
        parent = found.id
    assert parent is not None
    return parent
