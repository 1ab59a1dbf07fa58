"""Requests that change something come from our own pages: a token in form or header, and an Origin that is ours.

One rule: the API is exempt because it takes no cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from ..kernel.errors import Forbidden
from .current import installation
from .policy import policy_of

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_protect = CSRFProtect()


def install(app: Flask) -> None:
    """Check every changing request of a browser."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    _protect.init_app(app)
    app.before_request(_check)


def _check() -> None:
    if request.method in _SAFE or request.endpoint is None or policy_of(current_app, request.endpoint) == "token":
        return
    if not _same_origin():
        raise Forbidden("foreign_origin")
    try:
        _protect.protect()
    except CSRFError as error:
        raise Forbidden("csrf") from error


def _same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = {request.host, urlsplit(installation().settings.public_url).netloc} - {""}
    return urlsplit(origin).netloc in ours
