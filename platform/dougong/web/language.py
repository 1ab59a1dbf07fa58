"""The language of a request: what the member chose, on any device; before anybody has signed in what this browser last
showed (a cookie); else what the browser or program asks for (Accept-Language); else the installation's. A program that
asks goes before its member's choice, since it reads, not the member.

Templates, sentences and views read one catalogue, pages/catalogue. (Flask-Babel would look for `zh_Hans_CN`, as Babel reads
`zh_CN`, and keep a second one.)"""

from __future__ import annotations

from flask import Flask, g, request

from ..pages.catalogue import LANGUAGES, counted, text, translations
from .current import installation, locale

COOKIE = "lang"
_TAGS = {"zh-CN": "zh_CN", "zh": "zh_CN", "en": "en"}


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
    asked = _asked()
    g.locale_asked = asked is not None and request.path.startswith("/api/")
    cookie = "" if g.locale_asked else request.cookies.get(COOKIE, "")
    g.locale = cookie if cookie in LANGUAGES else asked or installation().settings.language


def _asked() -> str | None:
    """The first of our languages that the request accepts."""
    return _TAGS.get(request.accept_languages.best_match(list(_TAGS)) or "")


def say(message: str, **params: object) -> str:
    """A msgid in the request's language."""
    return text(message, locale(), **params)


def say_many(one: str, many: str, count: int, **params: object) -> str:
    """What is said of one thing or of several; `{count}` is how many."""
    return text(counted("count", one, many), locale(), count=count, **params)
