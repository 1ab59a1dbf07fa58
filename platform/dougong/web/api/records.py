"""Records over HTTP: pages of a list, one record, its life, its history. One rule: a view reads the request, calls one
action and answers; rights, versions and keys are the action's."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request

from ...actions.create_record import create_record
from ...actions.read_history import read_history
from ...actions.read_record import find_records, read_record
from ...actions.transition_record import transition_record
from ...actions.update_record import update_record
from ...kernel.errors import Malformed
from ...kernel.problems import pointer
from ...records.ops import Event
from ...records.query import DEFAULT_LIMIT, MOST, Query
from ..current import actor, installation, request_id
from ..policy import policy
from . import asked, body
from .answers import answer, tagged, written

blueprint = Blueprint("records", __name__, url_prefix="/records")
ACTS = ("submit", "withdraw", "void", "close", "disable", "enable", "restore")


@blueprint.get("/<form>")
@policy("token")
def find(form: str) -> Response:
    """A page of the records the caller may view."""
    with asked.after_rights(form, "view"):
        query = _query()
    return answer(find_records(installation(), actor(), form, query).as_json())


def _query() -> Query:
    asked.only("filter", "sort", "fields", "limit", "after", "count")
    given = request.args
    return Query(
        filter=given.get("filter"),
        sort=[each for each in given.getlist("sort") if each.strip()],
        fields=given.getlist("fields") if "fields" in given else None,
        limit=asked.number("limit", DEFAULT_LIMIT, MOST),
        after=given.get("after") or None,
        count=asked.flag("count"),
    )


@blueprint.post("/<form>")
@policy("token")
def create(form: str) -> Response:
    """A new record, submitted too when asked: 201."""
    with asked.after_rights(form, "create"):
        asked.only("submit", "confirm_warnings")
        values, once = body.document(), asked.once()
        submit, confirm = asked.flag("submit"), asked.flag("confirm_warnings", default=True)
    done = create_record(
        installation(), actor(), form, values, submit=submit, confirm=confirm, once=once, request_id=request_id()
    )
    return written(done, once, place=form)


@blueprint.get("/<form>/<record>")
@policy("token")
def show(form: str, record: str) -> Response:
    """One record."""
    found = read_record(installation(), actor(), form, record)
    asked.only()
    return tagged(answer(found.shown), found.record.version)


@blueprint.patch("/<form>/<record>")
@policy("token")
def change(form: str, record: str) -> Response:
    """Merge what was sent into the record (RFC 7396)."""
    with asked.after_rights(form, "edit", record):
        asked.only("confirm_warnings")
        version = asked.version(form, record)
        changes, once = body.document(), asked.once()
        confirm = asked.flag("confirm_warnings", default=True)
    done = update_record(
        installation(), actor(), form, record, changes, version=version, confirm=confirm, once=once,
        request_id=request_id(),
    )  # fmt: skip
    return written(done, once)


@blueprint.delete("/<form>/<record>")
@policy("token")
def delete(form: str, record: str) -> Response:
    """Into the recycle bin: 204."""
    with asked.after_rights(form, "delete", record):
        asked.only()
        version = asked.version(form, record)
        once = asked.once()
    transition_record(
        installation(), actor(), form, record, "delete", version=version, once=once, request_id=request_id()
    )
    response = Response(status=204)
    if once is not None and once.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@blueprint.post(f"/<form>/<record>/<any({','.join(ACTS)}):event>")
@policy("token")
def act(form: str, record: str, event: str) -> Response:
    """Move the record along its life. The body says nothing yet, so it must be empty."""
    with asked.after_rights(form, event, record):
        asked.only("confirm_warnings")
        version = asked.version(form, record, needed=False)
        for name in body.document():
            raise Malformed("unknown_field", name=pointer(name))
        once, confirm = asked.once(), asked.flag("confirm_warnings", default=True)
    done = transition_record(
        installation(), actor(), form, record, cast(Event, event), version=version, confirm=confirm, once=once,
        request_id=request_id(),
    )  # fmt: skip
    return written(done, once)


@blueprint.get("/<form>/<record>/history")
@policy("token")
def past(form: str, record: str) -> Response:
    """What was ever done to it, newest first."""
    with asked.after_rights(form, "view", record):
        asked.only("limit", "after", "by", "field")
        limit = asked.number("limit", MOST, MOST)
        given = {name: request.args.get(name) or None for name in ("after", "by", "field")}
    found = read_history(
        installation(),
        actor(),
        form,
        record,
        limit=limit + 1,
        before=given["after"],
        by=given["by"],
        field=given["field"],
    )
    items = found[:limit]
    return answer({"items": items, "next": items[-1]["id"] if len(found) > limit else None})
