"""Where the names of a formula become columns: one row of one form, seen from SQL. One rule: what has a column is that
column; what is computed at read is compiled in place, rounded and typed as a column of the field would be.

References are correlated scalar subqueries, rows and totals likewise. Nothing here looks at policies: whoever compiles a
formula that a person sent wraps the resolver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, FromClause, and_, false, func, literal, nulls_last, or_, select, type_coerce
from sqlalchemy.types import TypeEngine

from ..definition.model import Field, Form, Lookup
from ..definition.names import is_system
from ..formula.ast import Chain, Read
from ..formula.facts import checked_of
from ..formula.printer import name_text
from ..formula.scope import Checked
from ..formula.sql_dialects import DIALECTS
from ..formula.to_sql import SqlEnv, SqlRows, order_key, to_sql, to_stored
from ..formula.types import NUMBER, Context, Kind, Ref, Type
from ..kernel.errors import FormulaError
from .model import Model
from .tables import SYSTEM_COLUMNS, FormTables
from .transaction import Transaction
from .types import Dec, Id, column_type

Element = Any


class Resolver:
    """The names of one row of `alias` (default: the form's own table, or its subtable's). `outer`: the row an aggregate's
    formula stands in, which `parent` then means; `holder`: the row that holds a lookup by query."""

    def __init__(
        self,
        model: Model,
        form: str,
        sub: str | None = None,
        *,
        tx: Transaction | None = None,
        context: Context | None = None,
        dialect: str | None = None,
        alias: FromClause | None = None,
        outer: Resolver | None = None,
        holder: Resolver | None = None,
    ) -> None:
        self.model, self.form_name, self.sub, self.tx = model, form, sub, tx
        self.form: Form = model.form(form)
        self.tables: FormTables = model.table(form)
        self.table: FromClause = self.tables.table(sub) if alias is None else alias
        self.outer, self.holder = outer, holder
        self.context = context or _context(tx)
        self.dialect = dialect or _dialect(tx)

    # ------------------------------------------------------------------------------------------------ SqlEnv

    def column(self, anchor: str, path: tuple[str, ...]) -> Element:
        """The value a name stands for. Raises FormulaError `unknown_field` or `not_queryable`."""
        return self._at(anchor)._follow(path)

    def rows(self, anchor: str, path: tuple[str, ...]) -> SqlRows:
        """The rows of a subtable: of the row's own record, or of one that a reference leads to."""
        base = self._at(anchor)
        first = base._first(path)
        if first is None and base.sub is not None:
            base = base._owner()
            first = base._first(path)
        if first is None:
            raise FormulaError("unknown_field", name=".".join(path))
        field, rest = first
        if field.is_subtable and not rest:
            return Rows(self, base.form_name, field.name, base._id())
        return self._rows_behind(base._follow(tuple(field.name.split("."))), field, rest)

    def total(self, name: str, keys: Sequence[Element], value: str) -> Element:
        """A total's value; a missing key is 0 for sum and count, null for avg."""
        form, total = self.model.definitions.total(name)
        table = self.model.table(form.full_name).totals[total.name].alias()
        matches = [self._same(table.c[f"k_{key}"], given) for key, given in zip(total.key, keys, strict=True)]
        if value == "n" and value not in total.values:
            return func.coalesce(_one(table.c.n, table, *matches), 0, type_=table.c.n.type)
        fn, _ = total.values[value]
        if fn == "avg":
            return self._average(table, value, matches)
        column = table.c[f"v_{value}"]
        return func.coalesce(_one(column, table, *matches), literal(0, column.type), type_=column.type)

    def my(self, anchor: str, path: tuple[str, ...]) -> Element:
        """Whether the actor stands in the group's list of members with a row in force today."""
        base = self._at(anchor)
        group = base._group(path)
        sub = next((each for each in group.subtables if each.members is not None), None) if group is not None else None
        if group is None or sub is None or sub.members is None:
            raise FormulaError("group", name=".".join(path))
        if self.context.me is None:
            return false()
        tables = self.model.table(group.full_name)
        rows = tables.subtables[sub.name].alias()
        column = {name: rows.c[found.name] for name, found in tables.stored(sub.name).items()}
        rule = sub.members
        today = literal(self.context.today, column[rule.start].type) if rule.start else None
        conditions = [rows.c.parent == base._follow(path), column[rule.user] == self.context.me]
        if rule.start:
            conditions.append(or_(column[rule.start].is_(None), column[rule.start] <= today))
        if rule.end:
            conditions.append(or_(column[rule.end].is_(None), column[rule.end] >= self.context.today))
        return select(literal(1)).select_from(rows).where(*conditions).correlate_except(rows).exists()

    # ------------------------------------------------------------------------------------------------ places

    def _at(self, anchor: str) -> Resolver:
        if anchor == "holder":
            return self.holder or (self.outer._at("holder") if self.outer is not None else self._record())
        if anchor == "parent":
            return self.outer or self._record()
        return self

    def _record(self) -> Resolver:
        return self if self.sub is None else self._owner()

    def _id(self) -> Element:
        """The row's own id."""
        return self.table.c.id

    def _owner(self) -> Resolver:
        """The record a row belongs to, as a form of its own: its values are subqueries on the row's parent."""
        return _Owner(self)

    def _inside(self, form: str, sub: str | None, alias: FromClause, **more: Any) -> Resolver:
        return Resolver(
            self.model, form, sub, tx=self.tx, context=self.context, dialect=self.dialect, alias=alias, **more
        )

    # ------------------------------------------------------------------------------------------------ following names

    def _follow(self, path: tuple[str, ...]) -> Element:
        if is_system(path[0]):
            return self._system(path[0])
        first = self._first(path)
        if first is None:
            if self.sub is not None:
                return self._owner()._follow(path)
            raise FormulaError("unknown_field", name=".".join(path))
        field, rest = first
        value = self._value(field)
        return self._behind(value, field, rest) if rest else value

    def _system(self, name: str) -> Element:
        if self.sub is not None:
            return self._owner()._system(name)
        return self.table.c[SYSTEM_COLUMNS[name]]

    def _behind(self, key: Element, field: Field, path: tuple[str, ...]) -> Element:
        """A value of the record a reference leads to."""
        if field.ref is None:
            raise FormulaError("not_queryable", name=".".join((field.name, *path)))
        target = self.model.table(field.ref).main.alias()
        value = self._inside(field.ref, None, target)._follow(path)
        return _one(value, target, target.c.id == key)

    def _rows_behind(self, key: Element, field: Field, path: tuple[str, ...]) -> SqlRows:
        """Rows of a record that one or more references lead to."""
        form = field.ref
        if form is None or not path:
            raise FormulaError("not_queryable", name=".".join((field.name, *path)))
        at = self._inside(form, None, self.model.table(form).main.alias())
        first = at._first(path)
        if first is None:
            raise FormulaError("unknown_field", name=".".join(path))
        next_field, rest = first
        if next_field.is_subtable:
            return Rows(self, form, next_field.name, key)
        behind = _one(at._value(next_field), at.table, at.table.c.id == key)
        return self._rows_behind(behind, next_field, rest)

    def _first(self, path: tuple[str, ...]) -> tuple[Field, tuple[str, ...]] | None:
        """The field a path begins with (a grouped field's name is several parts of it), and what is left."""
        sub = self.form.subtable(self.sub) if self.sub is not None else None
        fields = {each.name: each for each in (self.form.fields if sub is None else sub.fields)}
        for size in range(len(path), 0, -1):
            if (name := ".".join(path[:size])) in fields:
                return fields[name], path[size:]
        return None

    def _group(self, path: tuple[str, ...]) -> Form | None:
        """The form of the record a path ends at."""
        if path == ("$id",):
            return self.form
        *before, last = path
        field = self._end(tuple(before) if last == "$id" else path)
        return self.model.form(field.ref) if field is not None and field.ref is not None else None

    def _end(self, path: tuple[str, ...]) -> Field | None:
        """The field a path ends at."""
        first = self._first(path)
        if first is None:
            return self._owner()._end(path) if self.sub is not None else None
        field, rest = first
        if not rest:
            return field
        if field.ref is None:
            return None
        return self._inside(field.ref, None, self.model.table(field.ref).main)._end(rest)

    # ------------------------------------------------------------------------------------------------ values

    def _value(self, field: Field) -> Element:
        """The field's column, or what is computed at read."""
        if self.tables.has(field.name, self.sub):
            return self.table.c[self.tables.column(field.name, self.sub).name]
        if field.formula is not None:
            checked = self.model.definitions.checked(field.formula, self.form_name, self.sub)
            return self._as_field(checked, self, field)
        if field.lookup is not None and field.lookup.via is not None:
            return self._settled(self._follow((field.lookup.via, *field.lookup.field.split("."))), field)
        if field.lookup is not None and field.lookup.source is not None:
            return self._first_row(field.lookup, field)
        raise FormulaError("not_queryable", name=field.name)

    def _as_field(self, checked: Checked, env: Resolver, field: Field) -> Element:
        """A formula's value rounded and typed as the field's column would be."""
        kind = self._type(field)
        if checked.type.kind is Kind.NUMBER:
            return type_coerce(to_stored(checked, env, int(getattr(kind, "scale", 0) or 0)), kind)
        return type_coerce(to_sql(checked, env), kind)

    def _settled(self, value: Element, field: Field) -> Element:
        """A looked-up value in the field's own type."""
        kind = self._type(field)
        scale = getattr(kind, "scale", None)
        if scale is None or getattr(value.type, "scale", None) == scale:
            return value
        number = Type(Kind.NUMBER, scale=getattr(value.type, "scale", 0))
        checked = checked_of(_read("value", number))
        return type_coerce(to_stored(checked, _Given({"value": value}, self), int(scale)), kind)

    def _type(self, field: Field) -> TypeEngine[Any]:
        spec = self.model.types[field.value_type].column(field)
        if spec is None:
            raise FormulaError("not_queryable", name=field.name)
        return column_type(spec)

    def _same(self, column: Element, given: Element) -> Element:
        """A total's key equal to what is given, null and null included."""
        if isinstance(column.type, Dec):
            dialect = DIALECTS[self.dialect]
            equal = dialect.compare("=", dialect.column(column, NUMBER), dialect.column(given, NUMBER))
        elif isinstance(column.type, Id) and isinstance(given, BindParameter):
            return column == literal(given.value, Id())
        else:
            equal = column == given
        if isinstance(given, BindParameter) and given.value is not None:
            return equal
        if self.dialect == "sqlite" and not isinstance(column.type, Dec):
            return column.is_not_distinct_from(given)
        return or_(equal, and_(column.is_(None), given.is_(None)))

    def _first_row(self, lookup: Lookup, field: Field) -> Element:
        """A live lookup by query: the first row that fits, in the order asked for."""
        if lookup.source is None:
            raise FormulaError("not_queryable", name=field.name)
        main = self.model.table(lookup.source).main.alias()
        env = self._inside(lookup.source, None, main, holder=self)
        conditions: list[Element] = [main.c.deleted_at.is_(None)]
        if lookup.where is not None:
            place = (self.form_name, self.sub)
            checked = self.model.definitions.checked(lookup.where, lookup.source, holder=place, expect=Kind.BOOLEAN)
            conditions.append(to_sql(checked, env))
        orders = []
        for each in lookup.sort:
            name = name_text(tuple(each.lstrip("-").split(".")))
            key = order_key(self.model.definitions.checked(name, lookup.source), env)
            orders.append(nulls_last(key.desc() if each.startswith("-") else key.asc()))
        value = env._follow(tuple(lookup.field.split(".")))
        query = select(value).select_from(main).where(*conditions).order_by(*orders, main.c.id).limit(1)
        return self._settled(query.correlate_except(main).scalar_subquery(), field)

    def _average(self, table: FromClause, value: str, matches: list[Element]) -> Element:
        """Sum by count of one key, one exact half-up step."""
        parts = {
            "sum": _one(table.c[f"v_{value}__s"], table, *matches),
            "n": _one(table.c[f"v_{value}__n"], table, *matches),
        }
        return to_sql(_DIVISION, _Given(parts, self))


