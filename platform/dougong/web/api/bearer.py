"""Who calls the API: the bearer of a token, asked before anything else is looked at. One rule: a cookie is never read here,
so no page of another site can act in a member's name."""

from __future__ import annotations

from flask import Response, g, request

from ...actions.authenticate import by_token
from ...kernel.errors import Unauthenticated
from ..current import installation

PREFIX = "/api/"
_LONGEST = 1024


def admit() -> None:
    """Put the token's member in place of whoever a cookie may have named. Runs for every path below /api, also one that
    leads nowhere. Raises Unauthenticated, Forbidden `tenant_suspended`."""
    if not request.path.startswith(PREFIX):
        return
    g.pop("signed_in", None)
    g.signed_in = by_token(installation(), _secret())


def challenge(response: Response) -> Response:
    """Say how to sign in (RFC 6750, 3)."""
    if response.status_code == 401 and request.path.startswith(PREFIX):
        response.headers["WWW-Authenticate"] = 'Bearer realm="dougong"'
    return response


def _secret() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip() or len(secret) > _LONGEST:
        raise Unauthenticated("unauthenticated")
    return secret.strip()
