"""For balancers and monitors: alive, and ready to serve."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from .current import installation
from .policy import policy

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@policy("public")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@policy("public")
def ready() -> ResponseReturnValue:
    """The control database answers too; when it does not, the error is a 500."""
    installation().database.tenants()
    return Response("ready\n", mimetype="text/plain")
