"""Groups and measures over the records (or the rows of one subtable) an actor may view: `{group: [project, ym(work_date)],
measures: {total: "sum(total_amount)"}}`. One rule: it adds up exactly the rows that a list with the same filter shows.

A group or measure that names a subtable's column ("lines.worker", "sum(lines.amount)") makes the rows of that subtable the
things counted; the record's own fields are then read once for each of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import DBAPIError, StatementError

from ..access import require_form, scope
from ..definition.model import Field
from ..definition.reads import follow
from ..formula.aggregate import Measure, parse_measure
from ..formula.ast import Name, Node, walk
from ..formula.check import Checked
from ..formula.parser import parse
from ..formula.to_sql import error_code
from ..formula.types import Kind
from ..kernel.errors import DougongError, FormulaError, Malformed
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import cursor, sorting
from .cursor import Cursor
from .query import MOST
from .search import containing
from .seen import Eyes
from .sorting import Key

#: Groups and measures of one request.
MOST_PARTS = 20
#: Groups of one answer: projects by subject of a large firm, so that a report is one question.
MOST_GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class Group:
    """One group: as asked for, and the field whose values it has, when it is a field and not a formula."""

    name: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class Groups:
    """`items` are (values of the groups in order, measures by name), canonical."""

    groups: tuple[Group, ...]
    items: list[tuple[tuple[Any, ...], dict[str, Any]]]
    next: str | None = None


def aggregate(
    tx: Transaction,
    model: Model,
    form: str,
    *,
    group: Sequence[str] = (),
    measures: Mapping[str, str] | None = None,
    filter: str | None = None,  # noqa: A002 - the word of the API
    words: str | None = None,
    limit: int = MOST,
    after: str | None = None,
) -> Groups:
    """The groups in the order of their values, nulls last; without a group one item; `words` are sought as a list does.
    Raises NotFound, Forbidden, Malformed (`unknown_field`, `measure`, `cursor`, `limit` …)."""
    wanted = dict(measures or {})
    if not 1 <= limit <= MOST_GROUPS:
        raise Malformed("limit", limit=MOST_GROUPS)
    if len(group) + len(wanted) > MOST_PARTS:
        raise Malformed("too_many", limit=MOST_PARTS)
    return _Aggregation(tx, model, form, tuple(group), wanted, filter, words).run(limit, after)


class _Aggregation:
    def __init__(
        self,
        tx: Transaction,
        model: Model,
        form: str,
        group: tuple[str, ...],
        measures: Mapping[str, str],
        condition: str | None,
        words: str | None = None,
    ) -> None:
        require_form(tx, model, form, "view")
        self.tx, self.model, self.form = tx, model, model.definitions.form(form)
        self.nodes = [_parsed(each) for each in group]
        self.measured = {name: _measured(name, text) for name, text in measures.items()}
        self.sub = self._subtable()
        tables = model.table(form)
        self.main = tables.main
        self.rows = tables.subtables[self.sub] if self.sub else tables.main
        self.eyes = Eyes(tx, model, form, sub=self.sub, table=self.rows, owner=self.main if self.sub else None)
        self.where: list[ColumnElement[bool]] = [self.main.c.deleted_at.is_(None), scope(tx, model, form, "view")]
        if condition and condition.strip():
            self.where.append(Eyes(tx, model, form).condition(condition))
        if words and words.strip():
            self.where.append(containing(tx, model, form, words))
        self.groups = [self._group(name, node) for name, node in zip(group, self.nodes, strict=True)]
        owner = (tx.actor.tenant, tx.actor.member, form, group, sorted(measures.items()), condition, words)
        self.owner = cursor.bound_to(*owner)

    def run(self, limit: int, after: str | None) -> Groups:
        keys = [key for key, _, _ in self.groups]
        columns = [*(key.sql for key in keys), *(shown for _, shown, _ in self.groups)]
        columns += [self._measure(each) for each in self.measured.values()]
        if not columns:
            return Groups((), [((), {})])
        query = select(*(each.label(f"c{n}") for n, each in enumerate(columns))).select_from(self._from())
        query = query.where(*self.where)
        if keys:
            query = self._paged(query, keys, limit, after).group_by(
                *(key.sql for key in keys), *(shown for _, shown, _ in self.groups)
            )
        found = self._run(query)
        here = found[:limit]
        following = len(found) > limit
        count = len(keys)
        return Groups(
            tuple(group for _, _, group in self.groups),
            [(tuple(row[count : 2 * count]), self._named(row[2 * count :])) for row in here],
            cursor.write(self.owner, Cursor(tuple(here[-1][:count]), _NO_ID)) if following else None,
        )

    def _paged(self, query: Any, keys: Sequence[Key], limit: int, after: str | None) -> Any:
        if after:
            last = cursor.read(self.owner, after, len(keys))
            query = query.where(sorting.beyond(keys, last.values))
        return query.order_by(*(key.sql.asc().nulls_last() for key in keys)).limit(limit + 1)

    def _from(self) -> Any:
        if self.rows is self.main:
            return self.main
        return self.rows.join(self.main, self.rows.c.parent == self.main.c.id)

    def _named(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.measured, values, strict=True))

    def _run(self, query: Any) -> Sequence[Any]:
        try:
            return self.tx.conn.execute(query).all()
        except DougongError as error:
            raise Malformed("cursor", reason=error.code) from error
        except DBAPIError as error:
            if error_code(error) is not None:
                raise Malformed("out_of_range") from error
            raise
        except StatementError as error:
            raise Malformed("cursor") from error

    # ------------------------------------------------------------------------------------------------ names

    def _subtable(self) -> str | None:
        """The one subtable that groups and measures speak of, if any."""
        nodes = [*self.nodes, *(each.value for each in self.measured.values() if each.value is not None)]
        found = {each.path[0] for node in nodes for each in _names(node) if self._is_row_name(each.path)}
        if len(found) > 1:
            raise Malformed("two_subtables", fields=sorted(found))
        return next(iter(found), None)

    def _is_row_name(self, path: tuple[str, ...]) -> bool:
        return len(path) > 1 and self.form.subtable(path[0]) is not None

    def _in_rows(self, node: Node) -> Node:
        """The tree as a row sees it: its own names without the subtable's, the record's with `parent`."""
        if self.sub is None:
            return node
        renamed: Node = _renamed(node, lambda path: path[1:] if self._is_row_name(path) else ("parent", *path))
        return renamed

    def _group(self, name: str, node: Node) -> tuple[Key, Any, Group]:
        checked = self.eyes.checked(self._in_rows(node))
        if not _names(node):
            raise Malformed("group_constant", group=name)
        if checked.type.kind in (Kind.LIST, Kind.JSON, Kind.ROWS):
            raise Malformed("not_sortable", field=name)
        return Key(name, self.eyes.order(checked), False), self.eyes.sql(checked), Group(name, self._field(node))

    def _field(self, node: Node) -> Field | None:
        if not isinstance(node, Name):
            return None
        sub, path = (node.path[0], node.path[1:]) if self._is_row_name(node.path) else (None, node.path)
        steps = list(follow(self.model.definitions, (self.form.full_name, sub), path))
        passed = sum(len(each.name.split(".")) for _, each in steps)
        return steps[-1][1] if steps and passed == len(path) else None

    def _measure(self, measure: Measure) -> Any:
        checked: Checked | None = None
        if measure.value is not None:
            expect = Kind.NUMBER if measure.fn in ("sum", "avg") else None
            checked = self.eyes.checked(self._in_rows(measure.value), expect)
            if checked.type.kind in (Kind.LIST, Kind.JSON, Kind.ROWS):
                raise Malformed("measure", measure=measure.fn)
        return self.eyes.measure(measure.fn, checked)


#: A group has no id; cursors want one.
_NO_ID = "00000000-0000-0000-0000-000000000000"


def _parsed(text: str) -> Node:
    if not isinstance(text, str):
        raise Malformed("type", expected="string")
    try:
        return parse(text)
    except FormulaError as error:
        raise Malformed(error.code, **error.params) from error


def _measured(name: str, text: str) -> Measure:
    if not isinstance(text, str):
        raise Malformed("measure", name=name)
    try:
        return parse_measure(text)
    except FormulaError as error:
        raise Malformed(error.code, name=name, **error.params) from error


def _names(node: Node) -> list[Name]:
    """Every name in the tree."""
    return [each for each in walk(node) if isinstance(each, Name)]


def _renamed(value: Any, new_path: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Any:
    """The tree with every name's path changed."""
    if isinstance(value, Name):
        return replace(value, path=new_path(value.path))
    if isinstance(value, tuple):
        return tuple(_renamed(each, new_path) for each in value)
    if not isinstance(value, Node):
        return value
    inner = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in ("position", "type")}
    return replace(value, **{name: _renamed(each, new_path) for name, each in inner.items()})
