"""Comments on the record page: the trail, saying something, mending or deleting what one said, whom one may mention. One
rule: what was typed is never lost; a refusal brings it back with the reason beside it."""

from __future__ import annotations

import hashlib

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..actions.comment_record import change_comment, comment_record, delete_comment
from ..actions.find_people import find_people
from ..actions.transaction import Once
from ..kernel.errors import Forbidden, Invalid
from ..kernel.ids import new_id
from ..pages.sentences import sentence
from ..records import comments, query
from ..storage.transaction import Transaction
from .current import actor, installation, locale, read, request_id
from .htmx import fragment, go, htmx
from .policy import policy
from .recordview import open_page
from .trail import SHOWS, Asked, Said, open_trail, said

blueprint = Blueprint("comments", __name__)


def asked() -> Asked:
    """What the address asks of a trail."""
    given = request.args
    show = given.get("show", "all")
    return Asked(
        show if show in SHOWS else "all", given.get("field", "")[:200], given.get("by", "")[:40],
        given.get("before") or None,
    )  # fmt: skip


@blueprint.get("/f/<form>/<record>/trail")
@policy("member")
def trail(form: str, record: str) -> ResponseReturnValue:
    """Acts and comments; asked by htmx with `before`, the ones that follow."""
    return drawn(form, record, asked())


def drawn(form: str, record: str, wanted: Asked, **more: str) -> ResponseReturnValue:
    """The trail as a fragment, or on a page of its own."""
    found = read(lambda tx: open_trail(tx, form, record, wanted))
    if htmx:
        part = "records/_moments.html" if wanted.before else "records/_trail.html"
        return fragment(render_template(part, trail=found, key=new_id(), **more))
    shown = read(lambda tx: open_page(tx, form, record))
    return render_template("records/history.html", trail=found, page=shown, key=new_id(), **more)


@blueprint.post("/f/<form>/<record>/comments")
@policy("member")
def add(form: str, record: str) -> ResponseReturnValue:
    """Say something."""
    text, key = request.form.get("text", ""), request.form.get("key", "")
    digest = hashlib.sha256(f"{form}\n{record}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        comment_record(
            installation(), actor(), form, record, text, once=Once(f"comment {key}"[:255], digest) if key else None,
            request_id=request_id(),
        )  # fmt: skip
    except Invalid as error:
        why = sentence(error.problems[0], locale())
        at = f"/f/{form}/{record}"
        if htmx:
            body = render_template("records/_say.html", at=at, key=key, typed=text, why=why)
            return fragment(body, 422, retarget="#say", reswap="outerHTML")
        return _alone(form, record, "records/_say.html", at=at, key=key, typed=text, why=why), 422
    return drawn(form, record, Asked()) if htmx else go(f"/f/{form}/{record}")


@blueprint.get("/f/<form>/<record>/comments/<comment>")
@policy("member")
def show(form: str, record: str, comment: str) -> ResponseReturnValue:
    """One comment as it stands."""
    return _said(form, record, comment)


@blueprint.get("/f/<form>/<record>/comments/<comment>/edit")
@policy("member")
def edit(form: str, record: str, comment: str) -> ResponseReturnValue:
    """One's own comment, to be mended."""
    found = read(lambda tx: _open(tx, form, record, comment))
    if not found.mine:
        raise Forbidden("forbidden", form=form, action="comment")
    return _mending(form, record, found, found.text)


@blueprint.post("/f/<form>/<record>/comments/<comment>")
@policy("member")
def save(form: str, record: str, comment: str) -> ResponseReturnValue:
    """Write one's own comment anew."""
    text = request.form.get("text", "")
    try:
        change_comment(installation(), actor(), form, record, comment, text, request_id=request_id())
    except Invalid as error:
        found = read(lambda tx: _open(tx, form, record, comment))
        return _mending(form, record, found, text, sentence(error.problems[0], locale()))
    return _said(form, record, comment) if htmx else go(f"/f/{form}/{record}")


@blueprint.get("/f/<form>/<record>/comments/<comment>/ask")
@policy("member")
def ask(form: str, record: str, comment: str) -> ResponseReturnValue:
    """The question before a comment is deleted."""
    found = read(lambda tx: _open(tx, form, record, comment))
    asking = {"at": f"/f/{form}/{record}", "said": found}
    if htmx:
        return fragment(render_template("records/_forget.html", **asking))
    return _alone(form, record, "records/_forget.html", **asking)


@blueprint.post("/f/<form>/<record>/comments/<comment>/delete")
@policy("member")
def delete(form: str, record: str, comment: str) -> ResponseReturnValue:
    """Take it back; the place stays."""
    delete_comment(installation(), actor(), form, record, comment, request_id=request_id())
    if not htmx:
        return go(f"/f/{form}/{record}")
    found = read(lambda tx: _open(tx, form, record, comment))
    body = render_template("records/_said.html", at=f"/f/{form}/{record}", said=found)
    return fragment(body, retarget=f"#c-{comment}", reswap="outerHTML")


@blueprint.get("/f/<form>/<record>/people")
@policy("member")
def people(form: str, record: str) -> ResponseReturnValue:
    """Whom one may mention."""
    asked = request.args.get("q", "")[:40]
    found = find_people(installation(), actor(), form, record, asked)
    return fragment(render_template("records/_people.html", people=found, asked=asked))


def _open(tx: Transaction, form: str, record: str, comment: str) -> Said:
    model = installation().catalog.live(tx)
    query.get(tx, model, form, record)
    return said(tx, comments.one(tx, form, record, comment))


def _said(form: str, record: str, comment: str) -> ResponseReturnValue:
    found = read(lambda tx: _open(tx, form, record, comment))
    return fragment(render_template("records/_said.html", at=f"/f/{form}/{record}", said=found))


def _mending(form: str, record: str, found: Said, typed: str, why: str = "") -> ResponseReturnValue:
    status = 422 if why else 200
    filled = {"at": f"/f/{form}/{record}", "said": found, "typed": typed, "why": why}
    if htmx:
        body = render_template("records/_mend.html", **filled)
        return fragment(body, status, retarget=f"#c-{found.id}", reswap="outerHTML")
    return _alone(form, record, "records/_mend.html", **filled), status


def _alone(form: str, record: str, part: str, **filled: object) -> str:
    """A part of the trail on a page of its own, for browsers without scripts."""
    shown = read(lambda tx: open_page(tx, form, record))
    return render_template("records/comment.html", page=shown, part=part, **filled)
