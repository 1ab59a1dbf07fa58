"""Checks the functions that are not ordinary: choosing, dates from several things, aggregates over rows, `my`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from .ast import Aggregate, Binary, Call, Chain, In, Literal, My, Name, Node, walk
from .checker import EQUAL, ORDERED, UNKNOWN, Checker, Special, read_instant, widest
from .functions import FUNCTIONS
from .printer import name_text
from .scope import Scope
from .types import BOOLEAN, DATETIME, INTEGER, NULL, NUMBER, TEXT, Kind, Ref, Type

CONDITION = frozenset({Kind.BOOLEAN})
NUMBERS = frozenset({Kind.NUMBER})


def _choice(checker: Checker, node: Call, conditions: list[int], values: list[int]) -> Node:
    """Arguments at `conditions` are truth values, those at `values` are alike and give the type."""
    typed = [checker.node(each) for each in node.arguments]
    for index in conditions:
        typed[index] = checker.fit(typed[index], CONDITION)
    alike, common = checker.alike([typed[index] for index in values], node)
    for index, each in zip(values, alike, strict=True):
        typed[index] = each
    return replace(node, arguments=tuple(typed), type=common)


def _if(checker: Checker, node: Call) -> Node:
    return _choice(checker, node, [0], list(range(1, len(node.arguments))))


def _ifs(checker: Checker, node: Call) -> Node:
    count = len(node.arguments)
    values = [*range(1, count, 2), *([count - 1] if count % 2 else [])]
    return _choice(checker, node, list(range(0, count - 1, 2)), values)


def _switch(checker: Checker, node: Call) -> Node:
    count = len(node.arguments)
    cases = [0, *range(1, count - 1, 2)]
    values = [*range(2, count, 2), *([count - 1] if count % 2 == 0 else [])]
    typed = _choice(checker, node, [], sorted(values))
    if not isinstance(typed, Call):
        return typed
    arguments = list(typed.arguments)
    alike, common = checker.alike([arguments[index] for index in cases], node)
    if common.kind not in EQUAL | {Kind.NULL}:
        return checker.wrong("type", node, operator="=", found=common.kind.value)
    for index, each in zip(cases, alike, strict=True):
        arguments[index] = each
    return replace(typed, arguments=tuple(arguments))


def _choose(checker: Checker, node: Call) -> Node:
    typed = _choice(checker, node, [], list(range(1, len(node.arguments))))
    if not isinstance(typed, Call):
        return typed
    index = checker.fit(typed.arguments[0], NUMBERS)
    return replace(typed, arguments=(index, *typed.arguments[1:]))


def _coalesce(checker: Checker, node: Call) -> Node:
    return _choice(checker, node, [], list(range(len(node.arguments))))


def _nz(checker: Checker, node: Call) -> Node:
    if len(node.arguments) == 1:
        node = replace(node, arguments=(*node.arguments, Literal(Decimal(0), position=node.position)))
    return _coalesce(checker, node)


def _isblank(checker: Checker, node: Call) -> Node:
    return replace(node, arguments=(checker.node(node.arguments[0]),), type=BOOLEAN)


def _between(checker: Checker, node: Call) -> Node:
    value, least, most = node.arguments
    above = Binary(">=", value, least, position=node.position)
    below = Binary("<=", value, most, position=node.position)
    return checker.node(Chain("and", above, (("and", below),), position=node.position))


def _contains(checker: Checker, node: Call) -> Node:
    where, what = (checker.node(each) for each in node.arguments)
    if where.type.kind is Kind.LIST:
        return checker.in_list(In(what, where, position=node.position), what, where)
    return checker.ordinary(node, FUNCTIONS["contains"], [where, checker.fit(what, frozenset({Kind.TEXT}))])


# -- dates


def _date(checker: Checker, node: Call) -> Node:
    typed = [checker.node(each) for each in node.arguments]
    if len(typed) == 3:
        return checker.ordinary(node, FUNCTIONS["dateofparts"], typed)
    if len(typed) == 2:
        return checker.wrong("arguments", node, function="date", least=1, most=3, found=2)
    if typed[0].type.kind is Kind.TEXT and not isinstance(typed[0], Literal):
        return checker.ordinary(node, FUNCTIONS["datevalue"], typed)
    return checker.fit(typed[0], frozenset({Kind.DATE}))


def _datetime(checker: Checker, node: Call) -> Node:
    typed = [checker.node(each) for each in node.arguments]
    first = typed[0]
    if first.type.kind is Kind.DATE or len(typed) == 2:
        return checker.ordinary(node, FUNCTIONS["datetimeat"], typed)
    if isinstance(first, Literal) and isinstance(first.value, str):
        value = read_instant(first.value)
        if value is not None:
            return replace(first, value=value, type=DATETIME)
    if first.type.kind is Kind.TEXT:
        return checker.ordinary(node, FUNCTIONS["datetimevalue"], typed)
    return checker.fit(first, frozenset({Kind.DATETIME}))


def _time(checker: Checker, node: Call) -> Node:
    typed = checker.node(node.arguments[0])
    if isinstance(typed, Literal):
        return checker.fit(typed, frozenset({Kind.TIME}))
    return checker.ordinary(node, FUNCTIONS["time"], [typed])


# -- people


def _my(checker: Checker, node: Call) -> Node:
    argument = node.arguments[0]
    if not isinstance(argument, Name):
        return checker.wrong("group", node)
    typed = checker.node(argument)
    if typed is UNKNOWN:
        return UNKNOWN
    ref = checker.scope.resolve(argument.path)
    if ref is None or ref.type.kind is not Kind.RECORD or not checker.scope.group(argument.path):
        return checker.wrong("group", argument, name=name_text(argument.path))
    return My(ref, position=node.position, type=BOOLEAN)


# -- aggregates


def _aggregate(checker: Checker, node: Call) -> Node:
    """Over rows where an argument names rows, else over plain values."""
    found = _rows_of(checker.scope, node.arguments[0])
    separator: tuple[Node, ...] = ()
    if node.function == "join":
        node, separator = _separator(checker, node, 2 if found and _whole(node, found[0]) else 1)
    if found is None:
        return _plain(checker, node, separator)
    if checker.in_rows or any(_over_rows(checker.scope, each) for each in _aggregates_in(node)):
        return checker.wrong("nested", node, function=node.function)
    path, rows, scope = found
    value, where = _parts(checker, node, path)
    inner = checker.inside(scope)
    typed_where = None if where is None else inner.wanted(where, Kind.BOOLEAN)
    typed_value = None if value is None else inner.node(value)
    if UNKNOWN in (typed_value, typed_where):
        return UNKNOWN
    typed = Aggregate(node.function, rows, typed_value, typed_where, separator, position=node.position)
    return _typed_aggregate(checker, typed)


def _separator(checker: Checker, node: Call, place: int) -> tuple[Call, tuple[Node, ...]]:
    """join's separator stands after its value; 、 without one."""
    before, after = node.arguments[:place], node.arguments[place:]
    if not after:
        return node, (Literal("、", type=TEXT),)
    return replace(node, arguments=(*before, *after[1:])), (checker.wanted(after[0], Kind.TEXT),)


