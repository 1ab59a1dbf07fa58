"""What is known of a value while a condition is translated, and the small steps of the translation. One rule: a constant is
taken out where it stands, so that a formula never asks what is known already."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..formula.ast import Call, Chain, Literal, Node, Unary
from .expressions import Array, Js, Member, Path, Unreadable, Value
from .fieldtypes import Sense

TRUE, FALSE, ZERO = Literal(True), Literal(False), Literal(Decimal(0))


@dataclass(frozen=True, slots=True)
class Known:
    """A value: `node` gives it, `sense` says what may be asked; `literal`: it was written out, `target` names the DocType
    a thing is of; `docstatus`: it stands for states, `unsaved`: it was asked whether the record is new."""

    node: Node
    sense: Sense | None
    literal: bool = False
    target: str | None = None
    docstatus: bool = False
    unsaved: bool = False


def literal(value: str | Decimal | bool | None) -> Known:
    sense: Sense = "flag" if isinstance(value, bool) else "number" if isinstance(value, Decimal) else "text"
    return Known(Literal(value), sense, literal=True)


def length_of(known: Known) -> Known:
    if known.sense == "rows":
        return Known(Call("count", (known.node,)), "number")
    if known.sense in ("text", "many") and not known.literal:
        function = "len" if known.sense == "text" else "size"
        return Known(Call("nz", (Call(function, (known.node,)), ZERO)), "number")
    raise Unreadable("function", "length")


def owner_of(target: Path | Member) -> Js:
    return Path(target.parts[:-1]) if isinstance(target, Path) else target.owner


def is_nothing(js: Js) -> bool:
    """`|| []`, `|| 0`, `|| ""`: what a blank is taken for anyway."""
    return (isinstance(js, Array) and not js.items) or (isinstance(js, Value) and not js.value)


def never(piece: str) -> Known:
    raise Unreadable("kinds", piece)


def number_of(value: object) -> Decimal:
    """A literal beside a number, as JavaScript takes it."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool | Decimal):
        return Decimal(value)
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        raise Unreadable("kinds", str(value)) from None
    if not found.is_finite():
        raise Unreadable("kinds", str(value))
    return found


def whole(known: Known) -> int | None:
    """A written whole number, signs included."""
    node, sign = known.node, 1
    while isinstance(node, Unary) and node.operator == "-":
        node, sign = node.operand, -sign
    value = node.value if isinstance(node, Literal) else None
    return sign * int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else None


def folded(operator: str, first: Known, second: Known) -> Node:
    """Two literals: only whether they are the same is known without running anything."""
    values = [each.node.value if isinstance(each.node, Literal) else None for each in (first, second)]
    if operator not in ("==", "!=") or type(values[0]) is not type(values[1]):
        raise Unreadable("kinds", operator)
    return Literal((values[0] == values[1]) == (operator == "=="))


def joined(word: str, left: Node, right: Node) -> Node:
    """`and` or `or` with constants taken out."""
    return all_of(word, [left, right])


def all_of(word: str, nodes: list[Node]) -> Node:
    ending, without = (FALSE, TRUE) if word == "and" else (TRUE, FALSE)
    flat: list[Node] = []
    for each in nodes:
        flat += each.operands() if isinstance(each, Chain) and each.family == word else [each]
    if ending in flat:
        return ending
    kept: list[Node] = []
    for each in flat:
        if each != without and each not in kept:
            kept.append(each)
    if len(kept) < 2:
        return kept[0] if kept else without
    return Chain(word, kept[0], tuple((word, each) for each in kept[1:]))  # type: ignore[arg-type]
