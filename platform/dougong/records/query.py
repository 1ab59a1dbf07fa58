"""The one list builder: filter, sort, pages, projection and rights in one SELECT. One rule: whatever lists records, in the
API, on the screen, in a picker or an export, asks `find`; whatever opens one asks `get`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.exc import DBAPIError, StatementError

from ..access import FieldAccess, Levels, require, require_form, scope
from ..access import fields as field_access
from ..definition.model import Field, Form
from ..fields.type import FieldType
from ..formula.to_sql import error_code
from ..kernel.errors import DougongError, Malformed, NotFound
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import cursor, sorting
from .cursor import Cursor
from .present import json_value, present
from .projection import Behind, Projection, computed, project, read_column
from .record import Record, from_rows
from .rows import MAIN_SYSTEM, chunks, shape
from .search import containing
from .seen import Eyes

DEFAULT_LIMIT = 50
MOST = 200
#: Counts are exact up to here.
COUNTED = 10_000

Types = Mapping[str, FieldType]


@dataclass(frozen=True, slots=True)
class Page:
    """`levels` by record id; `behind`: the values through references that were asked for, by record id and name, with the
    field each ends in. `next` is the cursor of the following page, `more` whether `count` stopped at its limit."""

    items: list[Record]
    levels: dict[str, Levels]
    next: str | None = None
    count: int | None = None
    more: bool = False
    behind: dict[str, dict[str, tuple[Field, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `filter` is a formula, `words` are sought in the number and every text the actor may query, `sort`
    and `fields` are names (each item may be a list with commas), `deleted` asks for the recycle bin, which needs the right
    to delete, `action` for the rows on which the actor may do that besides viewing them (`export`, `print`, `edit`)."""

    filter: str | None = None
    words: str | None = None
    sort: Sequence[str] = ()
    fields: Sequence[str] | None = None
    limit: int = DEFAULT_LIMIT
    after: str | None = None
    count: bool = False
    deleted: bool = False
    action: str = "view"


def find(tx: Transaction, model: Model, form: str, query: Query | None = None) -> Page:
    """One page of the records the actor may view. Raises NotFound, Forbidden, and Malformed with `unknown_field`,
    `cursor`, `limit` or the code of what is wrong with the filter."""
    return _Search(tx, model, form, query or Query()).page()


def get(tx: Transaction, model: Model, form: str, record_id: str, action: str = "view") -> tuple[Record, Levels]:
    """One record, on which the actor may do `action`, with the levels of its fields for viewing. Raises NotFound,
    Forbidden."""
    require(tx, model, form, action, record_id)
    query = Query(limit=1, deleted=action == "restore")
    search = _Search(tx, model, form, query)
    page = search.page(search.main.c.id == record_id)
    if not page.items:
        raise NotFound("not_found", form=form, id=record_id)
    return page.items[0], page.levels[record_id]


def show(tx: Transaction, model: Model, types: Types, page: Page) -> list[dict[str, Any]]:
    """The page's records as the API shows them."""
    shown = present(tx, model, types, page.items, page.levels)
    for each in shown:
        for name, (end, value) in page.behind.get(each["id"], {}).items():
            each["values"][name] = json_value(types, end, value)
    return shown


