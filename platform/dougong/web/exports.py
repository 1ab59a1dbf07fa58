"""A list as a file: the question, the progress, the file. One rule: the file holds exactly what the list shows, in its order
and with its columns, of the records one may export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from ..actions.export_list import FORMATS, export_list, open_export
from ..actions.export_records import Wanted, count_rows
from ..exchange.exports import Export
from ..kernel.errors import Malformed, NotFound
from ..kernel.ids import is_id
from ..storage.transaction import Transaction
from .current import actor, installation, read
from .htmx import fragment, htmx
from .lists import asked as addresses
from .lists.listing import Listing, frame
from .lists.sight import sight
from .policy import policy

blueprint = Blueprint("exports", __name__)
#: Records that can be chosen one by one.
CHOSEN = 1000
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is: `share` in percent, None = nobody knows how many records there are."""

    export: Export
    ready: bool
    failed: bool = False
    done: int = 0
    share: int | None = None


@blueprint.route("/f/<form>/export", methods=["GET", "POST"])
@policy("member")
def page(form: str) -> ResponseReturnValue:
    """Ask which kind of file; posted with `format`, make it."""
    chosen = [each for each in request.values.getlist("id") if is_id(each)]
    if len(chosen) > CHOSEN:
        raise Malformed("too_many", limit=CHOSEN)
    listing = read(lambda tx: _frame(tx, form))
    wanted = _wanted(listing, chosen)
    if request.method == "POST" and request.form.get("format") in FORMATS:
        heads = [each.title for each in listing.columns]
        made = export_list(installation(), actor(), form, wanted, request.form["format"], listing.form.title, heads)
        return _shown("exports/_progress.html", _progress(made.id))
    count, more = count_rows(installation(), actor(), form, wanted)
    return _shown("exports/_ask.html", None, list=listing, count=count, more=more, chosen=chosen)


@blueprint.get("/exports/<export>")
@policy("member")
def progress(export: str) -> ResponseReturnValue:
    """How far the file is."""
    return _shown("exports/_progress.html", _progress(export))


@blueprint.get("/exports/<export>/file")
@policy("member")
def file(export: str) -> ResponseReturnValue:
    """The file itself, always a download."""
    found, path, _job = open_export(installation(), actor(), export)
    if not path.is_file():
        raise NotFound("export", id=export)
    kind = TYPES[found.asked["format"]]
    return send_file(path, mimetype=kind, as_attachment=True, download_name=found.name, max_age=0)


def _shown(part: str, state: Progress | None, **said: Any) -> ResponseReturnValue:
    if htmx:
        return fragment(render_template(part, state=state, **said))
    return render_template("exports/page.html", part=part, state=state, **said)


def _progress(export: str) -> Progress:
    found, path, job = open_export(installation(), actor(), export)
    if found.rows is not None:
        return Progress(found, path.is_file(), not path.is_file())
    if job is None or job.state == "dead":
        return Progress(found, ready=False, failed=True)
    told = job.progress or {}
    done, total = int(told.get("done") or 0), told.get("total")
    return Progress(found, ready=False, done=done, share=min(99, done * 100 // total) if total else None)


def _frame(tx: Transaction, form: str) -> Listing:
    return frame(sight(tx, form), addresses.read(request.values))


def _wanted(listing: Listing, chosen: list[str]) -> Wanted:
    look = listing.look
    named = ", ".join(f'"{each}"' for each in chosen)
    condition = f"$id in ({named})" if chosen else look.filter
    words = None if chosen else listing.asked.search or None
    return Wanted(condition or None, words, look.sort or ("$created_at",), look.columns)
