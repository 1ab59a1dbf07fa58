"""The page behind a link by which somebody sets a password. One rule: opening it changes nothing, so a preview of the
link in a chat does not use it up."""

from __future__ import annotations

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from ...actions import invite_member as acts
from ...kernel.errors import Conflict, DougongError, NotFound
from ...pages.sentences import error_sentence
from ..auth import target
from ..current import installation, locale
from ..errors import status_of
from ..htmx import go
from ..policy import policy
from ..session import keep
from .area import blueprint, device


@blueprint.get("/welcome/<secret>")
@policy("public")
def welcome(secret: str) -> ResponseReturnValue:
    """Ask for the password."""
    try:
        return render_template("account/link.html", account=acts.linked_account(installation(), secret), refused="")
    except (NotFound, Conflict) as error:
        return _dead(error)


@blueprint.post("/welcome/<secret>")
@policy("public")
def use(secret: str) -> ResponseReturnValue:
    """Set it and go in."""
    new, again = (request.form.get(name, "")[:1025] for name in ("new", "again"))
    try:
        account = acts.linked_account(installation(), secret)
        if new != again:
            return _again(account, DougongError("passwords_differ"))
        fresh = acts.use_password_link(installation(), secret, new, network=request.remote_addr, device=device())
    except (NotFound, Conflict) as error:
        return _dead(error)
    except DougongError as error:
        return _again(account, error)
    return keep(make_response(go(target("/"))), fresh)


def _again(account: str, error: DougongError) -> ResponseReturnValue:
    return render_template("account/link.html", account=account, refused=error_sentence(error, locale())), 422


def _dead(error: DougongError) -> ResponseReturnValue:
    return render_template("account/link.html", account="", refused=error_sentence(error, locale())), status_of(error)
