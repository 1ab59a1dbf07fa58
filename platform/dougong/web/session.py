"""Who is there: the session cookie in, the actor out, before every view; and the policy of the route.

One rule: the tenant and the roles come from here, as they stand with this request, never from a URL or a body. Behind https
the cookie is `__Host-sid`; on plain http `sid`, only while the public address is http too."""

from __future__ import annotations

import ipaddress

from flask import Flask, Response, current_app, g, request

from ..actions.authenticate import by_session
from ..kernel.errors import Forbidden, Unauthenticated
from .current import installation, signed_in
from .policy import policy_of

#: What pages ask by themselves, whether anybody is there or not.
ASLEEP = frozenset({"notices.count"})


def install(app: Flask) -> None:
    """Name and harden the cookies, ask who is there before every request."""
    secure = is_secure(app)
    app.config["SESSION_COOKIE_NAME"] = "__Host-dg" if secure else "dg"
    app.config["SESSION_COOKIE_SECURE"] = secure
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.before_request(_admit)
    app.after_request(_renew)


def is_secure(app: Flask) -> bool:
    """Whether people reach this installation by https."""
    return str(app.extensions["dougong"].settings.public_url).startswith("https://")


def is_loopback(host: str) -> bool:
    """Whether this name or address is the very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cookie_name() -> str:
    """The name of the session cookie on this installation."""
    return "__Host-sid" if current_app.config["SESSION_COOKIE_SECURE"] else "sid"


def keep(response: Response, token: str) -> Response:
    """Give the browser the session's token."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(cookie_name(), token, path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def drop(response: Response) -> Response:
    """Take the token back."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def token() -> str | None:
    """The session's token as the browser sent it."""
    return request.cookies.get(cookie_name())


def _admit() -> None:
    if request.endpoint is None:
        _recognise()
        return
    wanted = policy_of(current_app, request.endpoint)
    if wanted == "token" or request.endpoint == "static":
        return
    _recognise()
    who = signed_in()
    if wanted == "public":
        return
    if who is None:
        raise Unauthenticated
    if wanted == "admin" and not who.actor.is_admin:
        raise Forbidden("forbidden", action="admin")


def _recognise() -> None:
    secret = token()
    if not secret:
        return
    try:
        g.signed_in = by_session(installation(), secret, awake=request.endpoint not in ASLEEP)
    except (Unauthenticated, Forbidden) as error:
        g.session_refused = error


def _renew(response: Response) -> Response:
    who = signed_in()
    if who is not None and who.new_token and "Set-Cookie" not in response.headers:
        keep(response, who.new_token)
    return response
