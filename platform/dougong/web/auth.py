"""Signing in and out. One rule: every wrong sign-in gets the same words, and leads back to where the person wanted to go,
which is always a page of ours."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from ..actions import sign_in as act
from ..kernel.errors import Forbidden, TooMany, Unauthenticated
from ..pages.sentences import error_sentence
from . import demo_people
from . import session as sessions
from .current import installation, locale, signed_in
from .errors import status_of
from .policy import policy

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@policy("public")
def page() -> ResponseReturnValue:
    """The sign-in page, with people to choose from for the demo company on this very machine."""
    if signed_in() is not None and "next" not in request.args:
        return redirect("/", 303)
    return _page(next=target(request.args.get("next")), left="left" in request.args)


@blueprint.post("/login")
@policy("public")
def enter() -> ResponseReturnValue:
    """Sign in with account and password."""
    account = "".join(each for each in request.form.get("account", "").strip()[:254] if each.isprintable())
    wanted = target(request.form.get("next"))
    try:
        secret = act.sign_in(
            installation(), account, request.form.get("password", "")[:1024], network=request.remote_addr,
            device=request.user_agent.string,
        )  # fmt: skip
    except (Unauthenticated, TooMany) as error:
        said = error_sentence(error, locale())
        return _page(next=wanted, account=account, refused=said), status_of(error)
    return sessions.keep(make_response(redirect(wanted, 303)), secret)


@blueprint.post("/login/demo")
@policy("public")
def enter_demo() -> ResponseReturnValue:
    """Sign in as one of the demo company's people, without a password, on this machine only."""
    if not _on_this_machine():
        raise Forbidden("forbidden", action="demo")
    secret = act.sign_in_to_demo(
        installation(), request.form.get("member", ""), network=request.remote_addr, device=request.user_agent.string
    )
    return sessions.keep(make_response(redirect(target(request.form.get("next")), 303)), secret)


@blueprint.post("/logout")
@policy("public")
def leave() -> ResponseReturnValue:
    """Sign out."""
    if secret := sessions.token():
        act.sign_out(installation(), secret)
    session.clear()
    return sessions.drop(make_response(redirect("/login", 303)))


def target(address: str | None) -> str:
    """Where to go after signing in: a local path, whatever was asked for."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\", "/login")):
        return "/"
    return address if address.isprintable() else "/"


def _page(**shown: Any) -> str:
    people = demo_people.demo_people(installation()) if _on_this_machine() else []
    return render_template("auth/login.html", people=people, **{"account": "", "refused": "", "left": False, **shown})


def _on_this_machine() -> bool:
    """Whether browser and server are one machine: the address bound, the address called and the caller's are loopback."""
    name = request.host.rpartition(":")[0] or request.host
    return all(sessions.is_loopback(each.strip("[]")) for each in (name, request.remote_addr or "")) and not any(
        header in request.headers for header in ("X-Forwarded-For", "Forwarded")
    )
