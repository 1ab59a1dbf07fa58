"""Who the caller is, what the caller may do, and with which forms; and all of it as OpenAPI."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ... import __version__
from ...actions.describe_forms import describe_form, explain_access, list_forms
from ...kernel.errors import Unauthenticated
from ..current import actor, installation, read, signed_in
from ..policy import policy
from . import asked
from .answers import answer, listed
from .openapi import openapi

blueprint = Blueprint("forms", __name__)


@blueprint.get("/me")
@policy("token")
def me() -> Response:
    """The member whose token this is."""
    who = signed_in()
    if who is None:
        raise Unauthenticated
    asked.only()
    acting = who.actor
    return answer({
        "id": acting.member, "name": acting.name, "account": who.account_name, "admin": acting.is_admin,
        "roles": sorted(acting.roles), "departments": list(acting.departments),
        "tenant": {"name": acting.tenant, "title": who.tenant_title},
    })  # fmt: skip


@blueprint.get("/forms")
@policy("token")
def forms() -> Response:
    """Every form the caller may do anything with."""
    asked.only()
    return listed(list_forms(installation(), actor()))


@blueprint.get("/forms/<form>")
@policy("token")
def form(form: str) -> Response:
    """One form with its fields."""
    found = describe_form(installation(), actor(), form)
    asked.only()
    return answer(found)


@blueprint.get("/explain")
@policy("token")
def explain() -> Response:
    """Why the caller may or may not do something."""
    asked.only("form", "action", "id")
    form, action = asked.needed("form"), asked.needed("action")
    return answer(explain_access(installation(), actor(), form, action, request.args.get("id") or None))


@blueprint.get("/openapi.json")
@policy("token")
def description() -> Response:
    """The API of this tenant as far as the caller may use it."""
    asked.only()
    inst = installation()
    definitions = read(lambda tx: inst.catalog.live(tx).definitions)
    names = [each["name"] for each in list_forms(inst, actor())]
    forms = [(definitions.form(each), describe_form(inst, actor(), each)) for each in names]
    return answer(openapi(forms, inst.types, version=__version__))
