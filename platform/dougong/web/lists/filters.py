"""The filter builder: rows of field, comparison and value, in groups one level deep, to and from the formula that
the address and the API carry.

One rule: the formula is the truth. What has no rows stays a formula in its box; unfinished rows say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ...definition.model import Field
from ...fields.type import FieldType, Here, Unreadable
from ...formula.ast import Binary, Call, Chain, In, Items, Literal, Name, Node, Unary
from ...formula.parser import parse
from ...formula.printer import literal_text, name_text, to_text
from ...kernel.errors import FormulaError
from ...pages.catalogue import mark
from .days import DAYS, bounds, days_of

OPERATORS: Final = {
    "=": mark("is"), "<>": mark("is not"), "<": mark("less than"), "<=": mark("at most"), ">": mark("more than"),
    ">=": mark("at least"), "contains": mark("contains"), "startswith": mark("begins with"), "in": mark("is one of"),
    "has": mark("has"), "within": mark("lies in"), "under": mark("is or lies below"), "me": mark("is me"),
    "mine": mark("is one of mine"), "is null": mark("is empty"), "is not null": mark("is not empty"),
}  # fmt: skip
#: Comparisons without a value, as formulas of the name.
_BARE: Final = {
    "is null": "isblank({})", "is not null": "not isblank({})", "me": "{} = me()", "mine": "{} in my_departments()",
}  # fmt: skip
_FUNCTIONS = ("contains", "startswith")
#: Rows of a builder, and of a group in it.
MOST = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one may filter by. `path` is what the formula names, `group` the reference it lies behind ("" = the form's
    own), `options` are (text, label) where there is something to choose, `ref` the form (or $member, $department) whose
    ids it holds, `under` the paths of the ids above it where these are a tree."""

    name: str
    title: str
    path: tuple[str, ...]
    operators: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    type: FieldType | None = None
    field: Field | None = None
    number: bool = False
    group: str = ""
    ref: str = ""
    under: tuple[tuple[str, ...], ...] = ()

    def editor(self, operator: str) -> str:
        """What the value is typed into: none, days, pick, picks, select, checks, text."""
        if operator in _BARE:
            return "none"
        if operator == "within":
            return "days"
        if self.ref:
            return "picks" if operator == "in" else "pick"
        if self.options:
            return "checks" if operator == "in" else "select"
        return "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One condition. `bad` is the problem code of a value that cannot be read."""

    name: str
    operator: str
    values: tuple[str, ...] = ()
    bad: str | None = field(default=None, compare=False)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which every one, or any one, has to hold."""

    every: bool = True
    items: tuple[Row | Group, ...] = ()

    @property
    def size(self) -> int:
        """How many conditions there are."""
        return sum(each.size if isinstance(each, Group) else 1 for each in self.items)

    def rows(self) -> Iterator[Row]:
        """All conditions."""
        for each in self.items:
            yield from each.rows() if isinstance(each, Group) else (each,)


Choices: TypeAlias = Mapping[str, Choice]


# ------------------------------------------------------------------------------------------------ what a browser sends


def from_request(sent: Mapping[str, str], lists: Callable[[str], list[str]], choices: Choices) -> Group:
    """The builder a browser sent: `f0 o0 v0` a row, `g1` a group with rows `f1.0 …`, `j` and `j1` how they are joined; the
    buttons `add`, `nest` and `drop` are pressed already."""
    items: list[Row | Group] = []
    for index in range(MOST):
        at = str(index)
        if sent.get("drop") == at:
            continue
        if f"g{at}" in sent:
            items.append(_group(sent, lists, choices, at))
        elif (row := _row(sent, lists, choices, at)) is not None:
            items.append(row)
    fresh = _fresh(choices)
    if fresh is not None and len(items) < MOST:
        if sent.get("add") == "":
            items.append(fresh)
        if "nest" in sent:
            items.append(Group(sent.get("j") == "or", (fresh,)))
    return Group(sent.get("j") != "or", tuple(items))


def _group(sent: Mapping[str, str], lists: Callable[[str], list[str]], choices: Choices, at: str) -> Group:
    places = (f"{at}.{index}" for index in range(MOST))
    rows = [
        row for each in places if sent.get("drop") != each and (row := _row(sent, lists, choices, each)) is not None
    ]
    fresh = _fresh(choices)
    if sent.get("add") == at and fresh is not None and len(rows) < MOST:
        rows.append(fresh)
    return Group(sent.get(f"j{at}") != "or", tuple(rows))


def _row(sent: Mapping[str, str], lists: Callable[[str], list[str]], choices: Choices, at: str) -> Row | None:
    """A row whose field was just changed (`w` is the field it had) loses its value."""
    choice = choices.get(sent.get(f"f{at}", ""))
    if choice is None:
        return None
    operator = sent.get(f"o{at}", "")
    values = tuple(each for each in lists(f"v{at}") if each.strip())
    if operator not in choice.operators or not choice.operators:
        operator, values = choice.operators[0], ()
    if sent.get(f"w{at}", choice.name) != choice.name:
        values = ()
    if choice.editor(operator) == "days":
        values = days_of(values)
    return Row(choice.name, operator, values)


def _fresh(choices: Choices) -> Row | None:
    first = next(iter(choices.values()), None)
    return Row(first.name, first.operators[0]) if first is not None else None


# ------------------------------------------------------------------------------------------------ rows to formula


def formula(group: Group, choices: Choices, here: Here) -> tuple[str, Group]:
    """The formula of the finished rows, and the builder, rows with an unreadable value marked."""
    parts, items = [], list[Row | Group]()
    for each in group.items:
        if isinstance(each, Group):
            text, inner = formula(each, choices, here)
            items.append(inner)
            loose = sum(bool(_text(row, choices, here)[0]) for row in each.rows()) > 1
        else:
            text, row = _text(each, choices, here)
            items.append(row)
            loose = row.operator == "under"
        if text:
            parts.append((text, loose))
    alone = len(parts) == 1
    texts = [f"({text})" if loose and not alone else text for text, loose in parts]
    return (" and " if group.every else " or ").join(texts), Group(group.every, tuple(items))


def _text(row: Row, choices: Choices, here: Here) -> tuple[str, Row]:
    """The formula of one row, "" while it is unfinished."""
    try:
        return _part(row, choices[row.name], here), replace(row, bad=None)
    except Unreadable as error:
        return "", replace(row, bad=error.code)


def _part(row: Row, choice: Choice, here: Here) -> str:
    name = name_text(choice.path)
    if row.operator in _BARE:
        return _BARE[row.operator].format(name)
    if row.operator == "within":
        return _days_text(name, row.values)
    if not row.values:
        return ""
    texts = [literal_text(_value(each, choice, here)) for each in row.values]
    if row.operator in _FUNCTIONS:
        return f"{row.operator}({name}, {texts[0]})"
    if row.operator == "has":
        return f"{texts[0]} in {name}"
    if row.operator == "in":
        return f"{name} in ({', '.join(texts)})"
    if row.operator == "under":
        return " or ".join(f"{name_text(each)} = {texts[0]}" for each in (choice.path, *choice.under))
    return f"{name} {row.operator} {texts[0]}"


def _days_text(name: str, values: tuple[str, ...]) -> str:
    found = bounds(values)
    if found is None:
        return ""
    first, last = found
    return f"{name} = {first}" if first == last else f"between({name}, {first}, {last})"


def _value(text: str, choice: Choice, here: Here) -> Any:
    if choice.type is None or choice.field is None:
        return text
    raw = choice.type.read_local([text], choice.field, here)
    value = choice.type.read(raw, choice.field)
    if isinstance(value, tuple):
        return value[-1] if value else text
    return value.normalize() if isinstance(value, Decimal) else value


# ------------------------------------------------------------------------------------------------ formula to rows


def builder(text: str, choices: Choices, here: Here) -> Group | None:
    """The rows of a formula; None when it says more than rows can, so that saying it again would say something else."""
    if not text.strip():
        return Group()
    try:
        tree = parse(text)
        found = _outer(tree, {choice.path: choice for choice in choices.values()}, here)
        if found is None or found.size > MOST * MOST or parse(formula(found, choices, here)[0]) != tree:
            return None
    except FormulaError:
        return None
    return found


ByPath: TypeAlias = Mapping[tuple[str, ...], Choice]


def _outer(node: Node, choices: ByPath, here: Here) -> Group | None:
    row = _read(node, choices, here)
    if row is not None:
        return Group(True, (row,))
    return _joined(node, choices, here, 1)


def _joined(node: Node, choices: ByPath, here: Here, deep: int) -> Group | None:
    if not isinstance(node, Chain) or node.family not in ("and", "or"):
        return None
    items = list[Row | Group]()
    for each in node.operands():
        item: Row | Group | None = _read(each, choices, here)
        if item is None and deep:
            item = _joined(each, choices, here, deep - 1)
        if item is None:
            return None
        items.append(item)
    return Group(node.family == "and", tuple(items)) if len(items) <= MOST else None


def _read(node: Node, choices: ByPath, here: Here) -> Row | None:
    if isinstance(node, Chain):
        return _under(node, choices, here)
    name, operator, values = _taken(node)
    choice = choices.get(name) if name else None
    if choice is None or operator not in choice.operators or values is None:
        return None
    texts = values if operator == "within" else [_typed(each, choice, here) for each in values]
    return Row(choice.name, operator, tuple(map(str, texts)))


def _under(node: Chain, choices: ByPath, here: Here) -> Row | None:
    """`subject = X or subject.parent = X or …`, as `under` is written."""
    taken = [_taken(each) for each in node.operands()]
    paths, first = [name for name, _, _ in taken], taken[0]
    choice = choices.get(first[0]) if first[0] else None
    same = all(operator == "=" and values == first[2] for _, operator, values in taken)
    if node.family != "or" or choice is None or not choice.under or not same or not first[2]:
        return None
    if paths != [choice.path, *choice.under] or "under" not in choice.operators:
        return None
    return Row(choice.name, "under", (_typed(first[2][0], choice, here),))


def _taken(node: Node) -> tuple[tuple[str, ...] | None, str, Sequence[Any] | None]:
    """(path, operator, values) of a condition on one name; (None, …) of anything else."""
    if isinstance(node, Unary) and node.operator == "not":
        name, operator, _ = _taken(node.operand)
        return (name, "is not null", []) if operator == "is null" else (None, "", None)
    if isinstance(node, Binary) and isinstance(node.left, Name):
        return _compared(node.left.path, node)
    if isinstance(node, In) and not node.negated:
        return _among(node)
    if isinstance(node, Call) and node.arguments and isinstance(node.arguments[0], Name):
        path, rest = node.arguments[0].path, node.arguments[1:]
        if node.function == "between" and len(rest) == 2:
            return path, "within", _days(to_text(rest[0]), to_text(rest[1]))
        return path, "is null" if node.function == "isblank" else node.function, _literals(rest)
    return None, "", None


def _compared(path: tuple[str, ...], node: Binary) -> tuple[tuple[str, ...], str, Sequence[Any] | None]:
    text = to_text(node.right) if node.operator == "=" and not isinstance(node.right, Literal) else ""
    if text == "me()":
        return path, "me", []
    if text and (days := _days(text, text)):
        return path, "within", days
    return path, node.operator, _literals([node.right])


def _among(node: In) -> tuple[tuple[str, ...] | None, str, Sequence[Any] | None]:
    if isinstance(node.needle, Name) and isinstance(node.haystack, Items):
        return node.needle.path, "in", _literals(node.haystack.items)
    if (
        isinstance(node.needle, Name)
        and isinstance(node.haystack, Call)
        and to_text(node.haystack) == "my_departments()"
    ):
        return node.needle.path, "mine", []
    if isinstance(node.haystack, Name):
        return node.haystack.path, "has", _literals([node.needle])
    return None, "", None


def _days(first: str, last: str) -> Sequence[str] | None:
    """The words of a stretch of days."""
    numbers = re.findall(r"\d+", first + last)[-1:]
    for word, days in DAYS.items():
        values = (word, str(int(numbers[0]) + 1)) if days.counted and numbers else (word,)
        if bounds(values) == (first, last):
            return values
    return None


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


def _typed(value: Any, choice: Choice, here: Here) -> str:
    """A literal as a person would type it."""
    if choice.type is None or choice.field is None:
        return str(value)
    try:
        read = choice.type.read(value if not choice.type.multiple else [value], choice.field)
        return choice.type.write_local(read, choice.field, here)
    except Unreadable:
        if isinstance(value, Decimal) and choice.type.name == "duration":
            return choice.type.write_form(int(value), choice.field)  # formulas know it as seconds
        return str(value)
