"""Gives every node a type and every name a meaning, and collects all problems with their positions.

Small conversions that people expect happen here, so that the back ends need none: a text literal beside a date is a date,
an instant where a date is wanted is its date, `date + 1` is `addays(date, 1)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timezone
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from ..kernel.problems import Problem
from .ast import Binary, Call, Chain, In, Items, Literal, My, Name, Node, Read, Total, Unary
from .functions import FUNCTIONS, Function
from .functions.dates import parse_date, parse_time
from .printer import name_text
from .scope import Scope
from .types import BOOLEAN, DATE, DATETIME, INTEGER, NULL, NUMBER, TEXT, TIME, Kind, Type

ORDERED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
IDS = frozenset({Kind.RECORD, Kind.MEMBER, Kind.DEPARTMENT})
EQUAL = ORDERED | IDS | {Kind.BOOLEAN}
SHOWN = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.TIME})


@dataclass(frozen=True)
class Unknown(Node):
    """What stands for a part with a problem, so that one mistake is one problem."""


UNKNOWN = Unknown()
Special = Callable[["Checker", Call], Node]


class Checker:
    """One formula being checked against one scope."""

    def __init__(
        self, scope: Scope, special: Mapping[str, Special], problems: list[Problem], *, in_rows: bool = False
    ) -> None:
        self.scope = scope
        self.special = special
        self.problems = problems
        self.in_rows = in_rows

    def inside(self, scope: Scope) -> Checker:
        """A checker for what stands inside a row."""
        return Checker(scope, self.special, self.problems, in_rows=True)

    def node(self, node: Node) -> Node:
        """The node typed; UNKNOWN after a problem."""
        return _CHECKS[type(node)](self, node)

    def wrong(self, code: str, node: Node, **params: Any) -> Node:
        """Note a problem at the node."""
        self.problems.append(Problem(code, params={"position": node.position, **params}))
        return UNKNOWN

    # -- names and literals

    def literal(self, node: Literal) -> Node:
        return replace(node, type=_type_of(node.value))

    def name(self, node: Name) -> Node:
        ref = self.scope.resolve(node.path)
        if ref is not None and ref.type.kind is not Kind.ROWS:
            return Read(ref, position=node.position, type=ref.type)
        if ref is not None or any(self.scope.rows(node.path[:size]) for size in range(1, len(node.path) + 1)):
            return self.wrong("rows", node, name=name_text(node.path))
        return self.wrong("unknown_field", node, name=name_text(node.path))

    def read(self, node: Read) -> Node:
        return replace(node, type=node.ref.type)

    # -- operators

    def unary(self, node: Unary) -> Node:
        kind = Kind.BOOLEAN if node.operator == "not" else Kind.NUMBER
        operand = self.wanted(node.operand, kind)
        return replace(node, operand=operand, type=BOOLEAN if node.operator == "not" else _number(operand.type))

    def binary(self, node: Binary) -> Node:
        left, right = self.meet(self.node(node.left), self.node(node.right), node)
        if UNKNOWN not in (left, right) and any(_is_null(each) for each in (left, right)):
            params = {"position": node.position}
            self.problems.append(Problem("null_comparison", params=params, level="warning"))
        kind = next((each.type.kind for each in (left, right) if each.type.kind is not Kind.NULL), Kind.TEXT)
        if kind not in (EQUAL if node.operator in ("=", "<>") else ORDERED):
            return self.wrong("type", node, operator=node.operator, found=kind.value)
        return replace(node, left=left, right=right, type=BOOLEAN)

    def chain(self, node: Chain) -> Node:
        if node.family in ("and", "or"):
            return self._all(node, frozenset({Kind.BOOLEAN}), BOOLEAN)
        if node.family == "&":
            return self._all(node, SHOWN, TEXT)
        if node.family == "*":
            typed = self._all(node, frozenset({Kind.NUMBER}), NUMBER)
            return replace(typed, type=_product(typed)) if isinstance(typed, Chain) else typed
        return self._sum(node)

    def _all(self, node: Chain, kinds: frozenset[Kind], gives: Type) -> Node:
        first = self.fit(self.node(node.first), kinds)
        rest = tuple((operator, self.fit(self.node(each), kinds)) for operator, each in node.rest)
        return replace(node, first=first, rest=rest, type=gives)

    def _sum(self, node: Chain) -> Node:
        """Runs of numbers stay one chain; a date among them turns its step into addays or days."""
        value = self.node(node.first)
        for operator, each in node.rest:
            value = self._step(operator, value, self.node(each))
        return value

    def _step(self, operator: str, left: Node, right: Node) -> Node:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if Kind.DATETIME in (left.type.kind, right.type.kind):
            left, right = (self._as_date(each) for each in (left, right))
        kinds = left.type.kind, right.type.kind
        if kinds[0] is Kind.DATE and kinds[1] is Kind.DATE and operator == "-":
            return Call("days", (left, right), position=left.position, type=INTEGER)
        if kinds[1] is Kind.DATE and operator == "+":
            left, right, kinds = right, left, (kinds[1], kinds[0])
        if kinds[0] is Kind.DATE:
            count = self.fit(right, frozenset({Kind.NUMBER}))
            count = Unary("-", count, position=right.position, type=count.type) if operator == "-" else count
            return Call("addays", (left, count), position=left.position, type=DATE)
        left, right = (self.fit(each, frozenset({Kind.NUMBER})) for each in (left, right))
        if isinstance(left, Chain) and left.family == "+" and left.type.kind is Kind.NUMBER:
            return replace(left, rest=(*left.rest, (operator, right)), type=widest((left.type, right.type)))
        gives = widest((left.type, right.type))
        return Chain("+", left, ((operator, right),), position=left.position, type=gives)

    def _as_date(self, node: Node) -> Node:
        return self.fit(node, frozenset({Kind.DATE})) if node.type.kind is Kind.DATETIME else node

    # -- lists

    def items(self, node: Items) -> Node:
        values, common = self.alike([self.node(each) for each in node.items], node)
        if common.kind not in EQUAL | {Kind.NULL}:
            return self.wrong("type", node, wanted="value", found=common.kind.value)
        return replace(node, items=tuple(values), type=Type(Kind.LIST, item=common))

    def membership(self, node: In) -> Node:
        needle = self.node(node.needle)
        if isinstance(node.haystack, Items):
            typed = [self.node(each) for each in node.haystack.items]
            if len(typed) == 1 and typed[0].type.kind is Kind.LIST:
                return self.in_list(node, needle, typed[0])
            values, common = self.alike([needle, *typed], node)
            if common.kind not in EQUAL | {Kind.NULL}:
                return self.wrong("type", node, operator="in", found=common.kind.value)
            haystack = replace(node.haystack, items=tuple(values[1:]), type=Type(Kind.LIST, item=common))
            return replace(node, needle=values[0], haystack=haystack, type=BOOLEAN)
        return self.in_list(node, needle, self.node(node.haystack))

    def in_list(self, node: In, needle: Node, haystack: Node) -> Node:
        if haystack is UNKNOWN or needle is UNKNOWN:
            return UNKNOWN
        if haystack.type.kind not in (Kind.LIST, Kind.NULL):
            return self.wrong("type", haystack, wanted="list", found=haystack.type.kind.value)
        if haystack.type.item is not None and haystack.type.item.kind in EQUAL:
            needle = self.fit(needle, frozenset({haystack.type.item.kind}))
        return replace(node, needle=needle, haystack=haystack, type=BOOLEAN)

    # -- calls

    def call(self, node: Call) -> Node:
        function = FUNCTIONS.get(node.function)
        if function is None:
            near = get_close_matches(node.function, FUNCTIONS, n=1)
            return self.wrong("unknown_function", node, name=node.function, near=near[0] if near else None)
        if not self._counted(node, function):
            return UNKNOWN
        if function.name in self.special:
            return self.special[function.name](self, node)
        return self.ordinary(node, function, [self.node(each) for each in node.arguments])

    def ordinary(self, node: Call, function: Function, arguments: list[Node]) -> Node:
        """A function whose arguments are checked one by one."""
        fitted = []
        for index, each in enumerate(arguments):
            param = function.param(index)
            if param.words and not (isinstance(each, Literal) and each.value in param.words):
                self.wrong("words", each, function=function.name, words=list(param.words))
            fitted.append(self.fit(each, param.kinds) if param.kinds else each)
        gives = function.gives or (fitted[0].type.item if fitted else None) or NULL
        if gives.kind is Kind.NUMBER and gives.scale is None:
            gives = _result_scale(function.name, fitted)
        return Call(function.name, tuple(fitted), position=node.position, type=gives)

    def _counted(self, node: Call, function: Function) -> bool:
        count, least, most = len(node.arguments), function.least, function.most
        if count < least or (most is not None and count > most):
            self.wrong("arguments", node, function=function.name, least=least, most=most, found=count)
            return False
        return True

    def total(self, node: Total) -> Node:
        shape = self.scope.total(node.name)
        if shape is None or node.value not in shape.values:
            return self.wrong("unknown_total", node, name=node.name, value=node.value)
        if len(shape.keys) != len(node.keys):
            wanted = len(shape.keys)
            return self.wrong("arguments", node, function="total", least=wanted + 1, most=wanted + 1)
        keys = tuple(self.wanted(key, type_.kind) for key, type_ in zip(node.keys, shape.keys, strict=True))
        return replace(node, keys=keys, type=shape.values[node.value])

    # -- fitting types

    def wanted(self, node: Node, kind: Kind) -> Node:
        """The node checked and fitted to one kind."""
        return self.fit(self.node(node), frozenset({kind}))

    def fit(self, node: Node, kinds: frozenset[Kind]) -> Node:
        """The node as one of the kinds, converted where that is plainly meant."""
        kind = node.type.kind
        if kind in kinds:
            return node
        if kind is Kind.NULL:
            return replace(node, type=Type(min(kinds))) if isinstance(node, Literal) else node
        if isinstance(node, Literal) and isinstance(node.value, str):
            made = self._from_text(node, node.value, kinds)
            if made is not None:
                return made
        if kind is Kind.DATETIME and Kind.DATE in kinds:
            return Call("dateof", (node,), position=node.position, type=DATE)
        if kind is Kind.DATETIME and Kind.TIME in kinds:
            return Call("timeof", (node,), position=node.position, type=TIME)
        return self.wrong("type", node, wanted=_first(kinds), found=kind.value)

    def _from_text(self, node: Literal, text: str, kinds: frozenset[Kind]) -> Node | None:
        ids = kinds & IDS
        if ids:
            return replace(node, type=Type(next(iter(ids))))
        readers: dict[Kind, tuple[Callable[[str], Any], Type]] = {
            Kind.DATE: (parse_date, DATE),
            Kind.DATETIME: (read_instant, DATETIME),
            Kind.TIME: (parse_time, TIME),
        }
        for kind, (reader, type_) in readers.items():
            if kind in kinds:
                value = reader(text)
                if value is None:
                    return self.wrong("literal", node, wanted=kind.value, text=text)
                return replace(node, value=value, type=type_)
        return None

    def meet(self, left: Node, right: Node, at: Node) -> tuple[Node, Node]:
        """Two nodes to compare, as one kind."""
        values, _ = self.alike([left, right], at)
        return values[0], values[1]

    def alike(self, nodes: list[Node], at: Node) -> tuple[list[Node], Type]:
        """The nodes as one kind, and their common type."""
        if UNKNOWN in nodes:
            return [UNKNOWN for _ in nodes], NULL
        kinds = {each.type.kind for each in nodes if each.type.kind is not Kind.NULL}
        if not kinds:
            return nodes, NULL
        if len(kinds) > 1:
            firm = {each.type.kind for each in nodes if not _is_text(each)} - {Kind.NULL}
            target = Kind.DATE if firm == {Kind.DATE, Kind.DATETIME} else _first_kind(nodes, firm)
            nodes = [self.fit(each, frozenset({target})) for each in nodes]
            if UNKNOWN in nodes:
                return [UNKNOWN for _ in nodes], NULL
        return nodes, self._common(nodes, at)

    def _common(self, nodes: list[Node], at: Node) -> Type:
        types = [each.type for each in nodes if each.type.kind is not Kind.NULL]
        first = types[0]
        if first.kind is Kind.NUMBER:
            return widest(types)
        forms = {each.form for each in types if each.form is not None}
        if first.kind is Kind.RECORD and len(forms) > 1:
            self.wrong("type", at, wanted=sorted(map(str, forms))[0], found=sorted(map(str, forms))[1])
        return next((each for each in types if each.form or each.item), first)


def read_instant(text: str) -> datetime | None:
    """RFC 3339 with an offset, or null."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else None


