"""The recycle bin of a form: what was deleted, until when it can come back, who did it. One rule: it shows what the right
to delete covers; only an admin empties it before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..actions.purge_records import purge_records
from ..actions.transition_record import transition_record
from ..definition.model import Form
from ..kernel.errors import Conflict, Invalid, NotFound
from ..pages.sentences import error_sentence, sentence
from ..pages.values import title_of
from ..records import query
from ..records.present import instant
from ..records.purge import DAYS
from ..records.query import Query
from ..storage.transaction import Transaction
from .current import actor, installation, locale, read, request_id
from .policy import policy
from .values import reader

blueprint = Blueprint("bin", __name__)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Gone:
    """A deleted record. `at` is an RFC 3339 instant, `left` the days until it is removed for good."""

    id: str
    title: str
    by: str
    at: str | None
    left: int


@dataclass(frozen=True, slots=True)
class Bin:
    """One page of the bin."""

    form: Form
    gone: list[Gone]
    next: str | None
    may_purge: bool


@blueprint.get("/f/<form>/bin")
@policy("member")
def page(form: str) -> ResponseReturnValue:
    """What was deleted, the latest change first; `did` tells what has just been done."""
    return _page(form, did=request.args.get("did", ""), record=request.args.get("record", ""))


@blueprint.post("/f/<form>/bin/<record>/<act>")
@policy("member")
def do(form: str, record: str, act: str) -> ResponseReturnValue:
    """Bring a record back, or remove it for good."""
    try:
        if act == "restore":
            transition_record(installation(), actor(), form, record, "restore", request_id=request_id())
        elif act == "purge":
            purge_records(installation(), actor(), form, [record])
        else:
            raise NotFound("not_found", act=act[:40])
    except Invalid as error:
        return _page(form, refused="；".join(sentence(each, locale()) for each in error.problems)), 422
    except Conflict as error:
        return _page(form, refused=error_sentence(error, locale())), 409
    return redirect(f"/f/{form}/bin?{urlencode({'did': act, 'record': record})}", 303)


def _page(form: str, **said: str) -> str:
    after = request.args.get("after") or None
    return render_template("bin/page.html", bin=read(lambda tx: _open(tx, form, after)), said=said)


def _open(tx: Transaction, name: str, after: str | None) -> Bin:
    inst = installation()
    model = inst.catalog.live(tx)
    form = model.definitions.form(name)
    asked = Query(sort=("-$updated_at",), limit=PAGE, after=after, deleted=True)
    found = query.find(tx, model, name, asked)
    shown = query.show(tx, model, inst.types, found)
    title = model.definitions.title_field(name)
    gone = []
    for kept, each in zip(found.items, shown, strict=True):
        since = tx.now - (kept.deleted_at or tx.now)
        left = max(0, (timedelta(days=DAYS) - since).days)
        by = str(each["titles"].get("$updated_by") or "")
        gone.append(Gone(kept.id, title_of(form, each, title, reader()), by, instant(kept.deleted_at), left))
    return Bin(form, gone, found.next, tx.actor.is_admin)
