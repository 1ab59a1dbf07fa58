"""The language of a request: what the person chose (a cookie), else the installation's. Chinese first.

Templates, sentences and views read one catalogue, pages/catalogue. (Flask-Babel would look for `zh_Hans_CN`, as Babel reads
`zh_CN`, and keep a second one.)"""

from __future__ import annotations

from flask import Flask, g, request

from ..pages.catalogue import LANGUAGES, text, translations
from .current import installation, locale

COOKIE = "lang"


def install(app: Flask) -> None:
    """Choose the language before every request, and teach it to the templates."""
    app.before_request(_choose)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translations(locale()).ugettext(message),
        lambda one, many, count: translations(locale()).ungettext(one, many, count),
        newstyle=True,
    )


def _choose() -> None:
    chosen = request.cookies.get(COOKIE, "")
    g.locale = chosen if chosen in LANGUAGES else installation().settings.language


def say(message: str, **params: object) -> str:
    """A msgid in the request's language."""
    return text(message, locale(), **params)
