"""The record page, its acts and its history. One rule: every act carries the version the person saw; what went wrong comes
back as a dialog over a page that still stands."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..access import require_form
from ..actions.mark_notices import mark_notices
from ..actions.transition_record import transition_record
from ..kernel.errors import Invalid, NotFound, Unconfirmed
from ..pages.sentences import sentence
from ..records.ops import Event
from ..storage.transaction import Transaction
from . import usage
from .comments import asked, drawn
from .current import actor, installation, locale, read, request_id
from .errors import number
from .htmx import fragment, go, htmx
from .policy import policy
from .recordacts import ACTS
from .recordview import open_page

blueprint = Blueprint("records", __name__)


@blueprint.get("/f/<form>/<record>")
@policy("member")
def page(form: str, record: str) -> ResponseReturnValue:
    """One record; what one was told about it is read with it."""
    try:
        shown = read(lambda tx: open_page(tx, form, record))
    except NotFound:
        return _gone(form)
    if shown.told:
        mark_notices(installation(), actor(), record=record)
    return render_template("records/page.html", page=shown)


def _gone(form: str) -> ResponseReturnValue:
    """Nothing to be seen here, said with the way to the list. Raises NotFound when there is no such list either."""

    def title(tx: Transaction) -> str:
        model = installation().catalog.live(tx)
        found = model.definitions.form(form)
        require_form(tx, model, form, "view")
        return found.title

    return render_template("records/gone.html", form=form, title=read(title), number=number()), 404


@blueprint.get("/f/<form>/<record>/history")
@policy("member")
def past(form: str, record: str) -> ResponseReturnValue:
    """What was ever done to it, value by value."""
    return drawn(form, record, replace(asked(), show="changes"))


@blueprint.get("/f/<form>/<record>/ask/<event>")
@policy("member")
def ask(form: str, record: str, event: str) -> ResponseReturnValue:
    """The question before an act that cannot simply be taken back."""
    wanted = _event(event)
    shown = read(lambda tx: open_page(tx, form, record))
    said = {"page": shown, "event": wanted, "word": ACTS[wanted].word, "meaning": ACTS[wanted].means}
    if htmx:
        return fragment(render_template("records/_ask.html", **said))
    return render_template("records/ask.html", **said)


@blueprint.post("/f/<form>/<record>/do/<event>")
@policy("member")
def do(form: str, record: str, event: str) -> ResponseReturnValue:
    """Move the record along its life."""
    wanted = _event(event)
    version = request.form.get("version", "")
    try:
        transition_record(
            installation(), actor(), form, record, wanted, version=int(version) if version.isdecimal() else None,
            confirm="confirm" in request.form, request_id=request_id(),
        )  # fmt: skip
    except (Invalid, Unconfirmed) as error:
        if isinstance(error, Invalid):
            usage.noted(error)
        said = [sentence(each, locale()) for each in error.problems]
        shown = read(lambda tx: open_page(tx, form, record))
        body = render_template(
            "records/_refused.html", page=shown, event=wanted, word=ACTS[wanted].word, said=list(dict.fromkeys(said)),
            warnings=isinstance(error, Unconfirmed),
        )  # fmt: skip
        if htmx:
            return fragment(body, 422, retarget="#dialog", reswap="innerHTML")
        return render_template("records/refused.html", page=shown, body=body), 422
    return go(f"/f/{form}" if wanted == "delete" else f"/f/{form}/{record}")


def _event(name: str) -> Event:
    if name not in get_args(Event):
        raise NotFound("not_found", event=name[:40])
    return cast(Event, name)