class _Owner(Resolver):
    """The record that owns a row: every value is a subquery on the row's parent."""

    def __init__(self, row: Resolver) -> None:
        main = row.tables.main.alias()
        super().__init__(
            row.model,
            row.form_name,
            None,
            tx=row.tx,
            context=row.context,
            dialect=row.dialect,
            alias=main,
            outer=row.outer,
            holder=row.holder,
        )
        self.row = row

    def _follow(self, path: tuple[str, ...]) -> Element:
        if path == ("$id",):
            return self.row.table.c.parent
        value = Resolver._follow(self, path)
        return _one(value, self.table, self.table.c.id == self.row.table.c.parent)

    def _system(self, name: str) -> Element:
        return self.table.c[SYSTEM_COLUMNS[name]]

    def _id(self) -> Element:
        return self.row.table.c.parent


class Rows:
    """The rows of one record's subtable; `key` is the record's id."""

    def __init__(self, outer: Resolver, form: str, sub: str, key: Element) -> None:
        self._table = outer.model.table(form).subtables[sub].alias()
        self._key = key
        self.env: SqlEnv = outer._inside(form, sub, self._table, outer=outer, holder=outer.holder)

    def select(self, expression: Element) -> Element:
        """The aggregate over these rows, as a scalar subquery."""
        query = select(expression).select_from(self._table).where(self._table.c.parent == self._key)
        return query.correlate_except(self._table).scalar_subquery()


