"""Many records at once: NDJSON in, groups and sums out. One rule: a line keeps the number it was sent with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from ...actions.aggregate_records import aggregate_records
from ...actions.bulk_write import bulk_write
from ...kernel.errors import Invalid, Malformed
from ...kernel.problems import Problem, pointer
from ...records.aggregate import MOST_GROUPS
from ...storage import exact_json
from ..current import actor, installation
from ..policy import policy
from . import asked, body
from .answers import answer, told
from .body import Unread

blueprint = Blueprint("many", __name__, url_prefix="/records")
_ASKED = frozenset({"group", "measures", "filter", "limit", "after"})


@blueprint.post("/<form>/bulk")
@policy("token")
def bulk(form: str) -> Response:
    """Write every line or none; with ?partial=true the good ones, and a report of the others."""
    with asked.after_rights(form, "create"):
        asked.only("partial", "submit")
        lines, once = body.lines(), asked.once()
        partial, submit = asked.flag("partial"), asked.flag("submit")
        unread = {n: each.error for n, each in enumerate(lines) if isinstance(each, Unread)}
        for n, error in unread.items():
            if not partial:
                raise Malformed(error.code, **{**error.params, "pointer": pointer(n)})
    rows = [None if isinstance(each, Unread) else each for each in lines]
    done = bulk_write(installation(), actor(), form, rows, partial=partial, submit=submit, once=once)
    return answer(_report(done, unread), once=once)


def _report(done: dict[str, Any], unread: dict[int, Malformed]) -> dict[str, Any]:
    """The report with sentences, the same whether it comes from the act or from its key."""
    same = exact_json.loads(exact_json.dumps(done))
    for each in same["problems"]:
        error = unread.get(each["row"])
        if error is not None:
            each.update(code=error.code, params=error.params)
    problems = sorted(same["problems"], key=lambda each: each["row"])
    return {**same, "problems": [told(each) for each in problems]}


@blueprint.post("/<form>/aggregate")
@policy("token")
def aggregate(form: str) -> Response:
    """Groups and measures over the records the caller may view."""
    with asked.after_rights(form, "view"):
        asked.only()
        given = _aggregate(body.document())
    return answer(aggregate_records(installation(), actor(), form, **given))


def _aggregate(given: dict[str, Any]) -> dict[str, Any]:
    """The document as arguments. Raises Malformed, Invalid `type`."""
    for name in given:
        if name not in _ASKED:
            raise Malformed("unknown_field", name=name[:80])
    given = {name: value for name, value in given.items() if value is not None}
    problems = [Problem("type", pointer(name), {"expected": kind}) for name, kind in _wrong(given)]
    if problems:
        raise Invalid(problems)
    if "limit" in given and not 1 <= given["limit"] <= MOST_GROUPS:
        raise Malformed("limit", limit=MOST_GROUPS)
    return given


def _wrong(given: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Names whose value is of the wrong type, each with the right one."""
    measures = given.get("measures", {})
    fits = {
        "group": ("array", _texts(given.get("group", []))),
        "measures": ("object", isinstance(measures, dict) and _texts(list(measures.values()))),
        "filter": ("string", isinstance(given.get("filter", ""), str)),
        "after": ("string", isinstance(given.get("after", ""), str)),
        "limit": ("integer", isinstance(given.get("limit", 1), int) and not isinstance(given.get("limit"), bool)),
    }
    return [(name, kind) for name, (kind, fit) in fits.items() if not fit]


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
