"""How long the SQL of a formula would be. Some operations name an operand several times (an exact division names its divisor
four times), so nesting them multiplies; beyond a limit the formula is refused before a database has to read it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Numeric, column
from sqlalchemy.dialects import postgresql

from ..kernel.errors import FormulaError
from .ast import Aggregate, Call, Chain, In, Items, Node
from .functions import FUNCTIONS
from .pg import divide
from .sql_postgres import PG_RAW
from .types import Kind

LIMIT = 100_000
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def refuse_too_long(node: Node) -> None:
    """Raises FormulaError("too_large") if the SQL would name more than 100,000 operands."""
    if cost(node) > LIMIT:
        raise FormulaError("too_large", position=node.position, limit=LIMIT)


def cost(node: Node) -> int:
    """Operands the SQL names, on PostgreSQL, where operations are spelt out."""
    below = [cost(each) for each in node.children()]
    if isinstance(node, Chain) and node.family == "*":
        return _product(node, below)
    if isinstance(node, Call):
        return _call(node, below)
    if isinstance(node, In) and isinstance(node.haystack, Items):
        return below[0] * len(node.haystack.items) + below[1]
    if isinstance(node, Aggregate) and node.function == "avg":
        return sum(_division()) * sum(below)
    return sum(below) + 1


def _product(node: Chain, below: list[int]) -> int:
    total, top, bottom = below[0], *_division()
    for (operator, _), operand in zip(node.rest, below[1:], strict=True):
        total = total + operand if operator == "*" else top * total + bottom * operand
    return total


def _call(node: Call, below: list[int]) -> int:
    function = FUNCTIONS[node.function]
    if node.function in ("switch", "choose"):
        return below[0] * len(below) + sum(below)
    if node.function == "avg":
        return sum(_division()) * sum(below)
    if function.postgresql is None or function.special:
        return sum(below) + 1
    times = copies(node.function, len(below))
    return 1 + sum(count * each for count, each in zip(times, below, strict=True))


@lru_cache(maxsize=512)
def copies(name: str, count: int) -> tuple[int, ...]:
    """How often the function's SQL names each argument."""
    function = FUNCTIONS[name]
    assert function.postgresql is not None
    given: list[Any] = [column("zone")] if function.zone else []
    for index in range(count):
        param = function.param(index)
        given.append(param.words[-1] if param.words else _argument(index, min(param.kinds, default=Kind.TEXT)))
    return _named(function.postgresql(*given), count)


@lru_cache(maxsize=1)
def _division() -> tuple[int, int]:
    top, bottom = _named(divide(_argument(0), _argument(1)), 2)
    return top, bottom


def _argument(index: int, kind: Kind = Kind.NUMBER) -> ColumnElement[Any]:
    return column(f"argument_{index}_", PG_RAW.get(kind, Numeric()))


def _named(element: ColumnElement[Any], count: int) -> tuple[int, ...]:
    text = str(element.compile(dialect=_DIALECT))
    return tuple(text.count(f"argument_{index}_") for index in range(count))
