"""Tree → canonical text: one space around operators, only the parentheses that are needed, English function names.
`parse(to_text(node))` gives the node back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .ast import Aggregate, Binary, Call, Chain, In, Items, Literal, My, Name, Node, Read, Total, Unary
from .parser import RESERVED
from .tokens import is_plain_name
from .types import Ref

Path = tuple[str, ...]
Rename = Mapping[Path, Path]
_OR, _AND, _NOT, _COMPARE, _CONCAT, _SUM, _PRODUCT, _UNARY, _ATOM = range(9)
_FAMILIES = {"or": _OR, "and": _AND, "&": _CONCAT, "+": _SUM, "*": _PRODUCT}
_ANCHORS: dict[str, Path] = {"self": (), "parent": ("parent",), "holder": ("record",)}


def to_text(node: Node, rename: Rename | None = None) -> str:
    """The canonical text. `rename` maps paths as written to new paths; a path's beginning is renamed too, so that
    {("lines",): ("rows",)} also turns `lines.amount` into `rows.amount`."""
    return _Printer(rename or {}).text(node, _OR)


def name_text(path: Path) -> str:
    """A path as the language writes it, in backticks where it must be."""
    return ".".join(map(_part, path))


class _Printer:
    def __init__(self, rename: Rename) -> None:
        self._rename = rename

    def text(self, node: Node, least: int) -> str:
        """The node's text, in parentheses if it binds looser than `least`."""
        written, binding = _WRITERS[type(node)](self, node)
        return f"({written})" if binding < least else written

    def path(self, path: Path) -> str:
        for size in range(len(path), 0, -1):
            if path[:size] in self._rename:
                return name_text(self._rename[path[:size]] + path[size:])
        return name_text(path)

    def literal(self, node: Literal) -> tuple[str, int]:
        value = node.value
        if isinstance(value, Decimal) and value < 0:
            return f"{value:f}", _UNARY
        return literal_text(value), _ATOM

    def name(self, node: Name) -> tuple[str, int]:
        return self.path(node.path), _ATOM

    def read(self, node: Read) -> tuple[str, int]:
        return self.ref(node.ref), _ATOM

    def ref(self, ref: Ref) -> str:
        return self.path(_ANCHORS[ref.anchor] + ref.path)

    def unary(self, node: Unary) -> tuple[str, int]:
        if node.operator == "not":
            return "not " + self.text(node.operand, _NOT), _NOT
        return "-" + self._negated(node.operand), _UNARY

    def _negated(self, operand: Node) -> str:
        """Parentheses keep `-` from merging with a number or another sign."""
        text = self.text(operand, _UNARY)
        positive = isinstance(operand, Literal) and isinstance(operand.value, Decimal) and operand.value > 0
        return f"({text})" if positive else text

    def binary(self, node: Binary) -> tuple[str, int]:
        left, right = self.text(node.left, _CONCAT), self.text(node.right, _CONCAT)
        return f"{left} {node.operator} {right}", _COMPARE

    def chain(self, node: Chain) -> tuple[str, int]:
        binding = _FAMILIES[node.family]
        pieces = [self.text(node.first, binding + 1)]
        pieces += (f"{operator} {self.text(operand, binding + 1)}" for operator, operand in node.rest)
        return " ".join(pieces), binding

    def items(self, node: Items) -> tuple[str, int]:
        return f"({self.list(node.items)})", _ATOM

    def list(self, nodes: tuple[Node, ...]) -> str:
        return ", ".join(self.text(each, _OR) for each in nodes)

    def inside(self, node: In) -> tuple[str, int]:
        word = "not in" if node.negated else "in"
        return f"{self.text(node.needle, _CONCAT)} {word} {self.text(node.haystack, _CONCAT)}", _COMPARE

    def call(self, node: Call) -> tuple[str, int]:
        return f"{node.function}({self.list(node.arguments)})", _ATOM

    def aggregate(self, node: Aggregate) -> tuple[str, int]:
        parts = [self.ref(node.rows)]
        if isinstance(node.value, Read) and node.value.ref.anchor == "self":
            parts = [self.path(_ANCHORS[node.rows.anchor] + node.rows.path + node.value.ref.path)]
        elif node.value is not None:
            parts.append(self.text(node.value, _OR))
        if node.where is not None:
            parts.append(self.text(node.where, _OR))
        parts += (self.text(each, _OR) for each in node.extra)
        return f"{node.function}({', '.join(parts)})", _ATOM

    def total(self, node: Total) -> tuple[str, int]:
        arguments = (Literal(node.name), *node.keys)
        return f"total({self.list(arguments)}).{_part(node.value)}", _ATOM

    def my(self, node: My) -> tuple[str, int]:
        return f"my({self.ref(node.group)})", _ATOM


def literal_text(value: object) -> str:
    """A value as the language writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return f"{Decimal(value):f}"
    if isinstance(value, (date, datetime, time)):
        return _quoted_text(value.isoformat())
    return _quoted_text(str(value))


def _quoted_text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _part(name: str) -> str:
    if is_plain_name(name) and name.lower() not in RESERVED:
        return name
    return "`" + name.replace("`", "``") + "`"


_WRITERS: dict[type[Node], Callable[[_Printer, Any], tuple[str, int]]] = {
    Literal: _Printer.literal,
    Name: _Printer.name,
    Read: _Printer.read,
    Unary: _Printer.unary,
    Binary: _Printer.binary,
    Chain: _Printer.chain,
    Items: _Printer.items,
    In: _Printer.inside,
    Call: _Printer.call,
    Aggregate: _Printer.aggregate,
    Total: _Printer.total,
    My: _Printer.my,
}
