"""Gives templates the words, icons and figures of pages/environment, in the request's language, and the frame of every
page."""

from __future__ import annotations

from flask import Flask, request, url_for

from .. import assets
from ..pages import environment
from .current import locale, signed_in, today
from .shell import shell


def install(app: Flask) -> None:
    """Prepare the application's Jinja environment."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    environment.prepare(app.jinja_env, locale, app.extensions["dougong"].settings.zone, today, asset)
    app.context_processor(lambda: {"shell": shell, "locale": locale(), "me": signed_in(), "theme": theme()})


def asset(path: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    file = assets.STATIC / path
    stamp = f"{file.stat().st_mtime_ns // 1_000_000:x}" if file.exists() else "0"
    return url_for("static", filename=path, v=stamp)


def theme() -> str:
    """`light` or `dark` where the member chose, or before signing in this browser did, else empty: the device's own."""
    who = signed_in()
    chosen = who.preferences.get("theme", "") if who is not None else request.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""