def _rows_of(scope: Scope, node: Node) -> tuple[tuple[str, ...], Ref, Scope] | None:
    """The first path in the argument that begins with rows; `max(sum(lines.x), 0)` is no aggregate itself."""
    names = sorted((each for each in _own_names(node)), key=lambda each: each.position)
    for name in names:
        for size in range(1, len(name.path) + 1):
            found = scope.rows(name.path[:size])
            if found is not None:
                return name.path[:size], *found
    return None


def _own_names(node: Node) -> Iterator[Name]:
    """Names that do not stand inside an aggregate of their own."""
    if isinstance(node, Name):
        yield node
    elif not _is_aggregate(node):
        for each in node.children():
            yield from _own_names(each)


def _is_aggregate(node: Node) -> bool:
    return isinstance(node, Call) and SPECIAL.get(node.function) is _aggregate


def _over_rows(scope: Scope, node: Call) -> bool:
    return bool(node.arguments) and _rows_of(scope, node.arguments[0]) is not None


def _aggregates_in(node: Call) -> Iterator[Call]:
    """Aggregates among what the aggregate is given."""
    for argument in node.arguments:
        for each in walk(argument):
            if isinstance(each, Call) and _is_aggregate(each):
                yield each


def _parts(checker: Checker, node: Call, rows: tuple[str, ...]) -> tuple[Node | None, Node | None]:
    """`f(lines.x, where)`, `f(lines.x * lines.y, where)`, `f(lines, value, where)` or `count(lines, where)`; names that
    begin with the rows lose that beginning."""
    value: Node | None
    value, *rest = (_inside(each, rows) for each in node.arguments)
    if _whole(node, rows):
        if node.function == "count":
            value = None
        elif not rest:
            checker.wrong("arguments", node, function=node.function, least=2, most=3, found=1)
            return UNKNOWN, None
        else:
            value, *rest = rest
    if len(rest) > 1:
        checker.wrong("arguments", node, function=node.function, least=1, most=3, found=len(node.arguments))
    return value, rest[0] if rest else None


