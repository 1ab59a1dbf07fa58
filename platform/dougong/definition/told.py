"""The sentences that authors write for checks: `{…}` is a formula of the check's own scope, or one of its figures, and a
part in `[…]` is said only where everything in it may be told and is known. One rule: what stands in braces is a formula of
ours, checked when the module is; the words around it are never read as anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..formula.ast import Aggregate, Call, Chain, Node, Read, Total, Unary
from ..formula.check import Checked
from ..formula.printer import name_text
from .linked import Definitions
from .model import Expr, Field

FIGURES = ("available", "asked", "excess")
"""What a check's message may name beside values: the room before the act, what the act takes of it, what is too much."""
_PLACE = re.compile(r"\{([^{}]+)\}")
_TOLD = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]|\{([^{}]+)\}")
_NAME = re.compile(r"[\w.$]+")
#: Functions whose result is what they are given.
_SAME = frozenset({"nz", "min", "max", "abs", "round", "roundup", "rounddown", "sum", "avg", "if", "ifs", "coalesce"})
_UNITS = ("money", "percent", "duration")


def places(message: str) -> tuple[str, ...]:
    """What stands in the braces of a sentence, each once."""
    return tuple(dict.fromkeys(_PLACE.findall(message)))


def fill(message: str, words: Mapping[str, str | None], empty: str) -> str:
    """The sentence with its braces filled. None = unknown or not to be told: `empty` stands there, and a part in brackets
    that holds one is left out. A place that is not in `words` stands as it is written."""

    def said(found: re.Match[str]) -> str:
        optional, place = found[1], found[2]
        if optional is None:
            return (words[place] or empty) if place in words else found[0]
        some = places(optional)
        return "" if any(words.get(each, "") is None for each in some) else fill(optional, words, empty)

    return _TOLD.sub(said, message)


def is_name(place: str) -> bool:
    """Whether a place looks like a name rather than a formula."""
    return _NAME.fullmatch(place) is not None


def formula_of(definitions: Definitions, form: str, sub: str | None, place: str) -> str:
    """The formula a place stands for. A name may be written as people read it: with spaces, or with its own subtable."""
    path = tuple(place.strip().split("."))
    if sub is not None and len(path) > 1 and path[0] == sub:
        path = path[1:]
    return place if definitions.scope(form, sub).resolve(path) is None else name_text(path)


def compiled(definitions: Definitions, form: str, sub: str | None, message: str) -> Iterator[tuple[str, Checked]]:
    """Every place of a sentence that is a formula, checked. What is none is left to the loader to report."""
    for place in places(message):
        found, _ = definitions.examine(formula_of(definitions, form, sub, place), form, sub)
        if found is not None:
            yield place, found


def shown_as(definitions: Definitions, form: str, sub: str | None, node: Node) -> Field | None:
    """The field as whose value a formula's result is shown: the one it names, or one of its amounts; None = a bare value."""
    if isinstance(node, Read):
        return _field(definitions, form, sub, node)
    if isinstance(node, Total):
        home, total = definitions.total(node.name)
        value = total.values.get(node.value, (None, None))[1]
        return _amount_of(definitions, home.full_name, total.each, value)
    if isinstance(node, Aggregate):
        inside = ".".join(node.rows.path)
        known = node.value is not None and node.function in _SAME and len(node.rows.path) == 1
        return _unit(definitions, form, inside, node.value) if known and node.value is not None else None
    return _unit(definitions, form, sub, node)


def _unit(definitions: Definitions, form: str, sub: str | None, node: Node) -> Field | None:
    """The first field with a unit whose unit the result keeps."""
    if isinstance(node, Read | Total | Aggregate):
        found = shown_as(definitions, form, sub, node)
        return found if found is not None and found.value_type in _UNITS else None
    if isinstance(node, Unary):
        return _unit(definitions, form, sub, node.operand)
    if isinstance(node, Chain) and node.family in ("+", "*"):
        some = [_unit(definitions, form, sub, each) for each in node.operands()]
        if node.family == "+":
            return next((each for each in some if each is not None), None)
        return _product([operator for operator, _ in node.rest], some)
    if isinstance(node, Call) and node.function in _SAME:
        values = node.arguments[1:] if node.function == "if" else node.arguments
        return next((each for part in values if (each := _unit(definitions, form, sub, part)) is not None), None)
    return None


def _product(operators: list[str], some: list[Field | None]) -> Field | None:
    """Money times a share is money; what is divided by something with a unit has none."""
    money = [each for each in some if each is not None and each.value_type != "percent"]
    divided = any(operator == "/" and each is not None for operator, each in zip(operators, some[1:], strict=True))
    return money[0] if len(money) == 1 and not divided else None


def _amount_of(definitions: Definitions, form: str, sub: str | None, value: Expr | None) -> Field | None:
    found = definitions.examine(value, form, sub)[0] if value is not None else None
    return _unit(definitions, form, sub, found.node) if found is not None else None


def _field(definitions: Definitions, form: str, sub: str | None, node: Read) -> Field | None:
    """The field at the end of a path: of the row, else of the record that owns it."""
    path = node.ref.path
    own = definitions.field(form, path, sub) if node.ref.anchor == "self" else None
    return own if own is not None or node.ref.anchor == "holder" else definitions.field(form, path)
