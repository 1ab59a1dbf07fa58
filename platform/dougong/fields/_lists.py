"""What multi_choice, tags and attachment share. One rule: a list keeps its order, holds nothing twice, and an empty one is
null."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from ..definition.columns import JSON, ColumnSpec
from ..definition.model import Field
from ..kernel.problems import pointer
from ._choices import value_text
from ._keywords import ARRAY_KEYWORDS, array_rules, no_duplicates
from .type import FieldType, Rule, Unreadable


class _List(FieldType):
    json_type: ClassVar[str | tuple[str, ...]] = "array"
    multiple = True
    sortable = False
    keywords = frozenset({"type", "items"}) | ARRAY_KEYWORDS
    operators: ClassVar[tuple[str, ...]] = ("has", "is null", "is not null")
    most: ClassVar[int] = 1000

    def column(self, field: Field) -> ColumnSpec | None:
        return JSON

    def read(self, value: Any, field: Field) -> Any:
        if value is None or value == "":
            return None
        if not isinstance(value, (list, tuple)):
            raise Unreadable("type", expected="array")
        if len(value) > self.most:
            raise Unreadable("length", max_items=self.most, length=len(value))
        return tuple(self._at(index, each, field) for index, each in enumerate(value)) or None

    def _at(self, index: int, value: Any, field: Field) -> Any:
        try:
            return self.read_item(value, field)
        except Unreadable as error:
            raise Unreadable(error.code, inside=pointer(index), **error.params) from None

    def read_item(self, value: Any, field: Field) -> Any:
        """One item's canonical value. Raises Unreadable."""
        raise TypeError(f"{self.name} has no items")

    def item_by_text(self, text: str, field: Field) -> Any:
        """One item as a person or a file writes it."""
        return text

    def write(self, value: Any, field: Field) -> Any:
        return None if value is None else list(value)

    def settle(self, value: Any, field: Field) -> Any:
        return tuple(value) or None if isinstance(value, list | tuple) else value

    def rules(self, field: Field) -> Sequence[Rule]:
        schema = {key: each for key, each in field.schema.items() if key != "uniqueItems"}
        return [*array_rules(schema), no_duplicates]

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """Every posted text is one item; blank ones stand only for `nothing chosen`."""
        return [self.item_by_text(text, field) for text in raw if text.strip()] or None

    def write_form(self, value: Any, field: Field) -> str:
        return ", ".join(map(value_text, value or ()))

    def read_text(self, text: str, field: Field) -> Any:
        """A JSON array, or items parted by comma, enumeration comma or semicolon, western or Chinese."""
        items = _json_array(text)
        if items is None:
            for mark in "，、；;\n":
                text = text.replace(mark, ",")
            items = [each.strip() for each in text.split(",")]
        return self.read_form(list(map(value_text, items)), field)

    def write_text(self, value: Any, field: Field) -> str:
        """A JSON array, so that an item may hold any mark."""
        return "" if value is None else json.dumps(list(map(value_text, value)), ensure_ascii=False)


def _json_array(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        return None
    plain = isinstance(found, list) and all(isinstance(each, (str, bool)) for each in found)
    return found if plain else None
