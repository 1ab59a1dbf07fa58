"""Compiles a checked tree to closures over an environment. Nothing is interpreted twice and nothing is ever eval'ed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Protocol

from ..kernel.errors import FormulaError
from . import exact
from .aggregates import AGGREGATES
from .ast import Aggregate, Binary, Call, Chain, In, Items, Literal, My, Node, Read, Total, Unary, walk
from .branches import branches
from .functions import FUNCTIONS, Function
from .functions.texts import concat
from .scope import Checked
from .types import Context, Kind, Value


class Env(Protocol):
    """Where values come from: one record or row."""

    context: Context

    def get(self, anchor: str, path: tuple[str, ...]) -> Value:
        """A canonical value; None where there is none, references followed."""
        ...

    def rows(self, anchor: str, path: tuple[str, ...]) -> Iterable[Env]:
        """The environments of the rows, in their order; their "parent" is this record."""
        ...

    def total(self, name: str, keys: tuple[Value, ...], value: str) -> Value:
        """A total's value; 0 or null where the key is missing, as its kind says."""
        ...


Evaluate = Callable[[Env], Value]
#: Rows times nodes one aggregate may take: 5,000 rows with a condition of 400 parts.
STEP_LIMIT = 2_000_000


def to_python(checked: Checked) -> Evaluate:
    """The formula as a function. It raises FormulaError: out_of_range when a value leaves its range, too_large when rows
    and conditions together are too many, format for a format `text` cannot read."""
    return compiled(checked.node)


def compiled(node: Node) -> Evaluate:
    """One node as a function."""
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Evaluate:
    value = node.value
    return lambda env: value


def _read(node: Read) -> Evaluate:
    anchor, path = node.ref.anchor, node.ref.path
    if node.ref.type.kind is Kind.NUMBER:
        return lambda env: _decimal(env.get(anchor, path))
    if node.ref.type.kind is Kind.TEXT:
        return lambda env: env.get(anchor, path) or None
    return lambda env: env.get(anchor, path)


def _decimal(value: Value) -> Decimal | None:
    return value if value is None or type(value) is Decimal else Decimal(value)


def _unary(node: Unary) -> Evaluate:
    operand = compiled(node.operand)
    if node.operator == "not":
        return lambda env: None if (value := operand(env)) is None else not value
    return lambda env: None if (value := operand(env)) is None else exact.subtract(exact.ZERO, value)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def _binary(node: Binary) -> Evaluate:
    left, right, compare = compiled(node.left), compiled(node.right), COMPARE[node.operator]

    def evaluate(env: Env) -> Value:
        one, other = left(env), right(env)
        return None if one is None or other is None else compare(one, other)

    return evaluate


_STEPS: dict[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "+": exact.add,
    "-": exact.subtract,
    "*": exact.multiply,
    "/": exact.divide,
}


def _chain(node: Chain) -> Evaluate:
    if node.family in ("and", "or"):
        return _logic([compiled(each) for each in node.operands()], decides=node.family == "or")
    if node.family == "&":
        parts = [compiled(each) for each in node.operands()]
        return lambda env: concat(*(part(env) for part in parts))
    first, rest = compiled(node.first), [(_STEPS[operator], compiled(each)) for operator, each in node.rest]

    def evaluate(env: Env) -> Value:
        value = first(env)
        for step, operand in rest:
            other = operand(env)
            value = None if value is None or other is None else step(value, other)
        return value

    return evaluate


def _logic(operands: list[Evaluate], *, decides: bool) -> Evaluate:
    """Three-valued and/or: the deciding value wins, else null wins."""

    def evaluate(env: Env) -> Value:
        unknown = False
        for operand in operands:
            value = operand(env)
            if value is decides:
                return decides
            unknown = unknown or value is None
        return None if unknown else not decides

    return evaluate


def _items(node: Items) -> Evaluate:
    """A list as a value holds no nulls."""
    items = [compiled(each) for each in node.items]
    return lambda env: tuple(value for each in items if (value := each(env)) is not None)


def _written(haystack: Node) -> Evaluate:
    """The list of an `in`, where a null among the items makes the answer unknown."""
    if not isinstance(haystack, Items):
        return compiled(haystack)
    items = [compiled(each) for each in haystack.items]
    return lambda env: tuple(each(env) for each in items)


