"""What can be said of a checked tree without evaluating it: what it reads, whether it is volatile, whether SQL can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .ast import Aggregate, Binary, Call, Chain, In, Items, Literal, My, Node, Read, Total, Unary, walk
from .functions import FUNCTIONS
from .printer import to_text
from .scope import AggregateRead, Checked
from .types import BOOLEAN, Ref

#: Special functions that both databases can compute.
SQL_SPECIAL = frozenset(
    {"if", "ifs", "switch", "choose", "coalesce", "nz", "isblank", "sum", "count", "avg", "min", "max"}
)
SQL_AGGREGATES = frozenset({"sum", "count", "avg", "min", "max", "countdistinct", "any", "all"})


def checked_of(node: Node, written: Node | None = None) -> Checked:
    """The facts of a typed tree; `written` is the tree whose names the canonical text keeps."""
    nodes = list(walk(node))
    aggregates = frozenset(map(_aggregate_read, (each for each in nodes if isinstance(each, Aggregate))))
    return Checked(
        node=node,
        type=node.type,
        text=to_text(written or node),
        reads=frozenset(reads(node)),
        aggregates=aggregates,
        totals=frozenset(each.name for each in nodes if isinstance(each, Total)),
        volatile=any(is_volatile(each) for each in nodes),
        queryable=is_queryable(node),
    )


def comparison(checked: Checked) -> tuple[Checked, str, Checked] | None:
    """Left side, operator and right side of a formula of the form `a >= b`, `>`, `<=`, `<`; None for all others. What the
    repair rule of checks needs (docs/derived-values.md, What is kept)."""
    node = checked.node
    if isinstance(node, Binary) and node.operator in (">=", ">", "<=", "<"):
        return checked_of(node.left), node.operator, checked_of(node.right)
    return None


def conjuncts(checked: Checked) -> tuple[Checked, ...]:
    """The parts of `a and b and c`, each of which must be true; any other formula is its only part."""
    node = checked.node
    if isinstance(node, Chain) and node.family == "and":
        return tuple(checked_of(replace(each, type=BOOLEAN)) for each in node.operands())
    return (checked,)


def is_constant(node: Node) -> bool:
    """Whether the value depends on no record: it may be computed before the query."""
    return not any(isinstance(each, (Read, Aggregate, Total, My)) for each in walk(node))


def is_volatile(node: Node) -> bool:
    """Whether this one node changes without a write."""
    return isinstance(node, My) or (isinstance(node, Call) and FUNCTIONS[node.function].volatile)


def is_queryable(node: Node) -> bool:
    """Whether the whole tree has a SQL form."""
    if isinstance(node, (Literal, Read, My)) or is_constant(node):
        return True
    if isinstance(node, Call) and not _has_sql(node.function):
        return False
    if isinstance(node, Aggregate) and (node.function not in SQL_AGGREGATES or node.extra):
        return False
    if isinstance(node, In) and isinstance(node.haystack, Items):
        return is_queryable(node.needle) and all(map(is_queryable, node.haystack.items))
    known = isinstance(node, (Unary, Binary, Chain, In, Call, Aggregate, Total))
    return known and all(map(is_queryable, node.children()))


def reads(node: Node) -> Iterator[Ref]:
    """The values read from this record or what encloses it. Inside a row of an aggregate, `parent` is this record."""
    if isinstance(node, Read):
        yield node.ref
    elif isinstance(node, My):
        yield node.group
    if isinstance(node, Aggregate):
        yield node.rows
        for ref in _inner(node):
            if ref.anchor == "parent":
                yield replace(ref, anchor="self")
            elif ref.anchor == "holder":
                yield ref
    else:
        for each in node.children():
            yield from reads(each)


def _inner(node: Aggregate) -> Iterable[Ref]:
    for each in node.children():
        yield from reads(each)


def _aggregate_read(node: Aggregate) -> AggregateRead:
    return AggregateRead(node.function, node.rows, frozenset(_inner(node)))


def _has_sql(function: str) -> bool:
    return FUNCTIONS[function].postgresql is not None or function in SQL_SPECIAL
