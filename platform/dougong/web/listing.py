"""What a list shows: the view asked for, its columns cut to what the member may see, the page of records, what one may
filter and sort by. One rule: everything is asked of `records.query`, which adds the rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..access import FieldAccess, allowed, require_form
from ..access import fields as field_access
from ..definition.model import Field, Form, View
from ..definition.names import is_system
from ..fields.type import Here
from ..formula.parser import parse
from ..formula.printer import literal_text, name_text
from ..pages.catalogue import text
from ..pages.environment import state_title
from ..pages.values import NUMBERS, SYSTEM, Shown, column_title, of
from ..people import members
from ..records import query, sorting
from ..records.query import Query
from ..records.seen import Eyes
from ..records.states import states
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import filters
from .current import installation, locale, today
from .filters import Choice
from .language import say
from .values import reader

PAGE = 50
_TEXTS = ("text", "auto_number", "long_text")
_NO_COLUMN = frozenset({"subtable", "json", "attachment", "long_text"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    view: str = ""
    filter: str = ""
    sort: str = ""
    search: str = ""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`sort` is the address' sort value when the head is clicked, "" where the list cannot be sorted so; `order` what
    aria-sort says, `card` its place on a phone's card (p1 … p4, "" = not there)."""

    name: str
    title: str
    number: bool
    sort: str = ""
    order: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the page, a cell for each column."""

    id: str
    state: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the templates draw."""

    form: Form
    asked: Asked
    views: tuple[View, ...]
    view: View
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    next: str | None
    count: int
    more: bool
    choices: Mapping[str, Choice]
    may_create: bool
    narrowed: bool


def here() -> Here:
    """Where and when the member types."""
    return Here(installation().settings.zone, today())


def open_list(tx: Transaction, name: str, asked: Asked) -> Listing:
    """One page. Raises NotFound, Forbidden, Malformed."""
    inst = installation()
    model = inst.catalog.live(tx)
    form = model.definitions.form(name)
    require_form(tx, model, name)
    access = field_access(tx, model, name)
    views = tuple(_views(tx, form))
    view = next((each for each in views if each.name == asked.view), views[0])
    names = [each for each in _columns(form, view) if _visible(model, form, access, each)]
    sort = asked.sort or ",".join(view.sort)
    page = _find(tx, model, form, access, view, asked, names, sort)
    shown = query.show(tx, model, inst.types, page)
    eyes = Eyes(tx, model, name)
    return Listing(
        form, replace(asked, sort=asked.sort), views, view,
        _columns_of(eyes, form, names, sort),
        tuple(_line(form, names, record) for record in shown),
        page.next, page.count or 0, page.more, choices(tx, model, form, access),
        allowed(tx, model, name, "create") and form.kind != "log", bool(asked.filter or asked.search),
    )  # fmt: skip


def _find(
    tx: Transaction,
    model: Model,
    form: Form,
    access: FieldAccess,
    view: View,
    asked: Asked,
    names: list[str],
    sort: str,
) -> query.Page:
    if asked.filter.strip():
        parse(asked.filter)  # by itself: a stray bracket must not reach into the view's own filter
    parts = [view.filter.text if view.filter else "", asked.filter, _search(form, access, asked.search)]
    condition = " and ".join(f"({each})" for each in parts if each.strip())
    asked_fields = [_quoted(each) for each in names if not is_system(each)] or ["$id"]
    return query.find(
        tx, model, form.full_name,
        Query(filter=condition or None, sort=[sort] if sort else ["-$created_at"], fields=asked_fields, limit=PAGE,
              after=asked.after, count=asked.after is None),
    )  # fmt: skip


def _quoted(name: str) -> str:
    return ".".join("`" + part.replace("`", "``") + "`" for part in name.split("."))


def _search(form: Form, access: FieldAccess, words: str) -> str:
    if not words.strip():
        return ""
    wanted = literal_text(words.strip())
    texts = [each for each in form.fields if each.value_type in _TEXTS and access.queryable(each.name)]
    places = ["$number", *(name_text(tuple(each.name.split("."))) for each in texts if _stored(each))]
    return " or ".join(f"contains({place}, {wanted})" for place in places[:12])


def _stored(each: Field) -> bool:
    return each.formula is None and each.lookup is None


# ------------------------------------------------------------------------------------------------ views, columns


def _views(tx: Transaction, form: Form) -> Iterator[View]:
    """Those for this member's roles, the default one first; a form without views shows its first fields."""
    mine = [
        each
        for each in form.views
        if each.kind == "list" and (not each.roles or tx.actor.is_admin or set(each.roles) & {*tx.actor.roles, "*"})
    ]
    yield from sorted(mine, key=lambda each: not each.default)
    if not mine:
        yield View("all", "all", say("All"))


