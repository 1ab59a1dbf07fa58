"""Roles: those of the modules and the company's own, who has them and which forms name them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import redirect
from flask.typing import ResponseReturnValue

from ...actions import change_role as acts
from ...kernel.errors import DougongError
from ..current import actor, installation, read
from ..policy import policy
from .area import Refusal, blueprint, page, refusal, seen, typed, typed_over

_FIELDS = ("name", "title")


@blueprint.get("/admin/roles")
@policy("admin")
def roles() -> ResponseReturnValue:
    """All of them."""
    return page("roles", "roles", roles=acts.list_roles(installation(), actor()))


@blueprint.get("/admin/roles/new")
@policy("admin")
def new_role() -> ResponseReturnValue:
    """One of the company's own."""
    return page("role", "roles", role=None, values={"name": "", "title": ""}, forms={})


@blueprint.post("/admin/roles")
@policy("admin")
def add_role() -> ResponseReturnValue:
    """Make it."""
    given = typed(*_FIELDS)
    try:
        acts.add_role(installation(), actor(), given["name"], given["title"])
    except DougongError as error:
        return page("role", "roles", refusal(error, _FIELDS), role=None, values=given, forms={})
    return _go("/admin/roles", given["title"].strip(), "added")


@blueprint.get("/admin/roles/<name>")
@policy("admin")
def role(name: str) -> ResponseReturnValue:
    """One role."""
    found = acts.find_role(installation(), actor(), name)
    return _page(found, found.title)


@blueprint.post("/admin/roles/<name>")
@policy("admin")
def rename_role(name: str) -> ResponseReturnValue:
    """Call it otherwise."""
    title = typed("title")["title"]
    try:
        acts.rename_role(installation(), actor(), name, title, seen())
    except DougongError as error:
        found = acts.find_role(installation(), actor(), name)
        back = typed_over(error, {"title": title}, {"title": found.title})
        return _page(found, title, refusal(error, _FIELDS), back["shown"])
    return _go(f"/admin/roles/{name}", title.strip(), "saved")


@blueprint.post("/admin/roles/<name>/remove")
@policy("admin")
def remove_role(name: str) -> ResponseReturnValue:
    """Remove one of the company's own."""
    found = acts.find_role(installation(), actor(), name)
    try:
        acts.remove_role(installation(), actor(), name)
    except DougongError as error:
        return _page(found, found.title, refusal(error))
    return _go("/admin/roles", found.title, "removed")


def _page(
    found: acts.Role, title: str, refused: Refusal | None = None, shown: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    forms = read(lambda tx: {
        each: installation().catalog.live(tx).definitions.forms[each].title for each in found.forms
    })  # fmt: skip
    values = {"name": found.name, "title": title}
    return page("role", "roles", refused, role=found, values=values, forms=forms, shown=shown or {"title": title})


def _go(address: str, name: str, done: str) -> ResponseReturnValue:
    return redirect(f"{address}?" + urlencode({"done": done, "name": name}), 303)
