"""The tree walk that makes SQL: one method a kind of node, what depends on the database left to its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    true,
    type_coerce,
)  # fmt: skip
from sqlalchemy import Text as SqlText
from sqlalchemy.sql.elements import Grouping

from ..kernel.errors import FormulaError
from ..kernel.ids import is_id
from .ast import Aggregate, Binary, Call, Chain, In, Items, My, Node, Read, Total, Unary
from .branches import branches
from .cost import refuse_too_long
from .facts import is_constant
from .functions import FUNCTIONS
from .scope import Checked
from .sql_common import compared, opposite
from .sql_dialects import DIALECTS
from .sql_value import Element, Sql, SqlEnv
from .to_python import COMPARE, compiled
from .types import BOOLEAN, INTEGER, Context, Kind, Type

GROUP = 200
IDS = frozenset({Kind.RECORD, Kind.MEMBER, Kind.DEPARTMENT})


def joined(join: Callable[..., Any], parts: Sequence[Element]) -> Element:
    """and/or of many parts in groups: SQLite refuses expressions nested deeper than 1,000, and reads a run as nested."""
    items = list(parts)
    while len(items) > GROUP:
        groups = [items[start : start + GROUP] for start in range(0, len(items), GROUP)]
        items = [type_coerce(Grouping(join(*group)), Boolean()) for group in groups]
    found: Element = join(*items)
    return found


class Compiler:
    """One formula over one environment."""

    def __init__(self, env: SqlEnv) -> None:
        self.env = env
        self.dialect = DIALECTS[env.dialect]

    def queryable(self, checked: Checked) -> Sql:
        """The whole formula, if it has a SQL form."""
        if not checked.queryable:
            raise FormulaError("not_queryable", text=checked.text[:200])
        refuse_too_long(checked.node)
        return self.sql(checked.node)

    def sql(self, node: Node) -> Sql:
        """One node; what reads no record is a bound value."""
        if is_constant(node):
            value = compiled(node)(_Nothing(self.env.context))
            return self.dialect.literal(value, node.type)
        return _COMPILERS[type(node)](self, node)

    def boolean(self, node: Node) -> Element:
        """A condition; a null literal keeps its type."""
        value = self.sql(node)
        if value.is_constant and value.constant is None:
            return cast(null(), Boolean)
        return value.element

    def read(self, node: Read) -> Sql:
        return self.dialect.column(self.env.column(node.ref.anchor, node.ref.path), node.ref.type)

    def unary(self, node: Unary) -> Sql:
        if node.operator == "not":
            return Sql(not_(self.boolean(node.operand)), BOOLEAN)
        return self.dialect.add("-", [self.sql(node.operand)], node.type)

    def binary(self, node: Binary) -> Sql:
        return Sql(self.compare(node.operator, self.sql(node.left), self.sql(node.right)), BOOLEAN)

    def compare(self, operator: str, left: Sql, right: Sql) -> Element:
        if any(each.is_constant and each.constant is None for each in (left, right)):
            return cast(null(), Boolean)
        if left.is_constant and right.is_constant:
            return true() if COMPARE[operator](left.constant, right.constant) else false()
        if left.type.kind in IDS or right.type.kind in IDS:
            return self._compare_ids(operator, left, right)
        return self.dialect.compare(operator, left, right)

    def _compare_ids(self, operator: str, left: Sql, right: Sql) -> Element:
        if left.is_constant:
            left, right = right, left
        if not right.is_constant:
            return compared(operator, left.element, right.element)
        return compared(operator, left.element, self._id(right.constant, left)) if self._may_be(right.constant, left) \
            else opposite(left.element, operator == "<>")  # fmt: skip

    def _may_be(self, value: Any, column: Sql) -> bool:
        """A text that is no id equals none, and PostgreSQL would refuse it as a UUID."""
        return is_id(value) or isinstance(column.element.type, SqlText)

    def _id(self, value: Any, like: Sql) -> Element:
        return literal(value, like.element.type)

    def chain(self, node: Chain) -> Sql:
        if node.family in ("and", "or"):
            join = and_ if node.family == "and" else or_
            return Sql(joined(join, [self.boolean(each) for each in node.operands()]), BOOLEAN)
        operands = [self.sql(each) for each in node.operands()]
        if node.family == "&":
            return self.dialect.concat(operands, node.type)
        if node.family == "+":
            signs = "+" + "".join(operator for operator, _ in node.rest)
            return self.dialect.add(signs, operands, node.type)
        value = operands[0]
        for (operator, _), operand in zip(node.rest, operands[1:], strict=True):
            step = self.dialect.multiply if operator == "*" else self.dialect.divide
            value = step(value, operand, node.type)
        return value

    # -- lists

    def membership(self, node: In) -> Sql:
        needle = self.sql(node.needle)
        found = self._among(needle, self._items(node.haystack)) if self._is_written(node.haystack) else None
        if found is None:
            found = self.dialect.in_list(needle, self.sql(node.haystack))
        return Sql(not_(found) if node.negated else found, BOOLEAN)

    def _is_written(self, haystack: Node) -> bool:
        return isinstance(haystack, Items) or is_constant(haystack)

    def _items(self, haystack: Node) -> list[Sql]:
        if isinstance(haystack, Items):
            return [self.sql(each) for each in haystack.items]
        item = haystack.type.item or haystack.type
        value = compiled(haystack)(_Nothing(self.env.context))
        if value is None:
            return [self.dialect.literal(None, item)]
        return [self.dialect.literal(each, item) for each in value]

    def _among(self, needle: Sql, items: Sequence[Sql]) -> Element:
        """A native IN for a column among constants, else equalities joined by or."""
        if not items:
            return opposite(needle.element, False)
        known = all(each.is_constant and each.constant is not None for each in items)
        if known and needle.column is not None and needle.type.kind not in (Kind.BOOLEAN, Kind.LIST):
            return self._native_in(needle, needle.column, [each.constant for each in items])
        return joined(or_, [self.compare("=", needle, each) for each in items])

    def _native_in(self, needle: Sql, column: Element, values: list[Any]) -> Element:
        """What the column cannot hold equals nothing in it."""
        if needle.type.kind in IDS:
            values = [each for each in values if self._may_be(each, needle)]
        elif needle.type.kind is Kind.NUMBER:
            return self.dialect.number_in(needle, values)
        return column.in_(values) if values else opposite(column, False)

    # -- calls

    def call(self, node: Call) -> Sql:
        name = node.function
        if name in ("if", "ifs", "switch", "choose"):
            return self._branches(node)
        if name in _PLAIN:
            return _PLAIN[name](self, node)
        arguments = [self._argument(name, index, each) for index, each in enumerate(node.arguments)]
        if name == "concat":
            return self.dialect.concat(arguments, node.type)
        zone = str(self.env.context.zone)
        return self.dialect.call(FUNCTIONS[name], arguments, node.type, zone)

    def _argument(self, name: str, index: int, node: Node) -> Sql:
        """What is always null still needs a kind, or PostgreSQL cannot choose a function."""
        if node.type.kind is Kind.NULL:
            return self.dialect.literal(None, Type(min(FUNCTIONS[name].param(index).kinds, default=Kind.TEXT)))
        return self.sql(node)

    def _branches(self, node: Call) -> Sql:
        pairs, rest = self._open(*branches(node))
        if not pairs:
            return self._as(self.sql(rest), node.type)
        values = self._alike([*(self.sql(value) for _, value in pairs), self.sql(rest)], node.type)
        *chosen, otherwise = values
        cases = [(self.boolean(condition), value.element) for (condition, _), value in zip(pairs, chosen, strict=True)]
        return self._like(case(*cases, else_=otherwise.element), values, node.type)

    def _open(self, pairs: list[tuple[Node, Node]], rest: Node) -> tuple[list[tuple[Node, Node]], Node]:
        """Without the branches whose condition is known before the query: they may not even be computable."""
        left: list[tuple[Node, Node]] = []
        for condition, value in pairs:
            if not is_constant(condition):
                left.append((condition, value))
            elif compiled(condition)(_Nothing(self.env.context)) is True:
                return left, value
        return left, rest

    def _as(self, value: Sql, type_: Type) -> Sql:
        """What is always null takes the kind that is wanted."""
        return self.dialect.literal(None, type_) if value.type.kind is Kind.NULL else value

    def coalesce(self, node: Call) -> Sql:
        values = self._alike([self.sql(each) for each in node.arguments], node.type)
        if len(values) == 1:
            return values[0]
        return self._like(func.coalesce(*(each.element for each in values)), values, node.type)

    def _alike(self, values: list[Sql], type_: Type) -> list[Sql]:
        """In one representation, ids with the type of the column among them."""
        if type_.kind is Kind.NUMBER:
            return self.dialect.numbers(values)[0]
        if type_.kind not in IDS:
            return [each if each.type.kind is not Kind.NULL else self.dialect.literal(None, type_) for each in values]
        like = next((each for each in values if not each.is_constant), None)
        if like is None:
            return values
        return [self._as_id(each, like) for each in values]

    def _as_id(self, value: Sql, like: Sql) -> Sql:
        if not value.is_constant:
            return value
        element = null() if value.constant is None else self._id(value.constant, like)
        return Sql(element, value.type)

    def _like(self, element: Element, values: Sequence[Sql], type_: Type) -> Sql:
        """The outcome of a choice among values of one representation."""
        first = next((each for each in values if not each.is_constant), values[0])
        if type_.kind is Kind.NUMBER:
            scale = first.scale if all(each.scale == first.scale for each in values) else None
            bound = max(each.bound for each in values) if all(each.bound for each in values) else 0
            whole = Integer() if scale is not None and self.env.dialect == "sqlite" else first.element.type
            return Sql(type_coerce(element, whole), type_, scale, bound)
        return Sql(type_coerce(element, first.element.type), type_)

    def isblank(self, node: Call) -> Sql:
        value = self.sql(node.arguments[0])
        blank: Element = value.element.is_(None)
        if value.type.kind is Kind.LIST:
            blank = or_(blank, self.dialect.blank_list(value))
        return Sql(blank, BOOLEAN)

    def plain_sum(self, node: Call) -> Sql:
        zero = self.dialect.literal(Decimal(0), INTEGER)
        values = []
        for each in map(self.sql, node.arguments):
            alike = self.dialect.numbers([each, zero])[0]
            values.append(self._like(func.coalesce(*(one.element for one in alike)), alike, node.type))
        return self.dialect.add("+" * len(values), values, node.type)

    def plain_count(self, node: Call) -> Sql:
        ones = [case((self.sql(each).element.is_(None), 0), else_=1) for each in node.arguments]
        return self._integer(sum(ones[1:], ones[0]), len(ones))

    def _integer(self, element: Element, bound: int) -> Sql:
        column = type_coerce(element, Integer())
        value = self.dialect.column(column, INTEGER)
        return Sql(value.element, INTEGER, value.scale, bound)

    def plain_average(self, node: Call) -> Sql:
        return self.dialect.average([self.sql(each) for each in node.arguments])

    def extreme(self, node: Call) -> Sql:
        values = [self.sql(each) for each in node.arguments]
        return values[0] if len(values) == 1 else self.dialect.extreme(node.function, values, node.type)

    # -- rows

    def aggregate(self, node: Aggregate) -> Sql:
        rows = self.env.rows(node.rows.anchor, node.rows.path)
        inner = Compiler(rows.env)
        value = inner.sql(node.value) if node.value is not None else None
        where = inner.boolean(node.where) if node.where is not None else None
        folded = self.fold(node.function, value, where, node.type)
        return Sql(rows.select(folded.element), folded.type, folded.scale, folded.bound)

    def fold(self, function: str, value: Sql | None, where: Element | None, type_: Type) -> Sql:
        """An aggregate expression over rows that somebody selects."""
        if function in ("any", "all"):
            return self._quantified(function, value, where)
        if function in ("count", "countdistinct"):
            element: Any = literal_column("*") if value is None else value.element
            counted = func.count(element.distinct() if function == "countdistinct" else element)
            return self._integer(counted if where is None else counted.filter(where), 2**62)
        assert value is not None
        return self.dialect.fold(function, value, where, type_)

    def _quantified(self, function: str, value: Sql | None, where: Element | None) -> Sql:
        condition: Element = value.element if value is not None else literal_column("1=1", Boolean)
        holds = case((condition, 1), else_=0) == (1 if function == "any" else 0)
        counted = func.count(literal_column("*")).filter(holds if where is None else and_(holds, where))
        return Sql(counted > 0 if function == "any" else counted == 0, BOOLEAN)

    def total(self, node: Total) -> Sql:
        keys = [self.dialect.result(self.sql(each)) for each in node.keys]
        return self.dialect.column(self.env.total(node.name, keys, node.value), node.type)

    def my(self, node: My) -> Sql:
        return Sql(self.env.my(node.group.anchor, node.group.path), BOOLEAN)


class _Nothing:
    """The environment of what reads no record."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def get(self, anchor: str, path: tuple[str, ...]) -> Any:
        raise LookupError(path)

    def rows(self, anchor: str, path: tuple[str, ...]) -> Iterable[Any]:
        raise LookupError(path)

    def total(self, name: str, keys: tuple[Any, ...], value: str) -> Any:
        raise LookupError(name)


_PLAIN: dict[str, Callable[[Compiler, Call], Sql]] = {
    "coalesce": Compiler.coalesce,
    "nz": Compiler.coalesce,
    "isblank": Compiler.isblank,
    "sum": Compiler.plain_sum,
    "count": Compiler.plain_count,
    "avg": Compiler.plain_average,
    "min": Compiler.extreme,
    "max": Compiler.extreme,
}

_COMPILERS: dict[type[Node], Callable[[Compiler, Any], Sql]] = {
    Read: Compiler.read,
    Unary: Compiler.unary,
    Binary: Compiler.binary,
    Chain: Compiler.chain,
    In: Compiler.membership,
    Call: Compiler.call,
    Aggregate: Compiler.aggregate,
    Total: Compiler.total,
    My: Compiler.my,
}
