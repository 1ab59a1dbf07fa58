"""Comments over HTTP: read a page of them, write one."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ...actions.comment_record import comment_record, read_comments
from ...kernel.errors import Invalid
from ...kernel.problems import Problem, pointer
from ...records.query import DEFAULT_LIMIT, MOST
from ...storage import exact_json
from ..current import actor, installation, request_id
from ..policy import policy
from . import asked, body
from .answers import answer

blueprint = Blueprint("comments", __name__, url_prefix="/records")
_NAMES = ("text", "mentions")


@blueprint.get("/<form>/<record>/comments")
@policy("token")
def find(form: str, record: str) -> Response:
    """What was said about it, newest first."""
    with asked.after_rights(form, "view", record):
        asked.only("limit", "after")
        limit, after = asked.number("limit", DEFAULT_LIMIT, MOST), request.args.get("after") or None
    found = read_comments(installation(), actor(), form, record, limit=limit + 1, before=after)
    items = found[:limit]
    return answer({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.post("/<form>/<record>/comments")
@policy("token")
def add(form: str, record: str) -> Response:
    """Say something: 201."""
    with asked.after_rights(form, "comment", record):
        asked.only()
        sent, once = body.document(), asked.once()
        unknown = [Problem("unknown_field", pointer(each)) for each in sent if each not in _NAMES]
        if unknown:
            raise Invalid(unknown)
    made = comment_record(
        installation(), actor(), form, record, sent.get("text"), mentions=sent.get("mentions"), once=once,
        request_id=request_id(),
    )  # fmt: skip
    return answer(exact_json.loads(exact_json.dumps(made)), 201, once=once)