def _columns(form: Form, view: View) -> list[str]:
    if view.columns:
        return list(view.columns)
    names = [each.name for each in form.fields if each.drawn and each.value_type not in _NO_COLUMN][:7]
    return [*names, "$state"] if form.is_document else names


def _visible(model: Model, form: Form, access: FieldAccess, name: str) -> bool:
    if is_system(name):
        return name in SYSTEM
    found = form.find(name)
    if found is not None:
        return access.level(name) != "hidden" and not found.is_subtable
    first = form.find(name.split(".")[0])
    return first is not None and first.ref is not None and access.level(first.name) in ("read", "edit")


def _columns_of(eyes: Eyes, form: Form, names: list[str], sort: str) -> tuple[Column, ...]:
    places = {name: place for place, name in _card(form, names).items()}
    return tuple(replace(_column(eyes, form, each, sort), card=places.get(each, "")) for each in names)


def _card(form: Form, names: list[str]) -> dict[str, str]:
    """Which column stands where on a card: p1 the name, p2 the state, p3 whose it is, p4 the figure."""
    types = {name: found.value_type if (found := form.find(name)) else "" for name in names}
    figures = [name for name in names[1:] if types[name] == "money"] or [n for n in names[1:] if types[n] in NUMBERS]
    card = {"p1": names[0], "p4": figures[-1]} if names and figures else {"p1": names[0]} if names else {}
    rest = [name for name in names[1:] if types[name] not in NUMBERS and name != "$state"]
    card["p2"] = "$state" if "$state" in names else rest.pop(0) if rest else ""
    card["p3"] = next((name for name in rest if types[name] == "reference"), rest[0] if rest else "")
    return card


def _column(eyes: Eyes, form: Form, name: str, sort: str) -> Column:
    found = form.find(name)
    number = found is not None and found.value_type in NUMBERS
    first = sort.split(",")[0].strip()
    order = {name: "ascending", f"-{name}": "descending"}.get(first, "")
    sortable = is_system(name) or (
        found is not None
        and eyes.access(form.full_name).queryable(name)
        and sorting.sortable(eyes, found, eyes.model.types)
    )
    following = f"-{name}" if order == "ascending" else name
    return Column(name, column_title(form, name, locale()), number, following if sortable else "", order)


def _line(form: Form, names: list[str], record: Mapping[str, Any]) -> Line:
    return Line(record["id"], record["state"], tuple(of(form, name, record, reader()) for name in names))


# ------------------------------------------------------------------------------------------------ what to filter by


def choices(tx: Transaction, model: Model, form: Form, access: FieldAccess) -> dict[str, Choice]:
    """Fields one may filter by, in the form's order, then state and owner."""
    found = {}
    for each in form.fields:
        if access.queryable(each.name) and not each.is_subtable:
            made = _choice(tx, model, form, each)
            if made is not None:
                found[each.name] = made
    options = tuple((state, state_title(state, locale())) for state in states(form))
    titles = {name: text(word, locale()) for name, word in SYSTEM.items()}
    found["$state"] = Choice("$state", titles["$state"], ("$state",), ("=", "<>", "in"), options)
    people = tuple((each.id, each.name) for each in members.all_of(tx.conn))
    found["$owner"] = Choice("$owner", titles["$owner"], ("$owner",), ("=", "<>", "in"), people)
    return found


def _choice(tx: Transaction, model: Model, form: Form, each: Field) -> Choice | None:
    kind = model.types[each.value_type]
    path = tuple(each.name.split("."))
    if not kind.filterable or _volatile_only(model, form, each):
        return None
    if each.value_type == "reference":
        title = model.definitions.title_field(each.ref or "")
        if title is None or not field_access(tx, model, each.ref or "").queryable(title):
            return Choice(each.name, each.title, path, ("is null", "is not null"))
        return Choice(each.name, each.title, (*path, *title.split(".")), ("contains", "=", "is null", "is not null"))
    if each.value_type in ("member", "department"):
        people = tuple((one.id, one.name) for one in members.all_of(tx.conn)) if each.value_type == "member" else ()
        asked = ("=", "<>", "in", "is null", "is not null") if people else ("is null", "is not null")
        return Choice(each.name, each.title, path, asked, people, kind, each)
    operators = tuple(op for op in kind.operators if op in filters.OPERATORS)
    if not operators:
        return None
    options = tuple((_option(kind, value, each), label) for value, label in kind.choices(each))
    number = each.value_type in NUMBERS
    return Choice(each.name, each.title, path, operators, options, kind, each, number)


def _option(kind: Any, value: Any, each: Field) -> str:
    text: str = kind.write_form((value,) if kind.multiple else value, each)
    return text


def _volatile_only(model: Model, form: Form, each: Field) -> bool:
    """A formula without SQL cannot be filtered by; asking the checker tells."""
    if each.formula is None:
        return False
    checked = model.definitions.checked(each.formula, form.full_name)
    return not checked.queryable
