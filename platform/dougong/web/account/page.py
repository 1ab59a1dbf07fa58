"""The member's own page: language, brightness, password, signing out."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...actions import change_password as passwords
from ...kernel.errors import DougongError
from ...pages.catalogue import LANGUAGES
from ...pages.sentences import error_sentence
from ..current import actor, installation, locale, signed_in
from ..errors import status_of
from ..language import COOKIE
from ..language import say as _
from ..policy import policy
from ..session import is_secure, keep
from .area import blueprint

_YEAR = 365 * 24 * 3600


@blueprint.get("/me")
@policy("member")
def page() -> ResponseReturnValue:
    """Show it."""
    said = {"look": _("Saved"), "password": _("The password has been changed")}
    return _page(done=said.get(request.args.get("done", "")))


@blueprint.post("/me/look")
@policy("member")
def look() -> ResponseReturnValue:
    """Choose language and brightness; they stay in cookies of this browser."""
    answer = make_response(redirect("/me?done=look", 303))
    for name, key, allowed in ((COOKIE, "lang", tuple(LANGUAGES)), ("theme", "theme", ("light", "dark"))):
        chosen = request.form.get(key, "")
        if chosen in allowed:
            answer.set_cookie(name, chosen, max_age=_YEAR, path="/", samesite="Lax", httponly=True, secure=_secure())
        else:
            answer.delete_cookie(name, path="/")
    return answer


@blueprint.post("/me/password")
@policy("member")
def password() -> ResponseReturnValue:
    """Change the password; every other session of the account ends."""
    given = {name: request.form.get(name, "")[:1025] for name in ("old", "new", "again")}
    try:
        if given["new"] != given["again"]:
            raise DougongError("passwords_differ")
        fresh = passwords.change_password(installation(), actor(), _account(), given["old"], given["new"])
    except DougongError as error:
        status = status_of(error)
        return _page(refused=error_sentence(error, locale())), 422 if status == 500 else status
    return keep(make_response(redirect("/me?done=password", 303)), fresh)


def _page(**shown: Any) -> str:
    has = passwords.has_password(installation(), _account())
    return render_template("account/page.html", has_password=has, **{"done": None, "refused": None, **shown})


def _account() -> str:
    who = signed_in()
    return who.account if who is not None else ""


def _secure() -> bool:
    return is_secure(current_app)
