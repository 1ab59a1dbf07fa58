"""The filter builder: rows of field, comparison and value to and from the formula that the address and the API carry.

One rule: the formula is the truth. What has no row stays a formula in its box; unfinished rows say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from ..definition.model import Field
from ..fields.type import FieldType, Here, Unreadable
from ..formula.ast import Binary, Call, Chain, In, Items, Literal, Name, Node, Unary
from ..formula.parser import parse
from ..formula.printer import literal_text, name_text
from ..kernel.errors import FormulaError
from ..pages.catalogue import mark

OPERATORS: Final = {
    "=": mark("is"), "<>": mark("is not"), "<": mark("less than"), "<=": mark("at most"), ">": mark("more than"),
    ">=": mark("at least"), "contains": mark("contains"), "startswith": mark("begins with"), "in": mark("is one of"),
    "has": mark("has"), "is null": mark("is empty"), "is not null": mark("is not empty"),
}  # fmt: skip
_BLANK = ("is null", "is not null")
_FUNCTIONS = ("contains", "startswith")
MOST = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A field one may filter by. `path` is what the formula names: a reference is compared by its record's title. `type`
    and `field` read a typed value; `options` are (text, label), where there is something to choose."""

    name: str
    title: str
    path: tuple[str, ...]
    operators: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    type: FieldType | None = None
    field: Field | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One row. `bad` is the problem code of a value that cannot be read."""

    name: str
    operator: str
    values: tuple[str, ...] = ()
    bad: str | None = field(default=None, compare=False)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def from_request(sent: Mapping[str, str], lists: Any, choices: Mapping[str, Choice]) -> list[Condition]:
    """The rows a browser sent as `f0 o0 v0, f1 …`, with the buttons `add` and `drop` already pressed."""
    rows = []
    for index in range(MOST):
        name = sent.get(f"f{index}", "")
        if name not in choices or sent.get("drop") == str(index):
            continue
        operators = choices[name].operators
        operator = sent.get(f"o{index}", "")
        values = tuple(each for each in lists(f"v{index}") if each.strip())
        rows.append(Condition(name, operator if operator in operators else operators[0], values))
    if "add" in sent and choices and len(rows) < MOST:
        first = next(iter(choices.values()))
        rows.append(Condition(first.name, first.operators[0]))
    return rows


def formula(conditions: Iterable[Condition], choices: Mapping[str, Choice], here: Here) -> tuple[str, list[Condition]]:
    """The formula of the finished rows, and the rows, those with an unreadable value marked."""
    parts, rows = [], []
    for each in conditions:
        try:
            part = _part(each, choices[each.name], here)
        except Unreadable as error:
            rows.append(Condition(each.name, each.operator, each.values, error.code))
            continue
        rows.append(each)
        if part:
            parts.append(part)
    return " and ".join(parts), rows


def _part(row: Condition, choice: Choice, here: Here) -> str:
    name = name_text(choice.path)
    if row.operator in _BLANK:
        return f"isblank({name})" if row.operator == "is null" else f"not isblank({name})"
    if not row.values:
        return ""
    texts = [literal_text(_value(each, choice, here)) for each in row.values]
    if row.operator in _FUNCTIONS:
        return f"{row.operator}({name}, {texts[0]})"
    if row.operator == "has":
        return f"{texts[0]} in {name}"
    if row.operator == "in":
        return f"{name} in ({', '.join(texts)})"
    return f"{name} {row.operator} {texts[0]}"


def _value(text: str, choice: Choice, here: Here) -> Any:
    if choice.type is None or choice.field is None:
        return text
    raw = choice.type.read_local([text], choice.field, here)
    value = choice.type.read(raw, choice.field)
    if isinstance(value, tuple):
        return value[0] if value else text
    return value.normalize() if isinstance(value, Decimal) else value


# ------------------------------------------------------------------------------------------------ formula to rows


def rows_of(text: str, choices: Mapping[str, Choice], here: Here) -> list[Condition] | None:
    """The rows of a formula; None when it says more than rows can."""
    if not text.strip():
        return []
    try:
        tree = parse(text)
    except FormulaError:
        return None
    by_path = {choice.path: choice for choice in choices.values()}
    found = [_row(each, by_path, here) for each in _ands(tree)]
    return None if any(each is None for each in found) else [each for each in found if each is not None]


def _ands(node: Node) -> Iterator[Node]:
    if isinstance(node, Chain) and node.family == "and":
        yield from node.operands()
    else:
        yield node


def _row(node: Node, choices: Mapping[tuple[str, ...], Choice], here: Here) -> Condition | None:
    name, operator, values = _taken(node)
    choice = choices.get(name) if name else None
    if choice is None or operator not in choice.operators or values is None:
        return None
    return Condition(choice.name, operator, tuple(_text(each, choice, here) for each in values))


def _taken(node: Node) -> tuple[tuple[str, ...] | None, str, Sequence[Any] | None]:
    if isinstance(node, Unary) and node.operator == "not":
        name, operator, _ = _taken(node.operand)
        return (name, "is not null", []) if operator == "is null" else (None, "", None)
    if isinstance(node, Binary) and isinstance(node.left, Name):
        return node.left.path, node.operator, _literals([node.right])
    if isinstance(node, In) and not node.negated:
        if isinstance(node.needle, Name) and isinstance(node.haystack, Items):
            return node.needle.path, "in", _literals(node.haystack.items)
        if isinstance(node.haystack, Name):
            return node.haystack.path, "has", _literals([node.needle])
    if isinstance(node, Call) and node.arguments and isinstance(node.arguments[0], Name):
        operator = "is null" if node.function == "isblank" else node.function
        return node.arguments[0].path, operator, _literals(node.arguments[1:])
    return None, "", None


def _literals(nodes: Iterable[Node]) -> list[Any] | None:
    found = []
    for node in nodes:
        negative = isinstance(node, Unary) and node.operator == "-"
        inner = node.operand if isinstance(node, Unary) and negative else node
        if not isinstance(inner, Literal) or inner.value is None:
            return None
        value = inner.value
        found.append(-value if negative and isinstance(value, Decimal) else value)
    return found


def _text(value: Any, choice: Choice, here: Here) -> str:
    if choice.type is None or choice.field is None:
        return str(value)
    try:
        read = choice.type.read(value if not choice.type.multiple else [value], choice.field)
        return choice.type.write_local(read, choice.field, here)
    except Unreadable:
        return str(value)
