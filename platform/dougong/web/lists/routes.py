"""Lists on the web: the page, what changes it, what follows. One rule: the address is the list; whoever is given it sees the
same question answered with his own rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...actions.choose_view import choose_view
from ...actions.find_options import find_any
from ...kernel.errors import NotFound
from ...people import preferences
from ...storage.transaction import Transaction
from ..current import actor, here, installation, read
from ..htmx import fragment, htmx
from ..policy import policy
from ..values import reader
from . import asked as addresses
from . import filters, kinds, panels
from .asked import Asked
from .choices import choices
from .days import DAYS
from .filters import OPERATORS, Group
from .listing import Listing, more_lines, open_list
from .panels import Panels
from .sight import sight
from .words import group_title

blueprint = Blueprint("lists", __name__)


@blueprint.get("/f/<form>")
@policy("member")
def page(form: str) -> ResponseReturnValue:
    """A list; asked by htmx the part that changed."""
    asked = addresses.read(request.args)
    if not htmx and not asked.panel and asked.filter:
        asked = replace(asked, panel="filter", auto=True)
    return answer(form, lambda tx: open_list(tx, form, asked))


@blueprint.get("/f/<form>/rows")
@policy("member")
def more(form: str) -> ResponseReturnValue:
    """The rows that follow, of the list, a group (`within`) or a record of a tree (`below`)."""
    asked, sent = addresses.read(request.args), request.args
    level = sent.get("level", "1")
    listing = read(
        lambda tx: more_lines(
            tx,
            form,
            asked,
            sent.get("within", "")[:2000],
            sent.get("below", ""),
            int(level) if level in "123456" else 1,
        )
    )
    extra = {name: sent[name] for name in ("within", "below", "level") if name in sent}
    said = {"list": listing, "lines": listing.lines, "next": listing.next, "extra": extra}
    return fragment(render_template("lists/_rows.html", **said, **_words(listing)))


@blueprint.get("/f/<form>/filter")
@policy("member")
def build(form: str) -> ResponseReturnValue:
    """The filter builder was touched: its rows become the formula, the address follows."""
    asked = replace(addresses.read(request.args), panel="filter")

    def act(tx: Transaction) -> Listing:
        seen = sight(tx, form)
        known = choices(tx, seen.model, seen.form, seen.access)
        text, group = _built(known)
        listing = open_list(tx, form, _filtered(asked, text, group is None))
        shown = group if group is not None else listing.group if listing.asked.panel == "filter" else None
        return replace(listing, group=shown, choices=known)

    return answer(form, act, push=True)


def _built(known: filters.Choices) -> tuple[str, Group | None]:
    """The formula that was built or written, and its rows (None: it is being written by hand)."""
    sent = request.args
    if "clear" in sent:
        return "", Group()
    if "rows" in sent:
        return sent.get("formula", "").strip(), filters.builder(sent.get("formula", ""), known, here())
    if "write" in sent or "formula" in sent:
        return sent.get("write", sent.get("formula", "")).strip(), None
    return filters.formula(filters.from_request(sent, sent.getlist, known), known, here())


def _filtered(asked: Asked, text: str, formula: bool) -> Asked:
    return replace(asked.with_changes(filter=text), panel="formula" if formula else "filter")


@blueprint.get("/f/<form>/sort")
@policy("member")
def sort(form: str) -> ResponseReturnValue:
    """The sorts were touched."""
    asked = replace(addresses.read(request.args), panel="sort").with_changes(sort=panels.sort_sent(request.args))
    return answer(form, lambda tx: open_list(tx, form, asked), push=True)


@blueprint.get("/f/<form>/group")
@policy("member")
def group(form: str) -> ResponseReturnValue:
    """The groups were touched."""
    asked = replace(addresses.read(request.args), panel="group").with_changes(group=panels.group_sent(request.args))
    return answer(form, lambda tx: open_list(tx, form, asked), push=True)


@blueprint.post("/f/<form>/columns")
@policy("member")
def columns(form: str) -> ResponseReturnValue:
    """The columns were touched: they are kept for this member and view; totals stand in the address."""
    sent = request.form
    asked = replace(addresses.read(sent), panel="columns")
    names = [] if "reset" in sent else panels.columns_sent(sent.getlist, sent)
    if "view-key" not in sent:
        raise NotFound("not_found", view="")
    choose_view(installation(), actor(), form, sent["view-key"], columns=names)
    kept = {name: value for name, value in asked.changes if name != "columns"}
    asked = replace(asked, changes=tuple(kept.items()))
    if "reset" not in sent:
        asked = asked.with_changes(totals=panels.totals_sent(sent))
    return answer(form, lambda tx: open_list(tx, form, asked), push=True)


@blueprint.get("/f/<form>/filter/options")
@policy("member")
def options(form: str) -> ResponseReturnValue:
    """What a picker of the builder offers: `field` is a choice's name, `q` the words."""
    wanted = request.args.get("field", "")[:200]

    def ref(tx: Transaction) -> str:
        seen = sight(tx, form)
        choice = choices(tx, seen.model, seen.form, seen.access).get(wanted)
        if choice is None or not choice.ref:
            raise NotFound("not_found", field=wanted)
        return choice.ref

    words = next((request.args[each] for each in request.args if each.startswith("$q")), "")[:100]
    found = find_any(installation(), actor(), read(ref), words)
    return fragment(render_template("lists/_options.html", items=found.items, more=found.more))


# ------------------------------------------------------------------------------------------------ answers


def answer(
    form: str, act: Callable[[Transaction], Listing], *, push: bool = False, refused: str = ""
) -> ResponseReturnValue:
    """The list as a page, as the fragment #list, or for what pushes its address and knows no htmx, a way there."""

    def both(tx: Transaction) -> tuple[Listing, Panels, dict[str, str]]:
        listing = act(tx)
        seen = sight(tx, form)
        look = listing.look
        offered = panels.panels(seen, listing.asked.panel, look.columns, look.totals, look.sort, look.kind)
        return listing, offered, {each: group_title(seen, each) for each in look.group}

    listing, offered, titles = read(both)
    address = listing.asked.address(form)
    if push and not htmx:
        return redirect(address + ("&" if "?" in address else "?") + f"panel={listing.asked.panel}", 303)
    said = {
        "list": listing, "panels": offered, "group_titles": titles, "said": refused, "lines": listing.lines,
        "next": listing.next, "extra": {}, **_words(listing),
    }  # fmt: skip
    if not htmx:
        return render_template("lists/page.html", **said)
    body = render_template("lists/_list.html", **said)
    return fragment(body, push_url=address) if push else fragment(body)


def _shortcuts(tx: Transaction) -> bool:
    """Whether single keys do something: a member may switch that off."""
    chosen = preferences.of(tx.conn, tx.actor.member) if tx.actor.member else {}
    return chosen.get(preferences.SHORTCUTS) != preferences.OFF


def _words(listing: Listing) -> dict[str, Any]:
    name = listing.form.full_name

    def link(**changed: str | None) -> str:
        return listing.asked.address(name, **changed)

    return {
        "link": link, "operators": OPERATORS, "days": DAYS, "reader": reader(), "today": here().today,
        "cards": request.cookies.get("rows") != "table", "both_filters": kinds.both, "keys": read(_shortcuts),
    }  # fmt: skip
