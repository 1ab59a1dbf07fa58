"""Every route says who may call it, or the application does not start.

`public` needs nobody, `member` anybody signed in, `admin` an admin, `token` a bearer of the API. What a member may do with
a form's records is not decided here: the action called by the view authorises, in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from flask import Flask

from ..kernel.errors import Refused

Policy = Literal["public", "member", "admin", "token"]
View = TypeVar("View", bound=Callable[..., object])
_MARK = "__policy__"


def policy(name: Policy) -> Callable[[View], View]:
    """Declare who may call a view: `@policy("member")` below `@area.get(...)`."""

    def mark(view: View) -> View:
        setattr(view, _MARK, name)
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> Policy:
    """The declared policy of an endpoint; Flask's own static files are public."""
    if endpoint.rpartition(".")[2] == "static":
        return "public"
    declared: Policy | None = getattr(app.view_functions[endpoint], _MARK, None)
    if declared is None:
        raise Refused("route_without_policy", endpoint=endpoint)
    return declared


def require_policies(app: Flask) -> None:
    """Refuse to start while a route lacks its policy."""
    for endpoint in app.view_functions:
        policy_of(app, endpoint)
