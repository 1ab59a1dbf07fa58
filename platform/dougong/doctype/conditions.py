"""A condition of a DocType → a formula. Frappe's values are never null as ours are: a blank number is 0, a blank text "",
a box not ticked false; so every translation says what a blank is to mean. One rule: what cannot be said exactly is refused,
not guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..formula.ast import Binary, Call, Chain, In, Items, Literal, Node, Unary
from ..formula.printer import to_text
from .expressions import Array, Either, Invoke, Js, Member, Pair, Path, Sign, Unreadable, Value, read_expression
from .known import (
    FALSE,
    TRUE,
    ZERO,
    Known,
    all_of,
    folded,
    is_nothing,
    joined,
    length_of,
    literal,
    never,
    number_of,
    owner_of,
    whole,
)  # fmt: skip
from .values import UNSAVED, Scene, key_value, path_value, states

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_OURS = {"==": "=", "!=": "<>"}
_TODAY = frozenset(
    {("frappe", "datetime", "get_today"), ("frappe", "datetime", "nowdate"), ("frappe", "datetime", "now_date"),
     ("get_today",), ("nowdate",)}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A condition as formula text; None = it always holds (`always`) or never does. `saved_only`: it asked whether the
    record is new, and was taken as of a saved one; `reads`: the names behind `doc.`."""

    text: str | None
    always: bool
    saved_only: bool
    reads: frozenset[str] = frozenset()


def condition(text: str, scene: Scene) -> Told:
    """`depends_on` and its like as a formula: `eval:…`, or the name of a field. Raises Unreadable."""
    words = text.strip()
    if words.startswith("fn:"):
        raise Unreadable("function", words[3:])
    if words.startswith("eval:"):
        tree = read_expression(words[5:])
    else:
        tree = Path(("doc", words))
    reader = _Reader(scene)
    made = reader.truth(tree, True)
    plain = None if isinstance(made, Literal) else to_text(made)
    return Told(plain, made == TRUE, reader.saved_only, frozenset(reader.names))


