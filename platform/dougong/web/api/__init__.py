"""The API of scripts and other programs (docs/api.md): JSON in, JSON out, a bearer token, no cookie."""

from __future__ import annotations

from flask import Blueprint

from . import bearer, comments, files, forms, many, records

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_app_request(bearer.admit)
blueprint.after_app_request(bearer.challenge)
for _area in (forms, records, comments, many, files):
    blueprint.register_blueprint(_area.blueprint)
