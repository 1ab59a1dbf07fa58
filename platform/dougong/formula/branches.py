"""`if`, `ifs`, `switch` and `choose` as one shape both back ends know: conditions with values, and a rest."""

from __future__ import annotations

from decimal import Decimal

from .ast import Binary, Call, Literal, Node
from .types import BOOLEAN, INTEGER


def branches(node: Call) -> tuple[list[tuple[Node, Node]], Node]:
    """Pairs of condition and value in order, and what holds when none is true (null if nothing is written)."""
    arguments = list(node.arguments)
    subject: Node | None = None
    if node.function == "if":
        arguments, rest = arguments[:2], arguments[2:]
        return [(arguments[0], arguments[1])], _rest(node, rest)
    if node.function == "choose":
        index = Call("rounddown", (arguments[0],), type=INTEGER)
        places = (Literal(Decimal(place), type=INTEGER) for place in range(1, len(arguments)))
        return [(_equal(index, place), value) for place, value in zip(places, arguments[1:], strict=False)], _rest(
            node, []
        )
    if node.function == "switch":
        subject, *arguments = arguments
    rest = [arguments.pop()] if len(arguments) % 2 else []
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    return [(_equal(subject, case) if subject else case, value) for case, value in pairs], _rest(node, rest)


def _equal(left: Node, right: Node) -> Node:
    return Binary("=", left, right, type=BOOLEAN)


def _rest(node: Call, rest: list[Node]) -> Node:
    return rest[0] if rest else Literal(None, type=node.type)