class _Search:
    def __init__(self, tx: Transaction, model: Model, form: str, query: Query) -> None:
        if not 1 <= query.limit <= MOST:
            raise Malformed("limit", limit=MOST)
        self.tx, self.model, self.query = tx, model, query
        self.form: Form = model.definitions.form(form)
        action = "restore" if query.deleted else query.action
        require_form(tx, model, form, action)
        self.tables = model.table(form)
        self.main = self.tables.main
        self.access: FieldAccess = field_access(tx, model, form)
        self.eyes = Eyes(tx, model, form)
        self.sort = sorting.parse(query.sort)
        self.keys = sorting.keys(self.eyes, model.types, self.sort)
        gone = self.main.c.deleted_at.is_not(None) if query.deleted else self.main.c.deleted_at.is_(None)
        self.where: list[ColumnElement[bool]] = [gone, scope(tx, model, form, "view")]
        if action != "view":
            self.where.append(scope(tx, model, form, action))
        if query.filter and query.filter.strip():
            self.where.append(self.eyes.condition(query.filter))
        if query.words and query.words.strip():
            self.where.append(containing(tx, model, form, query.words))
        self.projection: Projection = project(tx, model, self.form, self.access, query.fields)
        owner = (tx.actor.tenant, tx.actor.member, form, self.sort, query.filter, query.words, action)
        self.owner = cursor.bound_to(*owner)

    def page(self, *more: ColumnElement[bool]) -> Page:
        rows = self._rows(more)
        count = self._count() if self.query.count else None
        here = rows[: self.query.limit]
        following = len(rows) > self.query.limit
        return Page(
            self._records(here),
            {row["$id"]: self.access.on_row([row[f"flag {n}"] for n in range(len(self.access.flags))]) for row in here},
            cursor.write(self.owner, self._cursor(here[-1])) if following else None,
            None if count is None else min(count, COUNTED),
            count is not None and count > COUNTED,
            {
                row["$id"]: {each.name: (each.field, row[_behind(each)]) for each in self.projection.behind}
                for row in here
            },
        )

    def _rows(self, more: Sequence[ColumnElement[bool]]) -> list[dict[str, Any]]:
        """One row more than the page holds, so that the end is known."""
        columns = self._columns()
        query = select(*columns.values()).where(*self.where, *more)
        last = cursor.read(self.owner, self.query.after, len(self.keys)) if self.query.after else None
        rows: list[Any] = []
        for part in sorting.parts(self.keys, last, self.main.c.id):
            wanted = self.query.limit + 1 - len(rows)
            if wanted > 0:
                rows += self._run(query.where(*part.where).order_by(*part.order_by(self.main.c.id)).limit(wanted))
        names = tuple(columns)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {name: self.main.c[column] for name, column in MAIN_SYSTEM.items()}
        for each in self.projection.own:
            column = None if each.is_subtable else read_column(self.tx, self.model, self.form, None, each)
            if column is not None:
                columns[each.name] = column
        columns |= {f"sort {n}": key.sql for n, key in enumerate(self.keys)}
        columns |= {f"flag {n}": flag for n, flag in enumerate(self.access.flags)}
        columns |= {_behind(each): each.sql for each in self.projection.behind}
        return {name: column.label(f"c{n}") for n, (name, column) in enumerate(columns.items())}

    def _count(self) -> int:
        some = select(literal(1)).select_from(self.main).where(*self.where).limit(COUNTED + 1).subquery()
        return int(self._run(select(func.count()).select_from(some))[0][0])

    def _run(self, query: Any) -> Sequence[Any]:
        """Run it; what a person's filter makes the database choke on is a bad request, not a fault of the house."""
        try:
            return self.tx.conn.execute(query).all()
        except DougongError as error:
            raise Malformed("cursor" if self.query.after else "bad_filter", reason=error.code) from error
        except DBAPIError as error:
            if self.query.filter and error_code(error) is not None:
                raise Malformed("bad_filter", reason="out_of_range") from error
            raise
        except StatementError as error:
            raise Malformed("cursor") from error

    def _cursor(self, row: Mapping[str, Any]) -> Cursor:
        return Cursor(tuple(row[f"sort {n}"] for n in range(len(self.keys))), row["$id"])

    def _records(self, rows: Sequence[Mapping[str, Any]]) -> list[Record]:
        ids = [row["$id"] for row in rows]
        lines = self._lines(ids)
        left = [each.name for each in self.projection.own if rows and not each.is_subtable and each.name not in rows[0]]
        more = computed(self.tx, self.model, self.form, None, left, ids) if left else {}
        return [self._record({**row, **more.get(row["$id"], {})}, lines.get(row["$id"], {})) for row in rows]

    def _record(self, row: Mapping[str, Any], lines: Mapping[str, list[Mapping[str, Any]]]) -> Record:
        record = from_rows(self.form, row, lines)
        kept = {each.name for each in self.projection.own}
        record.values = {name: value for name, value in record.values.items() if name in kept}
        for name, columns in self.projection.columns.items():
            for line in record.values.get(name, ()):
                line.values = {column: value for column, value in line.values.items() if column in columns}
        return record

    def _lines(self, ids: Sequence[str]) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
        found: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        for sub in self.projection.own:
            if sub.is_subtable and ids:
                for row in _rows_of(self.tx, self.model, self.form, sub, ids):
                    found.setdefault(row["$parent"], {}).setdefault(sub.name, []).append(row)
        return found


def _rows_of(tx: Transaction, model: Model, form: Form, sub: Field, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one subtable of these records, in their order."""
    of = shape(model.table(form.full_name), sub.name)
    columns: dict[str, Any] = dict(of.columns)
    for each in sub.fields:
        column = of.columns.get(each.name)
        found = read_column(tx, model, form, sub, each) if column is None else column
        if found is not None:
            columns[each.name] = found
    query = select(*(column.label(f"c{n}") for n, column in enumerate(columns.values())))
    names = tuple(columns)
    rows = [
        dict(zip(names, row, strict=True))
        for some in chunks(ids)
        for row in tx.conn.execute(
            query.where(of.columns["$parent"].in_(some)).order_by(of.columns["$position"], of.columns["$id"])
        )
    ]
    left = [each.name for each in sub.fields if each.name not in columns]
    more = computed(tx, model, form, sub, left, [row["$id"] for row in rows]) if left else {}
    return [{**row, **more.get(row["$id"], {})} for row in rows]


def _behind(each: Behind) -> str:
    return f"behind {each.name}"
