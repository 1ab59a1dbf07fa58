"""A place in a tree: a region of China, or a branch of a tree the author brings along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from ..definition.columns import JSON, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Kind, Type
from ._lists import _json_array
from ._parts import _Parts
from ._trees import tree_of
from .type import FieldType, Unreadable


class Cascade(_Parts):
    """JSON: the codes from the root on, ["44", "4403"]. `x-options`: `tree` ("regions", the default, or a list of
    {value, title, children}), `leaf` (true: only the last level may be chosen)."""

    name = "cascade"
    json_type: ClassVar[str | tuple[str, ...]] = "array"
    widget = "cascade"
    sortable = False
    operators: ClassVar[tuple[str, ...]] = ("has", "is null", "is not null")
    keywords = frozenset({"type", "items"})
    converts_from = ("text",)

    def column(self, field: Field) -> ColumnSpec | None:
        return JSON

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.LIST, item=formula.TEXT)

    def read(self, value: Any, field: Field) -> Any:
        if value is None or value in ("", [], ()):
            return None
        if not isinstance(value, list | tuple):
            raise Unreadable("enum" if isinstance(value, str) else "type", expected="array", value=str(value)[:60])
        for index, each in enumerate(value):
            if not isinstance(each, str):
                raise Unreadable("type", inside=f"/{index}", expected="string")
        tree = tree_of(field)
        if tree.walk(value) is None:
            raise Unreadable("enum", value="/".join(value)[:60])
        if field.options.get("leaf") is True and tree.below(value):
            raise Unreadable("enum", reason="not_a_leaf", value="/".join(tree.labels(value)))
        return tuple(value)

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else list(value)

    def settle(self, value: Any, field: Field) -> Any:
        return tuple(value) or None if isinstance(value, list | tuple) else value

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """Codes or labels with "/" between them, from the root on or, where only one place is called so, its end alone:
        深圳市, 深圳市/福田区."""
        text = self.joined(raw).strip()
        if not text:
            return None
        words = _json_array(text) or [each.strip() for each in text.replace("／", "/").split("/")]
        tree = tree_of(field)
        found = tree.named(words) or tree.somewhere(words)
        return list(found) if found is not None else text

    def write_form(self, value: Any, field: Field) -> str:
        """The codes with "/" between them, as a JSON array where one of them holds a "/" itself."""
        if value is None:
            return ""
        return json.dumps(list(value), ensure_ascii=False) if any("/" in each for each in value) else "/".join(value)

    def read_text(self, text: str, field: Field) -> Any:
        return self.read_form([text], field)

    def write_text(self, value: Any, field: Field) -> str:
        """Labels where they lead back to the same place, else the codes."""
        if value is None:
            return ""
        text = self.pretty(value, field)
        return text if self.read_form([text], field) == list(value) else self.write_form(value, field)

    def pretty(self, value: Any, field: Field) -> str:
        return "/".join(tree_of(field).labels(value))

    def named(self, value: Any, field: Field) -> Sequence[tuple[str, str]]:
        return [(self.write_form(value, field), self.pretty(value, field))] if value else []

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        if source.name == self.name:
            return self.read(list(value), new)
        return super().convert(value, source, old, new)

    def samples(self, field: Field) -> Sequence[Any]:
        return [("44",), ("44", "4403", "440304")]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [("44", "enum"), (44, "type"), ({"a": 1}, "type"), (["44", "11"], "enum"), (["44", 4403], "type")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "x-type": self.name}