def _type_of(value: object) -> Type:
    if isinstance(value, Decimal):
        return Type(Kind.NUMBER, scale=max(0, -int(value.as_tuple().exponent)))
    kinds: tuple[tuple[type, Type], ...] = (
        (bool, BOOLEAN), (datetime, DATETIME), (date, DATE), (time, TIME), (str, TEXT),
    )  # fmt: skip
    return next((type_ for python, type_ in kinds if isinstance(value, python)), NULL)


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _first(kinds: Iterable[Kind]) -> str:
    return "|".join(sorted(kinds))


def _first_kind(nodes: list[Node], firm: set[Kind]) -> Kind:
    wanted = firm or {each.type.kind for each in nodes}
    return next(each.type.kind for each in nodes if each.type.kind in wanted)


def _number(type_: Type) -> Type:
    return type_ if type_.kind is Kind.NUMBER else NUMBER


def widest(types: Iterable[Type]) -> Type:
    """The number type that holds all of them exactly."""
    scales = [each.scale for each in types if each.kind is Kind.NUMBER]
    return Type(Kind.NUMBER, scale=None if None in scales or not scales else max(s for s in scales if s is not None))


def _product(chain: Chain) -> Type:
    scales = [each.type.scale for each in chain.operands()]
    known = [each for each in scales if each is not None]
    exact = all(operator == "*" for operator, _ in chain.rest) and len(known) == len(scales) and sum(known) <= 10
    return Type(Kind.NUMBER, scale=sum(known)) if exact else NUMBER


def _result_scale(name: str, arguments: list[Node]) -> Type:
    if name in ("round", "roundup", "rounddown"):
        places = arguments[1] if len(arguments) > 1 else Literal(Decimal(0))
        if isinstance(places, Literal) and isinstance(places.value, Decimal):
            return Type(Kind.NUMBER, scale=int(max(Decimal(0), min(Decimal(10), places.value))))
        return NUMBER
    return widest([each.type for each in arguments]) if name in ("abs", "mod", "clamp") else NUMBER


_CHECKS: dict[type[Node], Callable[[Checker, Any], Node]] = {
    Literal: Checker.literal,
    Name: Checker.name,
    Read: Checker.read,
    Unary: Checker.unary,
    Binary: Checker.binary,
    Chain: Checker.chain,
    Items: Checker.items,
    In: Checker.membership,
    Call: Checker.call,
    Total: Checker.total,
    My: lambda _, node: node,
    Unknown: lambda _, node: node,
}
