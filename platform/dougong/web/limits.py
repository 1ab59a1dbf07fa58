"""How much a request may bring, and its id. Field counts and sizes are bounded before anything is parsed."""

from __future__ import annotations

from flask import Flask, Response, g, request

from ..kernel.ids import new_id
from .current import installation, request_id

PARTS = 20_000


def install(app: Flask) -> None:
    """Set the limits; the API raises its own for JSON and files."""
    settings = app.extensions["dougong"].settings
    app.config["MAX_CONTENT_LENGTH"] = max(settings.json_limit, settings.upload_limit) + 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.form_limit
    app.config["MAX_FORM_PARTS"] = PARTS
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = new_id()
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = installation().settings.form_limit


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    return response
