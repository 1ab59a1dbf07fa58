"""What a picker offers: the records, members or departments one may choose in a field of an open form, by search
words, pinyin or initials.

One rule: only what the actor may view and may still choose is offered. An `x-ref-where` that speaks of the holding record
is judged at saving."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, select

from ..access import fields, scope
from ..definition.model import Field, Form
from ..formula.to_sql import to_sql
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..people import departments, members
from ..records.search import named
from ..records.spelling import folded, spelled
from ..records.titles import DEPARTMENT, MEMBER
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from .installation import Installation
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
    """`more`: there are others."""

    items: list[Item]
    more: bool = False


def find_options(inst: Installation, actor: Actor, form: str, field: str, words: str) -> Found:
    """The first things that fit the words; `field` is "project", or "lines.worker" in a row. Raises NotFound."""

    def act(tx: Transaction) -> Found:
        model = inst.catalog.live(tx)
        wanted = _field(model.form(form), field)
        if wanted.value_type == "member":
            return _named(_people(tx, active=True), words)
        if wanted.value_type == "department":
            return _named(_tree(tx), words)
        if wanted.ref is None:
            raise NotFound("not_found", field=field)
        return _records(tx, model, wanted.ref, words, _allowed(tx, model, form, wanted), in_use=True)

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
    tx: Transaction, model: Model, target: str, words: str, allowed: ColumnElement[bool] | None, *, in_use: bool
) -> Found:
    tables, main = model.table(target), model.table(target).main
    name = model.definitions.title_field(target)
    readable = name is not None and tables.has(name) and fields(tx, model, target).queryable(name)
    title = tables.column(name) if name and readable else main.c.number
    fitting = [main.c.deleted_at.is_(None), scope(tx, model, target, "view")]
    if in_use:
        fitting.append(main.c.state.not_in(("disabled", "voided")))
    if allowed is not None:
        fitting.append(allowed)
    wanted = words.strip()
    first = case(
        (title == wanted, 0), (main.c.number == wanted, 0), (title.startswith(wanted, autoescape=True), 1), else_=2
    )
    if wanted:
        fitting.append(named(tx, model, target, wanted))
    query = select(main.c.id, main.c.number, title.label("title")).where(*fitting)
    rows = tx.conn.execute(query.order_by(first, main.c.number, title, main.c.id).limit(MOST + 1)).all()
    items = [Item(row.id, str(row.title or row.number or row.id), _note(row)) for row in rows[:MOST]]
    return Found(items, len(rows) > MOST)


def _allowed(tx: Transaction, model: Model, form: str, field: Field) -> ColumnElement[bool] | None:
    """`x-ref-where` in SQL, where it speaks of the records to choose from alone."""
    where, target = field.ref_where, field.ref or ""
    if where is None or "record." in where.text or "parent." in where.text:
        return None
    sub = next((each.name for each in model.form(form).subtables if field in each.fields), None)
    checked = model.definitions.checked(where, target, holder=(form, sub))
    if not checked.queryable:
        return None
    return to_sql(checked, Resolver(model, target, tx=tx))


def _note(row: object) -> str:
    number, title = getattr(row, "number", None), getattr(row, "title", None)
    return str(number) if number and number != title else ""
