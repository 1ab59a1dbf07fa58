"""Search by words, in Chinese, by pinyin or its initials: every word has to occur in the record's number, in one of its
texts or in what a record it refers to is called.

One rule: only texts are looked at that every view policy of the actor lets be read, and only names of records it may view,
so a search finds nothing that a list could not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select

from ..access import fields, scope
from ..kernel.errors import Malformed
from ..storage.model import Model
from ..storage.transaction import Transaction
from .search_index import TEXTS, indexed, ready, search
from .spelling import folded

#: Words of one search, letters of one word, references that are followed.
MOST_WORDS = 10
LONGEST = 100
MOST_REFERENCES = 6


def containing(
    tx: Transaction, model: Model, form: str, words: str, table: FromClause | None = None
) -> ColumnElement[bool]:
    """The condition over the form's main table (or an alias of it), regardless of case. Raises Malformed `too_long`,
    `too_many`."""
    wanted = words.split()
    if len(wanted) > MOST_WORDS:
        raise Malformed("too_many", limit=MOST_WORDS)
    if any(len(each) > LONGEST for each in wanted):
        raise Malformed("too_long", limit=LONGEST)
    main = model.table(form).main if table is None else table
    return and_(*(or_(false(), *_places(tx, model, form, main, word)) for word in wanted))


def named(tx: Transaction, model: Model, form: str, words: str) -> ColumnElement[bool]:
    """As `containing`, without what lies behind references: for pickers."""
    main = model.table(form).main
    wanted = words.split()[:MOST_WORDS]
    return and_(*(or_(false(), *_own(tx, model, form, main, word[:LONGEST])) for word in wanted))


def _places(tx: Transaction, model: Model, form: str, main: Any, word: str) -> Iterator[ColumnElement[bool]]:
    yield from _own(tx, model, form, main, word)
    yield from _referred(tx, model, form, main, word)


def _own(tx: Transaction, model: Model, form: str, main: Any, word: str) -> Iterator[ColumnElement[bool]]:
    tables, access = model.table(form), fields(tx, model, form)
    kept = indexed(model, model.form(form))
    at_hand = set[str]()
    if ready(tx, model, form):
        places = [search.c.others]
        if kept.title is None or access.queryable(kept.title.name):
            places.append(search.c.name)
            at_hand = {kept.title.name} if kept.title is not None else set()
        at_hand |= {each.name for each in kept.others}
        sought = or_(*(place.contains(folded(word), autoescape=True) for place in places))
        yield main.c.id.in_(select(search.c.record).where(search.c.form == form, sought))
    else:
        yield main.c.number.icontains(word, autoescape=True)
    for each in model.definitions.form(form).fields:
        if (
            each.value_type in TEXTS
            and each.name not in at_hand
            and tables.has(each.name)
            and access.queryable(each.name)
        ):
            yield main.c[tables.column(each.name).name].icontains(word, autoescape=True)


def _referred(tx: Transaction, model: Model, form: str, main: Any, word: str) -> Iterator[ColumnElement[bool]]:
    """References whose record is called so, as far as the actor may see it and its title."""
    tables, access = model.table(form), fields(tx, model, form)
    every = [
        each
        for each in model.definitions.form(form).fields
        if each.value_type == "reference" and tables.has(each.name) and access.queryable(each.name)
    ]
    for each in every[:MOST_REFERENCES]:
        target = each.ref or ""
        if target not in model.tables or not ready(tx, model, target):
            continue
        title = indexed(model, model.form(target)).title
        if title is not None and not fields(tx, model, target).queryable(title.name):
            continue
        other = model.table(target).main.alias()
        found = select(search.c.record).where(
            search.c.form == target, search.c.name.contains(folded(word), autoescape=True)
        )
        seen = select(other.c.id).where(other.c.id.in_(found), scope(tx, model, target, "view", other))
        yield main.c[tables.column(each.name).name].in_(seen)
