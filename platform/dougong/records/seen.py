"""Formulas that a person sends (filters, sorts, groups, measures) as SQL that sees only what that person may see.

Two rules. A name counts only if every view policy of the actor lets it be read; any other name gets the answer of a name
that does not exist. And a reference is followed only to records the actor may view: what lies behind another one is null.
An author's own formulas (policies, checks, lookups) are not compiled here; they see everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, select

from ..access import FieldAccess, fields, scope
from ..access.policies import granting
from ..definition.names import is_system
from ..definition.reads import Slot, follow, reads_of
from ..formula.ast import Node
from ..formula.check import check
from ..formula.scope import Checked, Scope, TotalShape
from ..formula.to_sql import SqlEnv, SqlRows, measure_to_sql, order_key, to_sql
from ..formula.types import Context, Kind, Ref
from ..kernel.errors import FormulaError, Malformed, NotFound
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction

#: Longest filter, sort or measure that is read.
LIMIT = 16_384


class Eyes:
    """What one actor may name in one form, or in the rows of its subtable `sub`, over `table`: the main or the subtable's
    table or an alias of it. `owner`: the main table, where a query of rows has joined it."""

    def __init__(
        self,
        tx: Transaction,
        model: Model,
        form: str,
        *,
        sub: str | None = None,
        table: FromClause | None = None,
        owner: FromClause | None = None,
    ) -> None:
        self.tx, self.model, self.form, self.sub = tx, model, form, sub
        self.table: FromClause = model.table(form).table(sub) if table is None else table
        self._owner = owner
        self._access: dict[str, FieldAccess] = {}
        self._scope = SeenScope(self, model.definitions.scope(form, sub), ((form, sub), (form, None)))

    def condition(self, text: str) -> ColumnElement[bool]:
        """A filter as a condition for WHERE. Raises Malformed."""
        found: ColumnElement[bool] = self.sql(self.checked(text, Kind.BOOLEAN))
        return found

    def checked(self, formula: str | Node, expect: Kind | None = None) -> Checked:
        """The formula, its names known to the actor. Raises Malformed `unknown_field` or the formula's own code."""
        if isinstance(formula, str) and len(formula) > LIMIT:
            raise Malformed("too_long", limit=LIMIT)
        found, problems = check(formula, self._scope, expect=expect)
        if found is None:
            raise refused(next(each for each in problems if each.level == "error"))
        if not found.queryable:
            raise Malformed("not_queryable", formula=found.text)
        self._require_names(found)
        return found

    def sql(self, checked: Checked) -> Any:
        """The formula in SQL. Raises Malformed where it has no SQL form."""
        return self._compiled(lambda env: to_sql(checked, env))

    def order(self, checked: Checked) -> Any:
        """The formula as something ORDER BY sorts rightly."""
        return self._compiled(lambda env: order_key(checked, env))

    def measure(self, fn: str, checked: Checked | None) -> Any:
        """An aggregate of the formula over the rows of a query."""
        return self._compiled(lambda env: measure_to_sql(fn, checked, env))

    def _compiled(self, compile_it: Callable[[SqlEnv], Any]) -> Any:
        outer = Resolver(self.model, self.form, tx=self.tx, alias=self._owner) if self._owner is not None else None
        resolver = Resolver(self.model, self.form, self.sub, tx=self.tx, alias=self.table, outer=outer)
        try:
            return compile_it(Guarded(resolver, self.tx, self.model, self.form, self.sub))
        except FormulaError as error:
            raise Malformed(error.code, **error.params) from error

    def access(self, form: str) -> FieldAccess:
        """The actor's view of a form's fields."""
        if form not in self._access:
            self._access[form] = fields(self.tx, self.model, form)
        return self._access[form]

    def may_name(self, slot: Slot) -> bool:
        """Whether the actor may filter, sort and group by this value."""
        if is_system(slot.name):
            return True
        name = slot.name if slot.sub is None else f"{slot.sub}.{slot.name}"
        if self._write_only(slot):
            return False
        return self.access(slot.form).queryable(name)

    def _write_only(self, slot: Slot) -> bool:
        form = self.model.definitions.form(slot.form)
        fields = form.fields if slot.sub is None else (form.subtable(slot.sub) or form).fields
        return any(each.name == slot.name and self.model.types[each.value_type].write_only for each in fields)

    def _require_names(self, checked: Checked) -> None:
        """The scope has hidden what may not be named; this is the second net, and refuses what is not complete yet."""
        reads = reads_of(checked, self.model.definitions, self.form, self.sub)
        for each in reads.inputs:
            if not self.may_name(each.source):
                raise Malformed("unknown_field", name=each.source.name)
            if self.model.is_building(*_triple(each.source)):
                raise Malformed("not_ready", field=each.source.name)
        if not all(map(self.may_total, reads.totals)):
            raise Malformed("unknown_total")

    def may_total(self, full: str) -> bool:
        """A total adds up every row, so it may be asked only by who may view every row of its form."""
        if self.tx.actor.is_admin:
            return True
        try:
            form, total = self.model.definitions.total(full)
        except NotFound:
            return False
        every = any(each.rows == "all" for each in granting(self.tx.actor, form, "view"))
        texts = [*total.key.values(), *(value for _, value in total.values.values() if value is not None)]
        names = [
            each.source
            for text in texts
            for each in reads_of(
                self.model.definitions.checked(text, form.full_name, total.each),
                self.model.definitions, form.full_name, total.each,
            ).inputs
        ]  # fmt: skip
        return every and all(self.may_name(each) for each in names)


