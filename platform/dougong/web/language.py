"""The language of a request: what the person chose (a cookie), else the installation's. Chinese first."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel

from .. import assets
from ..pages.catalogue import DOMAIN, LANGUAGES, text
from .current import installation, locale

COOKIE = "lang"


def install(app: Flask) -> None:
    """Choose the language before every request, for templates and for sentences alike."""
    app.config["BABEL_DEFAULT_LOCALE"] = app.extensions["dougong"].settings.language
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(assets.LOCALE)
    app.config["BABEL_DOMAIN"] = DOMAIN
    Babel(app, locale_selector=locale)
    app.before_request(_choose)


def _choose() -> None:
    chosen = request.cookies.get(COOKIE, "")
    g.locale = chosen if chosen in LANGUAGES else installation().settings.language


def say(message: str, **params: object) -> str:
    """A msgid in the request's language."""
    return text(message, locale(), **params)