class _Reader:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.saved_only = False
        self.names: set[str] = set()

    # ------------------------------------------------------------------------------------------------ truth

    def truth(self, js: Js, want: bool) -> Node:
        """A formula that is true exactly where the expression is truthy (`want`), or where it is not; never null."""
        if isinstance(js, Sign) and js.operator == "!":
            return self.truth(js.operand, not want)
        if isinstance(js, Either):
            yes = joined("and", self.truth(js.condition, True), self.truth(js.yes, want))
            return joined("or", yes, joined("and", self.truth(js.condition, False), self.truth(js.no, want)))
        if isinstance(js, Pair):
            if js.operator in ("&&", "||"):
                word = "and" if (js.operator == "&&") == want else "or"
                return joined(word, self.truth(js.left, want), self.truth(js.right, want))
            if js.operator in _OPPOSITE:
                return self.compared(js.operator if want else _OPPOSITE[js.operator], js.left, js.right)
        if isinstance(js, Invoke):
            found = self.asked(js, want)
            if found is not None:
                return found
        return self.told(self.value(js), want)

    def told(self, known: Known, want: bool) -> Node:
        """Whether a value counts as true."""
        node = known.node
        if known.docstatus:
            return states(self.scene, "!=" if want else "==", 0)
        if isinstance(node, Literal):
            return Literal(bool(node.value) is want)
        if known.sense == "flag":
            return node if want else Unary("not", Call("nz", (node, FALSE)))
        if known.sense == "number":
            return Binary("<>" if want else "=", node, ZERO)
        if known.sense == "rows":
            return Binary(">" if want else "=", Call("count", (node,)), ZERO)
        blank = Call("isblank", (node,))
        return Unary("not", blank) if want else blank

    def asked(self, js: Invoke, want: bool) -> Node | None:
        """Calls that give true or false; None for others."""
        name = js.target.parts if isinstance(js.target, Path) else (js.target.name,)
        last, arguments = name[-1], js.arguments
        if last == "in_list" and len(arguments) == 2:
            return self.among(arguments[0], arguments[1], want)
        if last == "Boolean" and len(name) == 1 and len(arguments) == 1:
            return self.truth(arguments[0], want)
        if last in UNSAVED:
            return self.unsaved(want)
        if last == "includes" and len(arguments) == 1:
            owner = owner_of(js.target)
            if isinstance(owner, Array):
                return self.among(owner, arguments[0], want)
            return self.within("contains", owner, arguments[0], want)
        for theirs, ours in (("startsWith", "startswith"), ("endsWith", "endswith")):
            if last == theirs and len(arguments) == 1:
                return self.within(ours, owner_of(js.target), arguments[0], want)
        return None

    def path(self, parts: tuple[str, ...]) -> Known:
        known = path_value(self.scene, parts)
        self.saved_only = self.saved_only or known.unsaved
        self.names |= {parts[1]} if parts[0] == "doc" else set()
        return known

    def unsaved(self, want: bool) -> Node:
        self.saved_only = True
        return Literal(not want)

    def within(self, function: str, owner: Js, what: Js, want: bool) -> Node:
        """Whether a text holds another."""
        text, part = self.value(owner), self.value(what)
        if text.sense != "text" or text.literal or part.sense != "text":
            raise Unreadable("kinds", function)
        call = Call(function, (text.node, part.node))
        return call if want else Unary("not", Call("nz", (call, FALSE)))

    def among(self, listed: Js, what: Js, want: bool) -> Node:
        """Whether a value is in a written list."""
        if not isinstance(listed, Array) or not listed.items:
            raise Unreadable("kinds", "in_list")
        items = [each for each in listed.items if not (isinstance(each, Value) and each.value in ("", None))]
        nodes = [self.compared("==" if want else "!=", what, each) for each in listed.items]
        known = self.value(what)
        plain = known.sense == "text" and not known.literal and len(items) == len(listed.items)
        if not plain or len(items) < 2 or any(not self.value(each).literal for each in items):
            return all_of("or" if want else "and", nodes)
        inside = In(known.node, Items(tuple(self.value(each).node for each in items)), not want)
        return inside if want else joined("or", inside, Call("isblank", (known.node,)))

    # ------------------------------------------------------------------------------------------------ comparisons

    def compared(self, operator: str, left: Js, right: Js) -> Node:
        found = self.position(operator, left, right)
        if found is not None:
            return found
        first, second = self.value(left), self.value(right)
        if first.literal and not second.literal:
            first, second, operator = second, first, _TURNED.get(operator, operator)
        if first.literal:
            return folded(operator, first, second)
        if first.docstatus:
            return states(self.scene, operator, whole(second))
        if second.literal:
            return self.to_literal(operator, first, second)
        return self.two(operator, first, second)

    def position(self, operator: str, left: Js, right: Js) -> Node | None:
        """`["a"].indexOf(x) != -1` and its spellings; None for others."""
        if not isinstance(left, Invoke) or not isinstance(left.target, Path | Member) or len(left.arguments) != 1:
            return None
        last = left.target.parts[-1] if isinstance(left.target, Path) else left.target.name
        if last not in ("indexOf", "search"):
            return None
        number = whole(self.value(right))
        found = {("!=", -1): True, (">", -1): True, (">=", 0): True, ("==", -1): False, ("<", 0): False}
        if number is None or (operator, number) not in found:
            raise Unreadable("function", last)
        want, owner = found[operator, number], owner_of(left.target)
        if isinstance(owner, Array):
            return self.among(owner, left.arguments[0], want)
        return self.within("contains", owner, left.arguments[0], want)

    def to_literal(self, operator: str, known: Known, said: Known) -> Node:
        value = said.node.value if isinstance(said.node, Literal) else None
        equal = operator == "=="
        if known.sense == "flag":
            return self.flag(operator, known, value)
        if known.sense == "number":
            return Binary(_OURS.get(operator, operator), known.node, Literal(number_of(value)))
        if operator not in ("==", "!="):
            return self.ordered(operator, known, said)
        if value is None or value == "":
            return self.told(known, not equal)
        if known.sense == "thing":
            known = key_value(self.scene, known)
        if known.sense not in ("text", "moment") or isinstance(value, bool):
            raise Unreadable("kinds", str(value))
        text = said.node if isinstance(value, str) else Literal(f"{value:f}")
        same = Binary("=" if equal else "<>", known.node, text)
        return same if equal else joined("or", same, Call("isblank", (known.node,)))

    def flag(self, operator: str, known: Known, value: object) -> Node:
        """A box against 0, 1, "1", true, false or nothing."""
        numbers = {"0": 0, "1": 1, "": 0, None: 0}
        number = int(value) if isinstance(value, bool | Decimal) and value in (0, 1) else numbers.get(value)  # type: ignore[call-overload]
        holds = {
            ("==", 1): True, ("!=", 0): True, (">", 0): True, (">=", 1): True,
            ("==", 0): False, ("!=", 1): False, ("<", 1): False, ("<=", 0): False,
        }  # fmt: skip
        if (operator, number) not in holds:
            raise Unreadable("kinds", str(value))
        return self.told(known, holds[operator, number])

    def ordered(self, operator: str, known: Known, other: Known) -> Node:
        if known.sense != "moment":
            raise Unreadable("kinds", operator)
        return Call("nz", (Binary(operator, known.node, other.node), FALSE))

    def two(self, operator: str, first: Known, second: Known) -> Node:
        """Two values of the record."""
        if first.sense != second.sense or first.target != second.target or first.sense in ("rows", "many", "opaque"):
            raise Unreadable("kinds", operator)
        if first.sense == "number":
            return Binary(_OURS.get(operator, operator), first.node, second.node)
        if operator in _TURNED:
            return self.ordered(operator, first, second)
        if first.sense == "flag":
            nodes = [Call("nz", (each.node, FALSE)) for each in (first, second)]
            return Binary(_OURS[operator], nodes[0], nodes[1])
        blanks = [Call("isblank", (each.node,)) for each in (first, second)]
        same = Call("nz", (Binary("=", first.node, second.node), joined("and", *blanks)))
        return same if operator == "==" else Unary("not", same)

    # ------------------------------------------------------------------------------------------------ values

    def value(self, js: Js) -> Known:
        if isinstance(js, Value):
            return literal(js.value)
        if isinstance(js, Path):
            return self.path(js.parts)
        if isinstance(js, Invoke):
            return self.called(js)
        if isinstance(js, Member):
            return self.member(js)
        if isinstance(js, Sign) and js.operator == "-":
            known = self.value(js.operand)
            return replace(known, node=Unary("-", known.node)) if known.sense == "number" else never("-")
        if isinstance(js, Pair) and js.operator == "||" and is_nothing(js.right):
            return self.value(js.left)
        if isinstance(js, Pair) and js.operator in ("+", "-", "*", "/", "%"):
            return self.computed(js)
        if isinstance(js, Array | Either):
            return never("[…]")
        return Known(self.truth(js, True), "flag")

    def computed(self, js: Pair) -> Known:
        first, second = self.value(js.left), self.value(js.right)
        if first.sense != "number" or second.sense != "number":
            return never(js.operator)
        if js.operator == "%":
            return Known(Call("mod", (first.node, second.node)), "number")
        family = "+" if js.operator in "+-" else "*"
        return Known(Chain(family, first.node, ((js.operator, second.node),)), "number")  # type: ignore[arg-type]

    def called(self, js: Invoke) -> Known:
        if isinstance(js.target, Path):
            name = js.target.parts
            if name in _TODAY and not js.arguments:
                return Known(Call("today", ()), "moment")
            if name in (("cint",), ("flt",), ("Number",), ("cstr",), ("String",)) and js.arguments:
                return self.value(js.arguments[0])
            if name[0] not in ("doc", "parent"):
                raise Unreadable("environment" if len(name) > 1 else "function", ".".join(name))
        if (found := self.asked(js, True)) is not None:
            return Known(found, "flag")
        raise Unreadable("function", js.target.parts[-1] if isinstance(js.target, Path) else js.target.name)

    def member(self, js: Member) -> Known:
        if js.name != "length":
            raise Unreadable("function", js.name)
        return length_of(self.value(js.owner))
