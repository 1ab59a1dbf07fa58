"""The bell and the page of notices. One rule: a notice says of its record what its reader may see of it now; of a record one
can no longer see nothing is said, neither title nor words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ..actions.mark_notices import mark_notices
from ..kernel.errors import DougongError
from ..notify import Notice, mine, unread
from ..notify.notices import COUNTED
from ..pages import formats
from ..pages.catalogue import counted, mark, said
from ..pages.values import title_of
from ..records import comments, query
from ..records.query import Query
from ..storage.transaction import Transaction
from .current import actor, installation, locale, read, signed_in, today
from .historyview import who
from .htmx import fragment, go, htmx
from .language import say
from .policy import policy
from .values import reader

blueprint = Blueprint("notices", __name__)
PAGE = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """A sentence about {who}, {title} and the notice's own params, and how it looks."""

    words: str
    icon: str
    hue: str = ""


#: What each kind of notice says. Who tells of something new adds its line here.
KINDS: Mapping[str, Kind] = {
    "mentioned": Kind(mark("{who} mentioned you: {title}"), icon="at"),
    "commented": Kind(mark("{who} commented on your record: {title}"), icon="message"),
    "approved": Kind(mark("{who} approved: {title}"), icon="check", hue="green"),
    "rejected": Kind(mark("{who} rejected: {title}"), icon="x", hue="red"),
    "import_tried": Kind(mark("Dry run of {file} done: {good} good, {bad} bad"), icon="file-import"),
    "imported": Kind(
        counted("good", "{file} imported: {good} record", "{file} imported: {good} records"),
        icon="file-import",
        hue="green",
    ),
    "import_undone": Kind(mark("Import of {file} undone"), icon="arrow-back-up"),
    "import_refused": Kind(mark("The import of {file} could not be finished"), icon="alert-circle", hue="red"),
}
_GONE = mark("You cannot see this record any more")


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is drawn; `href` is empty where there is nothing to open."""

    id: str
    icon: str
    hue: str
    text: str
    note: str
    at: str
    href: str
    read: bool


@blueprint.app_context_processor
def bell() -> dict[str, object]:
    """`unread_notices()` for the frame."""
    return {"unread_notices": _unread}


def _unread() -> int:
    if "unread" not in g:
        g.unread = read(unread) if signed_in() else 0
    return int(g.unread)


def shown(count: int) -> str:
    """99+ beyond what is counted."""
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count)


@blueprint.get("/notices")
@policy("member")
def page() -> ResponseReturnValue:
    """What I was told: what is new, or all."""
    everything = request.args.get("show") == "all"
    before = request.args.get("before")
    found = read(lambda tx: mine(tx, only_unread=not everything, limit=PAGE + 1, before=before))
    lines = read(lambda tx: list(_lines(tx, found[:PAGE])))
    following = found[PAGE - 1].id if len(found) > PAGE else None
    said = {"lines": lines, "next": following, "everything": everything}
    if htmx and before:
        return fragment(render_template("notices/_lines.html", **said))
    return render_template("notices/page.html", **said)


@blueprint.get("/notices/bell")
@policy("member")
def count() -> ResponseReturnValue:
    """The bell, when it has something else to say than it said last; else nothing."""
    if request.args.get("n") == str(_unread()):
        return "", 204
    return fragment(render_template("notices/_count.html", again=True))


@blueprint.post("/notices/read")
@policy("member")
def read_all() -> ResponseReturnValue:
    """All of it is read."""
    mark_notices(installation(), actor())
    return go("/notices")


@blueprint.post("/notices/<notice>/read")
@policy("member")
def read_one(notice: str) -> ResponseReturnValue:
    """One is read."""
    mark_notices(installation(), actor(), notice=notice)
    g.pop("unread", None)
    if not htmx:
        return go("/notices")
    return fragment(render_template("notices/_count.html", again=True, oob=True))


def _lines(tx: Transaction, found: list[Notice]) -> Iterable[Line]:
    titles = _titles(tx, found)
    about = [str(each.params["comment"]) for each in found if "comment" in each.params and each.record in titles]
    words = comments.texts(tx, about) if about else {}
    for each in found:
        yield _line(each, titles, words)


def _line(notice: Notice, titles: Mapping[str, str], words: Mapping[str, str]) -> Line:
    kind = KINDS.get(notice.kind) or Kind("{title}", icon="bell")
    at = formats.moment(notice.at, installation().settings.zone, today())
    if notice.record is not None and notice.record not in titles:
        return Line(notice.id, "bell", "", say(_GONE), "", at, "", notice.read)
    href = str(notice.params.get("href", ""))
    if notice.record is not None:
        href = f"/f/{notice.form}/{notice.record}" + ("#trail" if "comment" in notice.params else "")
    given = {**notice.params, "who": who(notice.by_name), "title": titles.get(notice.record or "", "")}
    text = said(kind.words, locale(), given)
    note = words.get(str(notice.params.get("comment", "")), "")
    return Line(notice.id, kind.icon, kind.hue, text, note[:200], at, href if href.startswith("/") else "", notice.read)


def _titles(tx: Transaction, found: Iterable[Notice]) -> dict[str, str]:
    """The titles of those records the reader may see, by id; one question a form."""
    by_form: dict[str, set[str]] = {}
    for each in found:
        if each.form and each.record:
            by_form.setdefault(each.form, set()).add(each.record)
    titles: dict[str, str] = {}
    for form, ids in by_form.items():
        try:
            titles |= _titled(tx, form, ids)
        except DougongError:  # the form is gone, or nothing of it may be seen
            continue
    return titles


def _titled(tx: Transaction, form: str, ids: Iterable[str]) -> dict[str, str]:
    model, types = installation().catalog.live(tx), installation().types
    wanted = ", ".join(f"'{each}'" for each in sorted(ids))
    page = query.find(tx, model, form, Query(filter=f"$id in ({wanted})", limit=PAGE))
    definition, title = model.definitions.form(form), model.definitions.title_field(form)
    return {
        each["id"]: f"{definition.title} {title_of(definition, each, title, reader())}"
        for each in query.show(tx, model, types, page)
    }