def _in(node: In) -> Evaluate:
    needle, haystack, negated = compiled(node.needle), _written(node.haystack), node.negated

    def evaluate(env: Env) -> Value:
        value, items = needle(env), haystack(env)
        if value is None or items is None:
            return None
        if value in items:
            return not negated
        return None if None in items else negated

    return evaluate


def _call(node: Call) -> Evaluate:
    name, arguments = node.function, node.arguments
    if name in ("if", "ifs", "switch", "choose"):
        return _branches(node)
    operands = [compiled(each) for each in arguments]
    if name in ("coalesce", "nz"):
        return lambda env: next((value for each in operands if (value := each(env)) is not None), None)
    if name == "isblank":
        return lambda env: operands[0](env) in (None, ())
    if name in AGGREGATES and name != "contains":
        return _plain(node, operands)
    return _function(FUNCTIONS[name], operands)


def _plain(node: Call, operands: list[Evaluate]) -> Evaluate:
    """sum, min, join … over plain values or one list."""
    fold = AGGREGATES[node.function]
    if node.function == "join":
        listed, separator = operands
        return lambda env: fold(listed(env) or (), (separator(env),))
    return lambda env: fold([value for each in operands if (value := each(env)) is not None], ())


def _branches(node: Call) -> Evaluate:
    pairs, rest = branches(node)
    cases = [(compiled(condition), compiled(value)) for condition, value in pairs]
    otherwise = compiled(rest)

    def evaluate(env: Env) -> Value:
        for condition, value in cases:
            if condition(env) is True:
                return value(env)
        return otherwise(env)

    return evaluate


def _function(function: Function, operands: list[Evaluate]) -> Evaluate:
    python = applied(function)
    if function.context:
        return lambda env: python(env.context, *(each(env) for each in operands))
    if function.zone:
        return lambda env: python(env.context.zone, *(each(env) for each in operands))
    return lambda env: python(*(each(env) for each in operands))


def applied(function: Function) -> Callable[..., Value]:
    """The function with its nulls looked after: a null where the parameter does not let it through is the result, and
    blank text is null."""
    python, extra = function.python, int(function.context or function.zone)
    assert python is not None, function.name
    lets = [each.let_null for each in function.params]

    def call(*values: Value) -> Value:
        for index, value in enumerate(values[extra:]):
            if value is None and not lets[min(index, len(lets) - 1)]:
                return None
        result = python(*values)
        return None if result == "" else result

    return call


def _aggregate(node: Aggregate) -> Evaluate:
    anchor, path, fold = node.rows.anchor, node.rows.path, AGGREGATES[node.function]
    value = compiled(node.value) if node.value is not None else None
    where = compiled(node.where) if node.where is not None else None
    extra = [compiled(each) for each in node.extra]
    keeps_nulls, size = node.function == "all", sum(1 for _ in walk(node))

    def evaluate(env: Env) -> Value:
        found = []
        steps = 0
        for row in env.rows(anchor, path):
            steps += size
            if steps > STEP_LIMIT:
                raise FormulaError("too_large", limit=STEP_LIMIT)
            if where is None or where(row) is True:
                one = True if value is None else value(row)
                if one is not None or keeps_nulls:
                    found.append(one)
        return fold(found, tuple(each(env) for each in extra))

    return evaluate


def _total(node: Total) -> Evaluate:
    keys, name, value = [compiled(each) for each in node.keys], node.name, node.value
    if node.type.kind is Kind.NUMBER:
        return lambda env: _decimal(env.total(name, tuple(each(env) for each in keys), value))
    return lambda env: env.total(name, tuple(each(env) for each in keys), value)


def _my(node: My) -> Evaluate:
    anchor, path = node.group.anchor, node.group.path

    def evaluate(env: Env) -> Value:
        group, people = env.get(anchor, path), env.context.people
        return None if group is None else people is not None and people.my(group)

    return evaluate


_COMPILERS: dict[type[Node], Callable[[Any], Evaluate]] = {
    Literal: _literal,
    Read: _read,
    Unary: _unary,
    Binary: _binary,
    Chain: _chain,
    Items: _items,
    In: _in,
    Call: _call,
    Aggregate: _aggregate,
    Total: _total,
    My: _my,
}
