"""What a picker offers: the records, members or departments one may choose in a field of an open form, by search
words, pinyin or initials.

One rule: only what the actor may view and may still choose is offered; an `x-ref-where` that looks further than the form
that is being filled is judged at saving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, case, select

from ..access import fields, scope
from ..definition.model import Field, Form
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..people import departments, members
from ..records.search import named
from ..records.spelling import folded, spelled
from ..records.titles import DEPARTMENT, MEMBER
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .open_sheet import load, record_of
from .picking import fitting, may_make, named_by, recent, telling, told
from .sheet_memory import recall
from .sheet_state import FormState, state_of
from .transaction import read

MOST = 30


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose; `level` is its depth in a tree."""

    id: str
    title: str
    note: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: there are others. `target` is the form that may get another record right now, with its title, and the field
    that the words would begin ("" = none)."""

    items: list[Item]
    more: bool = False
    target: str = ""
    title: str = ""
    begins: str = ""


def find_options(
    inst: Installation, actor: Actor, form: str, field: str, words: str, *, token: str = "", row: str = ""
) -> Found:
    """The first things that fit the words; `field` is "project", or "lines.worker" in a row. `token` and `row`: the sheet
    that is being filled, which an `x-ref-where` may speak of. Raises NotFound."""

    def act(tx: Transaction) -> Found:
        model = inst.catalog.live(tx)
        wanted = _field(model.form(form), field)
        if wanted.value_type == "member":
            return _named(_people(tx, active=True), words)
        if wanted.value_type == "department":
            return _named(_tree(tx), words)
        if wanted.ref is None:
            raise NotFound("not_found", field=field)
        state = _state(inst, tx, model, form, token) if token and wanted.ref_where is not None else None
        condition = fitting(tx, model, form, wanted, state, row)
        first = recent(tx, model, form, wanted) if not words.strip() else []
        found = _records(tx, model, wanted.ref, words, condition, in_use=True, first=first)
        if not may_make(tx, model, wanted.ref):
            return found
        title, begins = model.form(wanted.ref).title, named_by(model, wanted.ref)
        return replace(found, target=wanted.ref, title=title, begins=begins)

    return read(inst, actor, act)


def find_any(inst: Installation, actor: Actor, kind: str, words: str) -> Found:
    """As `find_options`, for a filter: whatever the actor may view, out of use or not. `kind` is a form, `$member` or
    `$department`. Raises NotFound."""

    def act(tx: Transaction) -> Found:
        if kind == MEMBER:
            return _named(_people(tx, active=False), words)
        if kind == DEPARTMENT:
            return _named(_tree(tx), words)
        return _records(tx, inst.catalog.live(tx), kind, words, None, in_use=False)

    return read(inst, actor, act)


def _field(form: Form, name: str) -> Field:
    own = form.find(name)
    if own is not None:
        return own
    for sub in form.subtables:
        for column in sub.fields:
            if name == f"{sub.name}.{column.name}":
                return column
    raise NotFound("not_found", field=name)


def _named(items: list[Item], words: str) -> Found:
    wanted = folded(words.strip())
    fitting = [each for each in items if wanted in spelled(each.title) or wanted in folded(each.note)]
    return Found(fitting[:MOST], len(fitting) > MOST)


def _tree(tx: Transaction) -> list[Item]:
    every = [each for each in departments.all_of(tx.conn) if each.active]
    found: list[Item] = []

    def below(parent: str | None, level: int) -> None:
        for each in every:
            if each.parent == parent and level < 20:
                found.append(Item(each.id, each.name, each.code or "", level))
                below(each.id, level + 1)

    below(None, 0)
    return found


def _people(tx: Transaction, *, active: bool) -> list[Item]:
    every = members.all_of(tx.conn)
    return [Item(each.id, each.name, each.login) for each in every if each.active or not active]


def _records(
    tx: Transaction,
    model: Model,
    target: str,
    words: str,
    condition: ColumnElement[bool] | None,
    *,
    in_use: bool,
    first: Sequence[str] = (),
) -> Found:
    tables, main = model.table(target), model.table(target).main
    name = model.definitions.title_field(target)
    readable = name is not None and tables.has(name) and fields(tx, model, target).queryable(name)
    title = tables.column(name) if name and readable else main.c.number
    wanted = words.strip()
    rank = case(
        (main.c.id.in_(first), 0), (title == wanted, 0), (main.c.number == wanted, 0),
        (title.startswith(wanted, autoescape=True), 1), else_=2,
    )  # fmt: skip
    more = telling(tx, model, target, name)
    query = select(main.c.id, main.c.number, title.label("title"), *(column for _, column in more))
    query = query.where(*_wanted(tx, model, target, wanted, condition, in_use=in_use))
    rows = tx.conn.execute(query.order_by(rank, main.c.number, title, main.c.id).limit(MOST + 1)).all()
    items = [
        Item(row.id, str(row.title or row.number or row.id), _note(row, told(model.types, more, row[3:])))
        for row in rows[:MOST]
    ]
    if first:
        order = {each: index for index, each in enumerate(first)}
        items.sort(key=lambda each: order.get(each.id, len(order)))
    return Found(items, len(rows) > MOST)


def _wanted(
    tx: Transaction, model: Model, target: str, words: str, condition: ColumnElement[bool] | None, *, in_use: bool
) -> Iterator[ColumnElement[bool]]:
    main = model.table(target).main
    yield main.c.deleted_at.is_(None)
    yield scope(tx, model, target, "view")
    if in_use:
        yield main.c.state.not_in(("disabled", "voided"))
    if condition is not None:
        yield condition
    if words:
        yield named(tx, model, target, words)


def _state(inst: Installation, tx: Transaction, model: Model, form: str, token: str) -> FormState:
    sheet = load(tx, form, token)
    record = record_of(tx, model, sheet)
    for submit in (False, True):
        known = recall(tx, model, sheet, record, submit=submit)
        if known is not None:
            return known
    return state_of(inst, tx, model, sheet, record)


def _note(row: Any, more: Sequence[str]) -> str:
    number = [str(row.number)] if row.number and row.number != row.title else []
    return " · ".join([*number, *(each for each in more if each not in (row.title, row.number))])
