"""Saved views of a form's list (`dg_saved_view`) and what a member chose for himself (`dg_view_choice`: the view he begins
with, his columns of a view), migration 0040.

One rule: a view is a question, never a right. Whoever opens it gets its answer with his own rights; it is changed by its
member, a shared one by who may design the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, column, delete, func, insert, or_, select, table, update

from ..access import allowed
from ..kernel.errors import Forbidden, Invalid, Malformed, NotFound
from ..kernel.ids import is_id, new_id
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.transaction import Transaction
from ..storage.types import Bool, Id, Instant, Int, JsonText, Text

KINDS = ("list", "tree", "board", "calendar")
#: Views of one form that a member may keep (or that may be shared), letters of a title, of a look as JSON.
MOST = 50
LONGEST = 60
LARGEST = 20_000

views = table(
    "dg_saved_view",
    column("id", Id()),
    column("form", Text()),
    column("member", Id()),
    column("shared", Bool()),
    column("title", Text()),
    column("position", Int()),
    column("look", JsonText()),
    column("created_at", Instant()),
    column("updated_at", Instant()),
)
choices = table(
    "dg_view_choice",
    column("member", Id()),
    column("form", Text()),
    column("view", Text()),
    column("starred", Bool()),
    column("columns", JsonText()),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a view asks for: names of `columns` in their order, a `filter` formula, `sort` keys as the API takes them,
    up to two things to `group` by, the function of each column's total, the `date` field of a calendar (start)."""

    kind: str = "list"
    columns: tuple[str, ...] = ()
    filter: str = ""
    sort: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    date: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """A view somebody saved; `member` is its author."""

    id: str
    form: str
    member: str | None
    shared: bool
    title: str
    look: Look


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the acting member chose in one form: the view to begin with ("" = none) and columns by view."""

    starred: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def all_of(tx: Transaction, form: str) -> list[Saved]:
    """The shared views, then the acting member's own, each in their order."""
    query = select(views).where(views.c.form == form, or_(views.c.shared.is_not_distinct_from(True), _mine(tx)))
    rows = tx.conn.execute(query.order_by(views.c.shared.desc(), views.c.position, views.c.id)).mappings()
    return [_saved(row) for row in rows]


def get(tx: Transaction, form: str, view: str) -> Saved:
    """One view the acting member may open. Raises NotFound."""
    found = next((each for each in all_of(tx, form) if each.id == view), None)
    if found is None:
        raise NotFound("not_found", view=view[:40])
    return found


def may_share(tx: Transaction, model: Model, form: str) -> bool:
    """Whether the actor may share views of the form and change shared ones."""
    return tx.actor.is_admin or allowed(tx, model, form, "design")


def may_change(tx: Transaction, model: Model, view: Saved) -> bool:
    """Whether the actor may change, rename or delete the view."""
    return may_share(tx, model, view.form) if view.shared else view.member == tx.actor.member


