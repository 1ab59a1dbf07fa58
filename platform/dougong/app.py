"""The factory of the web application, above all floors. One rule: it only composes; what a request does stands in web/."""

from __future__ import annotations

import os

from flask import Flask

from . import assets
from .actions.installation import Installation
from .kernel.settings import Settings
from .web import areas, errors, forgery, headers, jinja, language, limits, session, usage
from .web.htmx import htmx
from .web.policy import require_policies
from .web.secret import secret_key


def create_app(settings: Settings | None = None, installation: Installation | None = None) -> Flask:
    """The application of one installation; without one it is opened from `settings` or the environment. Raises Refused
    when the house cannot run, or when a route does not say who may call it."""
    opened = installation or Installation.open(settings or Settings.from_environment(os.environ))
    app = Flask("dougong", static_folder=str(assets.STATIC), template_folder=str(assets.TEMPLATES))
    app.extensions["dougong"] = opened
    app.secret_key = secret_key(opened.settings)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    htmx.init_app(app)
    for part in (limits, language, session, forgery, headers, errors, jinja, usage):
        part.install(app)
    for blueprint in areas.blueprints():
        app.register_blueprint(blueprint)
    require_policies(app)
    return app