def _whole(node: Call, rows: tuple[str, ...]) -> bool:
    """Whether the first argument is the rows themselves and not a value in them."""
    return isinstance(node.arguments[0], Name) and node.arguments[0].path == rows


def _inside(node: Node, rows: tuple[str, ...]) -> Node:
    if isinstance(node, Name):
        below = node.path[: len(rows)] == rows and len(node.path) > len(rows)
        return replace(node, path=node.path[len(rows) :]) if below else node
    changed = {each.name: _inside_value(getattr(node, each.name), rows) for each in fields(node)}
    return replace(node, **changed)


def _inside_value(value: Any, rows: tuple[str, ...]) -> Any:
    if isinstance(value, Node):
        return _inside(value, rows)
    if isinstance(value, tuple) and not isinstance(value, str):
        return tuple(_inside_value(each, rows) for each in value)
    return value


def _typed_aggregate(checker: Checker, node: Aggregate) -> Node:
    function, value = node.function, node.value
    if function in ("any", "all") and value is not None:
        value = checker.fit(value, CONDITION)
    if function in ("sum", "avg") and value is not None:
        value = checker.fit(value, NUMBERS)
        if value.type.kind is Kind.NULL:
            return checker.wrong("type", node, wanted="number", found="null") if value is not UNKNOWN else UNKNOWN
    if function in ("min", "max") and value is not None and value.type.kind not in ORDERED:
        return checker.wrong("type", node, function=function, found=value.type.kind.value)
    if function in ("distinct", "countdistinct", "join") and value is not None and value.type.kind not in EQUAL:
        return checker.wrong("type", node, function=function, found=value.type.kind.value)
    return replace(node, value=value, type=_aggregate_type(function, value.type if value else NULL))


def _aggregate_type(function: str, value: Type) -> Type:
    if function in ("count", "countdistinct"):
        return INTEGER
    fixed = {"avg": NUMBER, "join": TEXT, "any": BOOLEAN, "all": BOOLEAN}
    if function == "distinct":
        return Type(Kind.LIST, item=value)
    return fixed.get(function, value)


def _plain(checker: Checker, node: Call, separator: tuple[Node, ...]) -> Node:
    """sum(a, b), min(a, b) …: over values, nulls skipped; join and count over a list."""
    typed = [checker.node(each) for each in node.arguments]
    if UNKNOWN in typed:
        return UNKNOWN
    if node.function == "join" and typed[0].type.kind is Kind.LIST:
        return replace(node, arguments=(typed[0], *separator), type=TEXT)
    if node.function == "count":
        if len(typed) == 1 and typed[0].type.kind is Kind.LIST:
            size = Call("size", (typed[0],), position=node.position, type=INTEGER)
            return Call("coalesce", (size, Literal(Decimal(0), type=INTEGER)), position=node.position, type=INTEGER)
        return replace(node, arguments=tuple(typed), type=INTEGER)
    if node.function not in ("sum", "avg", "min", "max"):
        return checker.wrong("rows", node, function=node.function)
    return _plain_numbers(checker, node, typed)


def _plain_numbers(checker: Checker, node: Call, typed: list[Node]) -> Node:
    if node.function in ("sum", "avg"):
        typed = [checker.fit(each, NUMBERS) for each in typed]
        gives = NUMBER if node.function == "avg" else widest([each.type for each in typed])
        return replace(node, arguments=tuple(typed), type=gives)
    alike, common = checker.alike(typed, node)
    if common.kind not in ORDERED | {Kind.NULL}:
        return checker.wrong("type", node, function=node.function, found=common.kind.value)
    return replace(node, arguments=tuple(alike), type=common)


def _names() -> Iterator[tuple[str, Special]]:
    yield from (("if", _if), ("ifs", _ifs), ("switch", _switch), ("choose", _choose), ("coalesce", _coalesce))
    yield from (("nz", _nz), ("isblank", _isblank), ("between", _between), ("contains", _contains))
    yield from (("date", _date), ("datetime", _datetime), ("time", _time), ("my", _my))
    for name in (
        "sum",
        "count",
        "avg",
        "min",
        "max",
        "first",
        "last",
        "join",
        "distinct",
        "countdistinct",
        "any",
        "all",
    ):
        yield name, _aggregate


SPECIAL: dict[str, Special] = dict(_names())