class SeenScope:
    """The names of a formula without those the actor may not use, so that these are unknown in every way: no other
    problem of the formula tells that they exist. `places`: the rows that "self" and "parent" mean, nearest first."""

    def __init__(self, eyes: Eyes, inner: Scope, places: tuple[tuple[str, str | None], ...]) -> None:
        self._eyes, self._inner, self._places = eyes, inner, places

    def resolve(self, path: tuple[str, ...]) -> Ref | None:
        """The value a path means, if every name in it may be used."""
        found = self._inner.resolve(path)
        return found if found is not None and self._may(found.anchor, found.path) else None

    def rows(self, path: tuple[str, ...]) -> tuple[Ref, Scope] | None:
        """The rows of the record's own subtable, if it may be named."""
        found = self._inner.rows(path)
        if found is None or len(found[0].path) > 1:
            return None
        ref, inside = found
        form, sub = self._places[0][0], ref.path[0]
        if not self._eyes.may_name(Slot(form, None, sub)):
            return None
        return ref, SeenScope(self._eyes, inside, ((form, sub), *self._places))

    def total(self, name: str) -> TotalShape | None:
        """The shape of a total the actor may ask for."""
        return self._inner.total(name) if self._eyes.may_total(name) else None

    def group(self, path: tuple[str, ...]) -> bool:
        return self._inner.group(path) and self.resolve(path) is not None

    def _may(self, anchor: str, path: tuple[str, ...]) -> bool:
        definitions = self._eyes.model.definitions
        for place in self._places[:1] if anchor == "self" else self._places[1:]:
            slots = [slot for slot, _ in follow(definitions, place, path)]
            if slots:
                return all(map(self._eyes.may_name, slots))
        return is_system(path[0])


class Guarded:
    """A resolver whose references lead only to records the actor may view. Made of the real one for its own table."""

    def __init__(self, inner: SqlEnv, tx: Transaction, model: Model, form: str, sub: str | None = None) -> None:
        self._inner, self._tx, self._model, self._form, self._sub = inner, tx, model, form, sub
        self.dialect: str = inner.dialect
        self.context: Context = inner.context

    def column(self, anchor: str, path: tuple[str, ...]) -> Any:
        """A value of the row, or of a record that a reference of the row leads to, if the actor may view it."""
        start = (self._form, self._sub if anchor == "self" else None)
        first = next(follow(self._model.definitions, start, path), None)
        if first is None or first[1].ref is None:
            return self._inner.column(anchor, path)
        size = len(first[1].name.split("."))
        if size >= len(path):
            return self._inner.column(anchor, path)
        return self._behind(self._inner.column(anchor, path[:size]), first[1].ref, path[size:])

    def _behind(self, key: Any, form: str, path: tuple[str, ...]) -> Any:
        target = self._model.table(form).main.alias()
        value = Guarded(Resolver(self._model, form, tx=self._tx, alias=target), self._tx, self._model, form).column(
            "self", path
        )
        seen = scope(self._tx, self._model, form, "view", target)
        query = select(value).where(target.c.id == key, seen)
        return query.correlate_except(target).scalar_subquery()

    def rows(self, anchor: str, path: tuple[str, ...]) -> SqlRows:
        """The rows of the record's own subtable; those of another record are not asked about here."""
        name = ".".join(path)
        if self._model.form(self._form).subtable(name) is None:
            raise FormulaError("not_queryable", name=name)
        rows = self._inner.rows(anchor, path)
        return _GuardedRows(rows, Guarded(rows.env, self._tx, self._model, self._form, name))

    def total(self, name: str, keys: Sequence[Any], value: str) -> Any:
        return self._inner.total(name, keys, value)

    def my(self, anchor: str, path: tuple[str, ...]) -> Any:
        return self._inner.my(anchor, path)


class _GuardedRows:
    """Rows whose references are followed with the same care."""

    def __init__(self, rows: SqlRows, env: SqlEnv) -> None:
        self._rows = rows
        self.env = env

    def select(self, expression: Any) -> Any:
        return self._rows.select(expression)


def refused(problem: Problem) -> Malformed:
    """A formula's problem as the refusal of a request."""
    return Malformed(problem.code, **dict(problem.params))


def _triple(slot: Slot) -> tuple[str, str, str | None]:
    return slot.form, slot.name, slot.sub
