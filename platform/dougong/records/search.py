"""Search by words: every word has to occur in the record's number or in one of its texts. One rule: only texts are looked
at that every view policy of the actor lets be read, so a search finds nothing that a list could not show."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from ..access import fields
from ..kernel.errors import Malformed
from ..storage.model import Model
from ..storage.transaction import Transaction

#: Words of one search, and letters of one word.
MOST_WORDS = 10
LONGEST = 100
_TEXTS = frozenset(
    {"text", "long_text", "auto_number", "choice", "email", "phone", "url", "id_card", "credit_code", "barcode"}
)


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
    columns = _columns(tx, model, form, table)
    return and_(*(or_(false(), *(each.icontains(word, autoescape=True) for each in columns)) for word in wanted))


def _columns(tx: Transaction, model: Model, form: str, table: FromClause | None) -> list[Any]:
    tables, access = model.table(form), fields(tx, model, form)
    main = tables.main if table is None else table
    names = [
        each.name
        for each in model.definitions.form(form).fields
        if each.value_type in _TEXTS and tables.has(each.name) and access.queryable(each.name)
    ]
    return [main.c.number, *(main.c[tables.column(name).name] for name in names)]
