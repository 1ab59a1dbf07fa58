"""The area of one's own account: its blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint, request

from ..current import signed_in

blueprint = Blueprint("account", __name__)


def account() -> str:
    """The id of the account that is signed in."""
    who = signed_in()
    return who.account if who is not None else ""


def device() -> str:
    """What the browser says it is."""
    return request.user_agent.string[:300]