def _one(value: Element, table: FromClause, *conditions: Element) -> Element:
    """One value of one row, as a correlated subquery."""
    return select(value).select_from(table).where(*conditions).correlate_except(table).scalar_subquery()


class _Given:
    """An environment of ready elements, by name; it knows neither rows nor totals."""

    def __init__(self, elements: dict[str, Element], env: Resolver) -> None:
        self._elements = elements
        self.dialect, self.context = env.dialect, env.context

    def column(self, anchor: str, path: tuple[str, ...]) -> Element:
        return self._elements[path[0]]

    def rows(self, anchor: str, path: tuple[str, ...]) -> SqlRows:
        raise FormulaError("not_queryable")

    def total(self, name: str, keys: Sequence[Element], value: str) -> Element:
        raise FormulaError("not_queryable")

    def my(self, anchor: str, path: tuple[str, ...]) -> Element:
        raise FormulaError("not_queryable")


def _read(name: str, type_: Type) -> Read:
    return Read(Ref("self", (name,), type_), type=type_)


_DIVISION = checked_of(Chain("*", _read("sum", NUMBER), (("/", _read("n", NUMBER)),), type=NUMBER))


def _context(tx: Transaction | None) -> Context:
    """The moment of the act; whoever built one before leaves it in the transaction's memo."""
    if tx is None:
        raise ValueError("a resolver needs a transaction or a context")
    found = tx.memo.get(Context)
    return found if isinstance(found, Context) else Context(now=tx.now, zone=tx.zone, me=tx.actor.member)


def _dialect(tx: Transaction | None) -> str:
    if tx is None:
        raise ValueError("a resolver needs a transaction or a dialect")
    return tx.dialect
