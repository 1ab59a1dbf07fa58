"""Printed pages: `/f/F/ID/print/NAME`, plain HTML for the browser's printer. One rule: what is on paper is what the reader
may see, and every page that was opened is in the audit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..access import allowed
from ..actions.print_record import STANDARD, print_record
from ..definition.model import Form
from ..pages.prints import paper_of
from ..storage.transaction import Transaction
from .current import actor, installation, read, request_id
from .policy import policy
from .values import reader

blueprint = Blueprint("prints", __name__)


@blueprint.get("/f/<form>/<record>/print/<name>")
@policy("member")
def page(form: str, record: str, name: str) -> ResponseReturnValue:
    """One record on paper."""
    found = print_record(installation(), actor(), form, record, name, request_id())
    base = installation().settings.public_url or request.url_root
    address = f"{base.rstrip('/')}/f/{form}/{record}"
    paper = paper_of(found.form, found.page, found.shown, found.acts, reader(), address, found.behind)
    return render_template("print/page.html", paper=paper, form=found.form, record=record)


def offered(form: Form) -> list[tuple[str, str]]:
    """(name, title) of the pages this form can be printed as; none for who may print nothing of it."""

    def may(tx: Transaction) -> bool:
        return allowed(tx, installation().catalog.live(tx), form.full_name, "print")

    if not read(may):
        return []
    return [(each.name, each.title) for each in form.prints] or [(STANDARD, form.title)]


@blueprint.app_context_processor
def _offers() -> dict[str, Any]:
    return {"prints_of": offered}
