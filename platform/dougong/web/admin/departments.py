"""Departments: the tree, one department with its head, moving it, taking it out of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask.typing import ResponseReturnValue

from ...actions import change_department as acts
from ...actions.list_members import Directory, directory
from ...kernel.errors import DougongError, NotFound
from ...people.departments import Department
from ..current import actor, installation
from ..policy import policy
from .area import Refusal, blueprint, page, refusal, seen, typed, typed_over

_FIELDS = ("name", "code", "parent", "head")


@blueprint.get("/admin/departments")
@policy("admin")
def departments() -> ResponseReturnValue:
    """The tree."""
    known = directory(installation(), actor())
    counts = {
        place.id: sum(place.id in each.departments and each.active for each in known.people)
        for place, _ in known.places
    }
    return page("departments", "departments", known=known, counts=counts)


@blueprint.get("/admin/departments/new")
@policy("admin")
def new_department() -> ResponseReturnValue:
    """One to be made, below `parent`."""
    return _form(None, {"name": "", "code": "", "parent": request.args.get("parent", ""), "head": ""})


@blueprint.post("/admin/departments")
@policy("admin")
def add_department() -> ResponseReturnValue:
    """Make it."""
    given = typed(*_FIELDS)
    try:
        made = acts.add_department(
            installation(), actor(), given["name"], code=given["code"] or None, parent=given["parent"] or None,
            head=given["head"] or None,
        )  # fmt: skip
    except DougongError as error:
        return _form(None, given, refused=refusal(error, _FIELDS))
    return _go("/admin/departments", made, "added")


@blueprint.get("/admin/departments/<department>")
@policy("admin")
def department(department: str) -> ResponseReturnValue:
    """One department."""
    found = _found(directory(installation(), actor()), department)
    return _form(found, acts.shown_of(found))


@blueprint.post("/admin/departments/<department>")
@policy("admin")
def change_department(department: str) -> ResponseReturnValue:
    """Rename it, move it, give it a head."""
    given = typed(*_FIELDS)
    try:
        made = acts.change_department(
            installation(), actor(), department, name=given["name"], parent=given["parent"] or None,
            head=given["head"] or None, code=given["code"] or None, seen=seen(),
        )  # fmt: skip
    except DougongError as error:
        now = _found(directory(installation(), actor()), department)
        return _form(now, refused=refusal(error, _FIELDS), **typed_over(error, given, acts.shown_of(now)))
    return _go(f"/admin/departments/{department}", made, "saved")


@blueprint.post("/admin/departments/<department>/active")
@policy("admin")
def use_department(department: str) -> ResponseReturnValue:
    """Take it out of use or back."""
    wanted = request.form.get("active") == "yes"
    found = _found(directory(installation(), actor()), department)
    try:
        acts.use_department(installation(), actor(), department, active=wanted)
    except DougongError as error:
        return _form(found, acts.shown_of(found), refused=refusal(error))
    return _go(f"/admin/departments/{department}", found, "enabled" if wanted else "disabled")


def _form(
    found: Department | None,
    values: dict[str, Any],
    shown: Mapping[str, Any] | None = None,
    refused: Refusal | None = None,
) -> ResponseReturnValue:
    known = directory(installation(), actor())
    inside = [each for each in known.people if found and found.id in each.departments]
    return page(
        "department", "departments", refused, known=known, department=found, values=values, inside=inside,
        shown=values if shown is None else shown,
    )  # fmt: skip


def _found(known: Directory, department: str) -> Department:
    found = next((each for each, _ in known.places if each.id == department), None)
    if found is None:
        raise NotFound("not_found", department=department)
    return found


def _go(address: str, found: Department, done: str) -> ResponseReturnValue:
    return redirect(f"{address}?" + urlencode({"done": done, "name": found.name}), 303)
