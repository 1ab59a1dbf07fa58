"""Many records of a list at once: which field, which value, what would happen, done, taken back. One rule: nothing is
changed that was not shown and counted first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..access import FieldAccess
from ..access import fields as field_access
from ..actions.change_many import LIMIT, Told, change_many, choose, undo_change
from ..definition.model import Form
from ..exchange import changes
from ..exchange.changes import Change
from ..fields.nesting import path_of, place
from ..fields.type import Unreadable
from ..kernel.errors import Conflict, Malformed
from ..kernel.ids import is_id
from ..kernel.problems import Problem
from ..pages.sentences import sentence
from ..pages.values import of, shown, title_of
from ..records import query
from ..records.query import Query
from ..records.titles import Titles
from ..storage.transaction import Transaction
from .current import actor, here, installation, locale, read
from .htmx import fragment, htmx
from .lists import asked as addresses
from .lists.choices import choices
from .lists.filters import Choice, Group, Row
from .lists.listing import Listing, frame
from .lists.sight import Sight, sight
from .lists.words import titles_of
from .policy import policy
from .values import reader

blueprint = Blueprint("many", __name__)
#: Records whose change is shown one by one before it is done, and problems that are told one by one.
SHOWN = 10
#: Types whose values are no matter of one small input.
_APART = frozenset(
    {"subtable", "attachment", "image", "signature", "json", "secret", "auto_number", "rich_text", "location", "address",
     "cascade", "date_range", "multi_reference", "tags", "multi_choice"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the preview: what it is called, what stands there, what would; why it cannot be."""

    title: str
    old: str = ""
    new: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the dialog asks. `ids` are the records, `fields` what may be changed, `choice` the chosen one, `row` its value as
    typed, `refused` why that cannot be read."""

    listing: Listing
    ids: list[str]
    fields: Mapping[str, Choice]
    choice: Choice | None = None
    row: Row | None = None
    refused: str = ""


@blueprint.get("/f/<form>/many")
@policy("member")
def past(form: str) -> ResponseReturnValue:
    """What one changed so, with the way back."""

    def act(tx: Transaction) -> tuple[Form, list[Change]]:
        return sight(tx, form).form, changes.latest(tx, form)

    found, made = read(act)
    return render_template("many/past.html", form=found, changes=made)


@blueprint.post("/f/<form>/many/edit")
@policy("member")
def edit(form: str) -> ResponseReturnValue:
    """Which field, and which value."""
    return _shown("many/_edit.html", ask=_question(form))


@blueprint.post("/f/<form>/many/try")
@policy("member")
def attempt(form: str) -> ResponseReturnValue:
    """What would happen; with `act=delete` to delete them."""
    asked = _question(form)
    values = None if _deletes() else _values(asked)
    if isinstance(values, str):
        return _shown("many/_edit.html", 422, ask=_refused(asked, values))
    told = change_many(installation(), actor(), form, asked.ids, values, dry=True)
    lines = read(lambda tx: _lines(tx, asked, told, values))
    return _shown("many/_try.html", ask=asked, told=told, lines=lines, deletes=_deletes(), shown=SHOWN)


@blueprint.post("/f/<form>/many/do")
@policy("member")
def do(form: str) -> ResponseReturnValue:
    """Do it; with `good` those that can be, else all or none."""
    asked = _question(form)
    values = None if _deletes() else _values(asked)
    if isinstance(values, str):
        return _shown("many/_edit.html", 422, ask=_refused(asked, values))
    told = change_many(installation(), actor(), form, asked.ids, values, good_only="good" in request.form)
    if told.change:
        return _shown("many/_done.html", ask=asked, told=told, deletes=_deletes())
    lines = read(lambda tx: _lines(tx, asked, told, values))
    return _shown("many/_try.html", 422, ask=asked, told=told, lines=lines, deletes=_deletes(), shown=SHOWN)


@blueprint.post("/f/<form>/many/<change>/undo")
@policy("member")
def undo(form: str, change: str) -> ResponseReturnValue:
    """Take it back; with `leave` all but what was touched since."""
    try:
        undone = undo_change(installation(), actor(), change, leave="leave" in request.form)
    except Conflict as error:
        if error.code != "already_done":
            raise
        undone = None
    return _shown("many/_undone.html", form_name=form, change=change, undone=undone)


def _shown(part: str, status: int = 200, **said: Any) -> ResponseReturnValue:
    if htmx:
        return fragment(render_template(part, **said), status)
    return render_template("many/page.html", part=part, **said), status


def _deletes() -> bool:
    return request.form.get("act") == "delete"


def _question(form: str) -> Question:
    """The list, the records chosen in it, the field and value if they are given already."""
    sent = request.form

    def act(tx: Transaction) -> tuple[Listing, dict[str, Choice], dict[str, str]]:
        seen = sight(tx, form)
        every = choices(tx, seen.model, seen.form, seen.access)
        edits = field_access(tx, seen.model, form)
        may = {each.name: each for each in _editable(seen.form, edits, every)}
        return frame(seen, addresses.read(sent)), may, _picked(seen, may.get(sent.get("field", "")), sent.getlist("v0"))

    listing, offered, titles = read(act)
    ids = [each for each in sent.getlist("id") if is_id(each)]
    if sent.get("all"):
        look, words = listing.look, listing.asked.search or None
        expected = int(sent["all"]) if sent["all"].isdecimal() else 0
        asked = Query(filter=look.filter or None, words=words, sort=look.sort)
        ids = choose(installation(), actor(), form, asked, expected)
    if not ids:
        raise Malformed("nothing_chosen", limit=LIMIT)
    choice = offered.get(sent.get("field", ""))
    row = Row(choice.name, "=", tuple(sent.getlist("v0"))) if choice is not None else None
    return Question(replace(listing, titles=titles), ids, offered, choice, row)


def _picked(seen: Sight, choice: Choice | None, values: list[str]) -> dict[str, str]:
    """What a picked record is called."""
    if choice is None or not choice.ref:
        return {}
    return titles_of(seen, Group(True, (Row(choice.name, "=", tuple(values)),)), {choice.name: choice})


def _editable(form: Form, access: FieldAccess, every: Mapping[str, Choice]) -> Iterator[Choice]:
    for each in form.fields:
        may = each.drawn and not each.computed and access.level(each.name) == "edit" and each.value_type not in _APART
        if may and each.name in every:
            yield every[each.name]


def _values(asked: Question) -> dict[str, Any] | str:
    """What is to be written, or why it cannot be read."""
    if asked.choice is None or asked.row is None or asked.choice.field is None or asked.choice.type is None:
        raise Malformed("unknown_field", name=request.form.get("field", "")[:80])
    field, kind = asked.choice.field, asked.choice.type
    value = kind.read_local(list(asked.row.values), field, here())
    try:
        kind.read(value, field)
    except Unreadable as error:
        return sentence(Problem(error.code, params=error.params), locale())
    values: dict[str, Any] = {}
    place(values, path_of(field.name, asked.listing.form.groups), value)
    return values


def _refused(asked: Question, why: str) -> Question:
    return replace(asked, refused=why)


def _lines(tx: Transaction, asked: Question, told: Told, values: Mapping[str, Any] | None) -> list[Line]:
    """The first records, those that cannot be changed before all others."""
    inst, form = installation(), asked.listing.form
    model = inst.catalog.live(tx)
    first = [*told.problems, *(each for each in asked.ids if each not in told.problems)][:SHOWN]
    named = ", ".join(f'"{each}"' for each in first)
    page = query.find(tx, model, form.full_name, Query(filter=f"$id in ({named})", limit=SHOWN))
    records = {each["id"]: each for each in query.show(tx, model, inst.types, page)}
    title = model.definitions.title_field(form.full_name)
    new = _new(tx, asked, values)
    return [_line(form, asked.choice, title, records.get(each), new, told.problems.get(each, [])) for each in first]


def _line(
    form: Form, choice: Choice | None, title: str | None, record: Mapping[str, Any] | None, new: str,
    problems: list[Problem],
) -> Line:  # fmt: skip
    why = "；".join(dict.fromkeys(sentence(each, locale()) for each in problems))
    if record is None:
        return Line("—", why=why)
    old = of(form, choice.name, record, reader()).text if choice is not None else ""
    return Line(title_of(form, record, title, reader()), old, new, why)


def _new(tx: Transaction, asked: Question, values: Mapping[str, Any] | None) -> str:
    """The new value in words."""
    choice, row = asked.choice, asked.row
    if values is None or choice is None or choice.field is None or row is None:
        return ""
    value: Any = values
    for part in path_of(choice.field.name, asked.listing.form.groups):
        value = value[part]
    if isinstance(value, str) and value in dict(choice.options):
        return dict(choice.options)[value]
    titles = Titles(tx, installation().catalog.live(tx))
    if choice.ref and isinstance(value, str):
        titles.want_ids(choice.ref, (value,))
    return shown(choice.field, value, titles.named(choice.ref, value) if choice.ref and value else None, reader()).text
