"""The workbench: what waits for me, what I have to finish, what I wrote lately, what I may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..access import allowed
from ..definition.model import Form
from ..forms.sheets import my_sheets
from ..pages.catalogue import mark
from ..records import query
from ..records.query import Query
from ..storage.model import Model
from ..storage.transaction import Transaction
from .current import installation, read, today
from .language import say as _
from .palette import opened_lately
from .policy import policy
from .shell import Link, menus
from .values import Row, rows_of

blueprint = Blueprint("workbench", __name__)
EACH, SHOWN, LATELY = 10, 20, 6
_DAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"), mark("Sunday"),
)  # fmt: skip
_WAITING = "$state = 'in_approval'"
_OPEN = "$owner = me() and $state in ('draft', 'rejected', 'withdrawn')"
_MINE = "$created_by = me() or $owner = me()"


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows; `unsaved` counts the forms begun and not saved."""

    waiting: list[Row]
    open: list[Row]
    mine: list[Row]
    starts: list[Link]
    lately: list[Row]
    unsaved: int


@blueprint.get("/")
@policy("member")
def page() -> ResponseReturnValue:
    """The workbench."""
    board = read(_board)
    return render_template(
        "workbench/page.html", waiting=board.waiting, open=board.open, mine=board.mine, starts=board.starts,
        lately=board.lately, unsaved=board.unsaved, day=day_words(today()),
    )  # fmt: skip


@blueprint.get("/apps")
@policy("member")
def apps() -> ResponseReturnValue:
    """Every module with its forms: the phone's menu."""
    return render_template("workbench/apps.html")


def day_words(day: date) -> str:
    """12-31 周三."""
    return f"{day:%m-%d} {_(_DAYS[day.weekday()])}"


def _board(tx: Transaction) -> Board:
    model = installation().catalog.live(tx)
    forms = [form for form in model.definitions.forms.values() if allowed(tx, model, form.full_name, "view")]
    papers = [form for form in forms if form.is_document]
    waiting = _found(tx, model, papers, _WAITING, "$updated_at") if tx.actor.is_admin else []
    return Board(
        _latest(waiting, reverse=False),
        _latest(_found(tx, model, papers, _OPEN)),
        _latest(_found(tx, model, [form for form in forms if form.kind != "log"], _MINE))[:EACH],
        list(_starts(tx, model)),
        opened_lately(tx, model, LATELY),
        len(my_sheets(tx, limit=SHOWN)),
    )


def _found(tx: Transaction, model: Model, forms: Iterable[Form], filter_: str, sort: str = "-$updated_at") -> list[Row]:
    rows: list[Row] = []
    for form in forms:
        page = query.find(tx, model, form.full_name, Query(filter=filter_, sort=(sort,), limit=EACH))
        rows += rows_of(model, form, query.show(tx, model, installation().types, page))
    return rows


def _latest(rows: Iterable[Row], *, reverse: bool = True) -> list[Row]:
    return sorted(rows, key=lambda row: row.updated, reverse=reverse)[:SHOWN]


def _starts(tx: Transaction, model: Model) -> Iterator[Link]:
    """Documents first: they are what people write daily."""
    links = [link for menu in menus(tx, model) for link in menu.links]
    writable = [link for link in links if allowed(tx, model, link.form, "create")]
    writable.sort(key=lambda link: not model.definitions.forms[link.form].is_document)
    yield from writable[:8]
