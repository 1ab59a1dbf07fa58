"""Ending one's sessions, making and revoking one's API tokens. One rule: a token's secret is in the answer that made it and
nowhere else."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from ...actions.create_token import create_token
from ...actions.own_access import end_other_sessions, end_session, revoke_token
from ...kernel.errors import DougongError, Invalid
from ...kernel.problems import Problem
from ..current import actor, installation, signed_in
from ..policy import policy
from ..session import token
from .area import account, blueprint
from .page import show


@blueprint.post("/me/sessions/end")
@policy("member")
def end_sessions() -> ResponseReturnValue:
    """End one session, or without saying which all the others."""
    session = request.form.get("session", "")[:64]
    if session:
        end_session(installation(), account(), session)
    else:
        end_other_sessions(installation(), account(), token() or "")
    return redirect("/me?done=ended#sessions", 303)


@blueprint.post("/me/tokens")
@policy("member")
def make_token() -> ResponseReturnValue:
    """Make one and show its secret."""
    name, who = request.form.get("name", "")[:1000], signed_in()
    try:
        if not name.strip():
            raise Invalid([Problem("required", "/name")])
        secret = create_token(installation(), actor(), who.account_name if who else "", name=name)
    except DougongError as error:
        return show("tokens", error, token_name=name)
    return show(made=secret)


@blueprint.post("/me/tokens/<token>/revoke")
@policy("member")
def revoke(token: str) -> ResponseReturnValue:
    """End one of one's own."""
    revoke_token(installation(), actor(), account(), token)
    return redirect("/me?done=revoked#tokens", 303)