def add(tx: Transaction, model: Model, form: str, title: str, look: Look, *, shared: bool = False) -> str:
    """Save a new view, after the others; its id. The same view under the same title is the one that stands: a button was
    pressed twice. Raises Invalid (`view_exists` for another view of that title), Malformed, Forbidden."""
    if shared and not may_share(tx, model, form):
        raise Forbidden("forbidden", form=form, action="design")
    kin = (
        views.c.form == form,
        views.c.shared.is_not_distinct_from(True)
        if shared
        else (views.c.shared.is_not_distinct_from(False) & _mine(tx)),
    )
    called = _titled(title)
    same = next((each for each in _kin(tx, form, shared) if each.title == called), None)
    if same is not None and _written(same.look) == _written(look):
        return same.id
    if same is not None:
        raise _taken(called)
    count, last = tx.conn.execute(select(func.count(), func.max(views.c.position)).where(*kin)).one()
    if count >= MOST:
        raise Malformed("too_many", limit=MOST)
    row = {
        "id": new_id(), "form": form, "member": tx.actor.member, "shared": shared, "title": called,
        "position": (last or 0) + 1, "look": _written(look), "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    tx.conn.execute(insert(views).values(row))
    return str(row["id"])


def change(
    tx: Transaction,
    model: Model,
    form: str,
    view: str,
    *,
    title: str | None = None,
    look: Look | None = None,
    shared: bool | None = None,
) -> None:
    """Change what is given. Raises NotFound, Forbidden, Invalid."""
    found = _changeable(tx, model, form, view)
    values: dict[str, Any] = {"updated_at": tx.now}
    if title is not None:
        values["title"] = called = _titled(title)
        if any(each.title == called and each.id != view for each in _kin(tx, form, found.shared)):
            raise _taken(called)
    if look is not None:
        values["look"] = _written(look)
    if shared is not None and shared != found.shared:
        if not may_share(tx, model, form):
            raise Forbidden("forbidden", form=form, action="design")
        values["shared"] = shared
    tx.conn.execute(update(views).where(views.c.id == view).values(values))


def remove(tx: Transaction, model: Model, form: str, view: str) -> None:
    """Delete a view and what was chosen of it. Raises NotFound, Forbidden."""
    _changeable(tx, model, form, view)
    tx.conn.execute(delete(views).where(views.c.id == view))
    tx.conn.execute(delete(choices).where(choices.c.form == form, choices.c.view == view))


def move(tx: Transaction, model: Model, form: str, view: str, by: int) -> None:
    """Move a view one place up (-1) or down (1) among its like. Raises NotFound, Forbidden."""
    found = _changeable(tx, model, form, view)
    kin = [each for each in all_of(tx, form) if each.shared == found.shared]
    at = next(index for index, each in enumerate(kin) if each.id == view)
    to = max(0, min(len(kin) - 1, at + by))
    kin.insert(to, kin.pop(at))
    for position, each in enumerate(kin):
        tx.conn.execute(update(views).where(views.c.id == each.id).values(position=position))


# ------------------------------------------------------------------------------------------------ each member's own


def chosen(tx: Transaction, form: str) -> Chosen:
    """What the acting member chose."""
    rows = tx.conn.execute(select(choices).where(_my_choices(tx, form))).all()
    starred = next((row.view for row in rows if row.starred), "")
    return Chosen(starred, {row.view: tuple(row.columns) for row in rows if row.columns})


def star(tx: Transaction, form: str, view: str) -> None:
    """Begin with this view from now on; "" = with the form's own default."""
    tx.conn.execute(update(choices).where(_my_choices(tx, form)).values(starred=False))
    if view:
        _choose(tx, form, view, {"starred": True})


def keep_columns(tx: Transaction, form: str, view: str, names: Sequence[str]) -> None:
    """The member's columns of a view, none = those of the view itself."""
    _choose(tx, form, view, {"columns": list(names) or None})


def _choose(tx: Transaction, form: str, view: str, values: Mapping[str, Any]) -> None:
    here = (_my_choices(tx, form), choices.c.view == view)
    if tx.actor.member is None:
        return
    if not tx.conn.execute(update(choices).where(*here).values(values)).rowcount:
        row = {"member": tx.actor.member, "form": form, "view": view, "starred": False, "columns": None, **values}
        tx.conn.execute(insert(choices).values(row))


def _my_choices(tx: Transaction, form: str) -> ColumnElement[bool]:
    return choices.c.member.is_not_distinct_from(tx.actor.member) & (choices.c.form == form)


def _mine(tx: Transaction) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = views.c.member.is_not_distinct_from(tx.actor.member)
    return mine


def _changeable(tx: Transaction, model: Model, form: str, view: str) -> Saved:
    if not is_id(view):
        raise NotFound("not_found", view=view[:40])
    found = get(tx, form, view)
    if not may_change(tx, model, found):
        raise Forbidden("forbidden", form=form, action="design")
    return found


def _kin(tx: Transaction, form: str, shared: bool) -> list[Saved]:
    """The views that stand beside one: the shared ones, or the member's own."""
    return [each for each in all_of(tx, form) if each.shared == shared]


def _taken(title: str) -> Invalid:
    return Invalid([Problem("view_exists", "/title", {"value": title})])


def _titled(title: str) -> str:
    short = " ".join(title.split())
    if not 1 <= len(short) <= LONGEST:
        raise Invalid([Problem("length", "/title", {"min": 1, "max": LONGEST})])
    return short


def _written(look: Look) -> dict[str, Any]:
    if look.kind not in KINDS:
        raise Malformed("type", expected=KINDS)
    if sum(map(len, _texts(look))) > LARGEST:
        raise Malformed("too_long", limit=LARGEST)
    return asdict(look)


def _texts(look: Look) -> Iterable[str]:
    yield look.filter
    for some in (look.columns, look.sort, look.group, look.totals, look.date):
        yield from some


def _saved(row: Mapping[Any, Any]) -> Saved:
    kept = row["look"]
    look = Look(
        kept.get("kind", "list"), tuple(kept.get("columns", ())), kept.get("filter", ""), tuple(kept.get("sort", ())),
        tuple(kept.get("group", ())), dict(kept.get("totals", {})), dict(kept.get("date", {})),
    )  # fmt: skip
    return Saved(row["id"], row["form"], row["member"], row["shared"], row["title"], look)
