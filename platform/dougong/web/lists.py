"""Lists: a page of records, its filter builder, `show 50 more`. One rule: the address is the list; whoever is given it sees
the same question answered with his own rights."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..kernel.errors import FormulaError, Malformed
from ..pages.sentences import error_sentence
from . import filters
from .current import locale, read
from .filters import OPERATORS, Condition
from .htmx import fragment, htmx
from .listing import Asked, Listing, here, open_list
from .policy import policy
from .values import reader

blueprint = Blueprint("lists", __name__)


@blueprint.get("/f/<form>")
@policy("member")
def page(form: str) -> ResponseReturnValue:
    """A list; asked by htmx the part that changed, with `after` the rows that follow."""
    asked = _asked()
    listing, refused = _open(form, asked)
    rows = filters.rows_of(asked.filter, listing.choices, here())
    if htmx and asked.after:
        return fragment(render_template("lists/_rows.html", list=listing, address=_address(listing.asked)))
    if htmx:
        return fragment(_list("lists/_list.html", listing, rows, refused))
    return _list("lists/page.html", listing, rows, refused)


@blueprint.get("/f/<form>/filter")
@policy("member")
def build(form: str) -> ResponseReturnValue:
    """The filter builder was touched: its rows become the formula, the address follows."""
    asked = _asked()
    listing, refused = _open(form, Asked(asked.view, "", asked.sort, asked.search))
    written, rows = _built(listing)
    wanted = Asked(asked.view, written, asked.sort, asked.search)
    if not htmx:
        return redirect(address(form, wanted), 303)
    listing, refused = _open(form, wanted)
    return fragment(_list("lists/_list.html", listing, rows, refused), push_url=address(form, wanted))


def _built(listing: Listing) -> tuple[str, list[Condition] | None]:
    """The formula that was built or written, and its rows (None: it is being written by hand)."""
    sent = request.args
    if "clear" in sent:
        return "", []
    if "write" in sent or "formula" in sent:
        return sent.get("write", sent.get("formula", "")).strip(), None
    return filters.formula(filters.from_request(sent, sent.getlist, listing.choices), listing.choices, here())


def address(form: str, asked: Asked) -> str:
    """The address of a list."""
    given = {"view": asked.view, "filter": asked.filter, "sort": asked.sort, "q": asked.search}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/f/{form}" + (f"?{query}" if query else "")


def _asked() -> Asked:
    sent = request.args
    return Asked(
        sent.get("view", ""), sent.get("filter", ""), sent.get("sort", ""), sent.get("q", "")[:200],
        sent.get("after") or None,
    )  # fmt: skip


def _open(form: str, asked: Asked) -> tuple[Listing, str]:
    """The list; a filter that cannot be understood shows the list without it and what is wrong."""
    try:
        return read(lambda tx: open_list(tx, form, asked)), ""
    except (Malformed, FormulaError) as error:
        if not asked.filter or asked.after:
            raise
        plain = Asked(asked.view, "", asked.sort, asked.search)
        listing = read(lambda tx: open_list(tx, form, plain))
        return Listing(**{**_fields(listing), "asked": asked, "narrowed": True}), error_sentence(error, locale())


def _fields(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in Listing.__slots__}


def _list(template: str, listing: Listing, rows: list[Condition] | None, refused: str) -> str:
    def link(**changed: str) -> str:
        asked = listing.asked
        given = {"view": asked.view, "filter": asked.filter, "sort": asked.sort, "search": asked.search, **changed}
        return address(listing.form.full_name, Asked(**given))

    return render_template(
        template, list=listing, rows=rows, refused=refused, operators=OPERATORS, link=link, reader=reader(),
        address=_address(listing.asked), today=here().today,
    )  # fmt: skip


def _address(asked: Asked) -> str:
    given = {"view": asked.view, "filter": asked.filter, "sort": asked.sort, "q": asked.search}
    return urlencode({name: value for name, value in given.items() if value})
