"""Ctrl K: forms, records and acts by a few letters, of what one wrote or of its pinyin; and the forms one keeps at hand.
One rule: nothing is found here that its own page would not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..access import allowed
from ..actions.change_favourites import change_favourites
from ..actions.note_opened import note_opened
from ..people import at_hand
from ..records import query
from ..records.query import Query
from ..records.spelling import folded, spelled
from ..storage.model import Model
from ..storage.transaction import Transaction
from .current import actor, installation, read
from .htmx import fragment, htmx
from .language import say as _
from .policy import policy
from .shell import Link, menus
from .values import Row, rows_of

blueprint = Blueprint("palette", __name__)
#: Forms, records of one form, and records in all that are shown for one search.
FORMS, EACH, RECORDS = 8, 5, 15
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do: where it leads, its words, its icon."""

    href: str
    title: str
    icon: str = "file-plus"


@dataclass(frozen=True, slots=True)
class Found:
    """What fits the words; without words what was opened lately."""

    acts: tuple[Act, ...]
    forms: tuple[Link, ...]
    records: tuple[Row, ...]
    asked: str

    @property
    def empty(self) -> bool:
        return not (self.acts or self.forms or self.records)


@blueprint.get("/find")
@policy("member")
def page() -> ResponseReturnValue:
    """The search: a dialog over any page, or a page of its own; with `part` only what was found."""
    words = " ".join(request.args.get("q", "").split())[:LONGEST]
    found = read(lambda tx: find(tx, words))
    if htmx:
        part = "palette/_found.html" if "part" in request.args else "palette/_box.html"
        return fragment(render_template(part, found=found))
    return render_template("palette/page.html", found=found)


@blueprint.post("/f/<form>/favourite")
@policy("member")
def favourite(form: str) -> ResponseReturnValue:
    """Keep the form at hand, or no longer."""
    change_favourites(installation(), actor(), form, request.form.get("keep") == "1")
    return redirect(f"/f/{form}", 303)


@blueprint.after_app_request
def remember(answer: Response) -> Response:
    """A record that was shown as a page is one of those opened lately."""
    if request.endpoint == "records.page" and answer.status_code == 200:
        at = request.view_args or {}
        note_opened(installation(), actor(), at["form"], at["record"])
    return answer


def find(tx: Transaction, words: str) -> Found:
    """What the actor may open or do that fits the words."""
    model = installation().catalog.live(tx)
    links = [link for menu in menus(tx, model) for link in menu.links]
    plain = installation().catalog.plain.live(tx).definitions
    called = {link.form: f"{link.title} {plain.form(link.form).title}" for link in links}  # in either language
    if not words:
        kept = at_hand.favourite_forms(tx.conn, tx.actor.member) if tx.actor.member else []
        first = [link for link in links if link.form in kept]
        return Found((), tuple(first), tuple(opened_lately(tx, model)), words)
    fitting = [link for link in links if fits(called[link.form], words)]
    starts = [link for link in links if fits(_("New {form}", form=called[link.form]), words)]
    acts, records = tuple(_acts(tx, model, starts, words)), tuple(_records(tx, model, links, words))
    return Found(acts, tuple(fitting[:FORMS]), records, words)


def opened_lately(tx: Transaction, model: Model, limit: int = 10) -> list[Row]:
    """The records the actor opened last, those he may still see."""
    if tx.actor.member is None:
        return []
    wanted = at_hand.recent_records(tx.conn, tx.actor.member, limit)
    rows: dict[str, Row] = {}
    for form in dict.fromkeys(form for form, _record in wanted):
        if form not in model.definitions.forms or not allowed(tx, model, form, "view"):
            continue
        ids = ", ".join(f'"{record}"' for name, record in wanted if name == form)
        found = query.find(tx, model, form, Query(filter=f"$id in ({ids})", limit=limit))
        shown = rows_of(model, model.form(form), query.show(tx, model, installation().types, found))
        rows.update({row.href: row for row in shown})
    return [rows[href] for form, record in wanted if (href := f"/f/{form}/{record}") in rows]


def _acts(tx: Transaction, model: Model, starts: list[Link], words: str) -> Iterator[Act]:
    for link in starts:
        if allowed(tx, model, link.form, "create"):
            yield Act(f"/f/{link.form}/new", _("New {form}", form=link.title))
    for act in _places(tx):
        if fits(act.title, words):
            yield act


def _places(tx: Transaction) -> Iterator[Act]:
    yield Act("/", _("Workbench"), icon="layout-dashboard")
    yield Act("/me", _("My account"), icon="user")
    if tx.actor.is_admin:
        yield Act("/admin", _("Administration"), icon="settings")


def _records(tx: Transaction, model: Model, links: list[Link], words: str) -> Iterator[Row]:
    left = RECORDS
    for link in links:
        if left <= 0:
            return
        page = query.find(tx, model, link.form, Query(words=words, sort=("-$updated_at",), limit=min(EACH, left)))
        if page.items:
            yield from rows_of(model, model.form(link.form), query.show(tx, model, installation().types, page))
            left -= len(page.items)


def fits(title: str, words: str) -> bool:
    """Whether every word occurs in the title, its pinyin or the initials of it."""
    known = spelled(title)
    return all(word in known for word in folded(words).split())
