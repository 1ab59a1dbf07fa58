"""`link_filters` → the formula that says which records may be chosen. One rule: all of it or nothing; half a filter would
offer what must not be chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..definition.read import parse
from ..formula.ast import Binary, Call, Chain, Items, Literal, Name, Node, Unary
from ..formula.ast import In as Among
from ..formula.printer import to_text
from ..kernel.problems import Problem
from .resolve import Resolved, resolve
from .values import Scene

_COMPARED = {"=": "=", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def reference_filter(scene: Scene, found: Resolved, text: str) -> str | None:
    """The filter as a formula over the records of the target; None where a part cannot be said."""
    problems: list[Problem] = []
    rules = parse(text, problems)
    if problems or not isinstance(rules, list) or found.target is None:
        return None
    nodes = [_rule(scene, found.target, each) for each in rules]
    made = [each for each in nodes if each is not None]
    if not made or len(made) < len(nodes):
        return None
    whole = made[0] if len(made) == 1 else Chain("and", made[0], tuple(("and", each) for each in made[1:]))
    return to_text(whole)


def _rule(scene: Scene, target: str, rule: Any) -> Node | None:
    """`["Item", "disabled", "=", 0]`."""
    if not isinstance(rule, list) or len(rule) < 4 or rule[0] != target:
        return None
    name, operator, value = rule[1:4]
    field = scene.world.doctypes[target].find(name) if isinstance(name, str) else None
    other = resolve(scene.world, field) if field is not None else None
    if other is None or not isinstance(operator, str):
        return None
    node = Name((str(name),))
    if operator == "is" and value in ("set", "not set"):
        blank = Call("isblank", (node,))
        return blank if value == "not set" else Unary("not", blank)
    if other.sense == "flag" and operator in ("=", "!=") and str(value) in ("0", "1"):
        wanted = (str(value) == "1") == (operator == "=")
        return node if wanted else Unary("not", Call("nz", (node, Literal(False))))
    return _compared(node, other, operator, value)


def _compared(node: Node, other: Resolved, operator: str, value: Any) -> Node | None:
    if isinstance(value, str) and value.startswith("eval:"):
        return None
    if operator in ("in", "not in") and isinstance(value, list) and value:
        items = [_literal(other, each) for each in value]
        kept = [each for each in items if each is not None]
        return Among(node, Items(tuple(kept)), operator == "not in") if len(kept) == len(items) else None
    literal = _literal(other, value)
    if operator not in _COMPARED or literal is None:
        return None
    return Binary(_COMPARED[operator], node, literal)


def _literal(other: Resolved, value: Any) -> Literal | None:
    if other.sense == "text" and isinstance(value, str) and value:
        return Literal(value)
    if (
        other.sense == "number"
        and other.factor == 1
        and isinstance(value, int | Decimal)
        and not isinstance(value, bool)
    ):
        return Literal(Decimal(value))
    return None
