"""What values made of parts share (a period, a place, an address): one posted text for several inputs, and a cell of a file
that people can read. One rule: a cell that would not be read back as the same value is written as JSON instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import simplejson

from ..definition.model import Field
from ._characters import keepable
from .type import FieldType, Unreadable, blank

#: Letters of a part that is written by hand.
LONGEST = 200


class _Parts(FieldType):
    json_type: ClassVar[str | tuple[str, ...]] = "object"
    operators: ClassVar[tuple[str, ...]] = ("is null", "is not null")
    keywords: ClassVar[frozenset[str]] = frozenset({"type", "properties", "required", "additionalProperties"})
    known: ClassVar[frozenset[str]] = frozenset()

    def mapping(self, value: Any) -> dict[str, Any] | None:
        """The parts that say something; None when none does. Raises Unreadable for anything but an object of known parts."""
        if blank(value):
            return None
        if not isinstance(value, Mapping):
            raise Unreadable("format" if isinstance(value, str) else "type", expected=self.name, format=self.name)
        for name in value:
            if name not in self.known:
                raise Unreadable("unknown_field", inside="/" + str(name).replace("~", "~0").replace("/", "~1"))
        return {name: each for name, each in value.items() if each not in (None, "", [], ())} or None

    def line(self, value: Any, name: str) -> str:
        """A part that is written by hand, as one line. Raises Unreadable for anything but a text of at most LONGEST."""
        if not isinstance(value, str):
            raise Unreadable("type", inside="/" + name, expected="string")
        if len(value) > LONGEST:
            raise Unreadable("length", inside="/" + name, max=LONGEST, length=len(value))
        return " ".join(keepable(value).split())

    def pretty(self, value: Any, field: Field) -> str:
        """A cell as people write it."""
        return self.write_form(value, field)

    def from_pretty(self, text: str, field: Field) -> Any:
        """What a person wrote into a cell → a JSON value for `read`."""
        return self.read_form([text], field)

    def read_text(self, text: str, field: Field) -> Any:
        if text.lstrip().startswith("{"):
            try:
                return simplejson.loads(text, use_decimal=True)
            except (ValueError, RecursionError):
                return text
        return self.from_pretty(text, field) if text.strip() else None

    def write_text(self, value: Any, field: Field) -> str:
        if value is None:
            return ""
        text = self.pretty(value, field)
        try:
            same = self.read(self.read_text(text, field), field) == value
        except Unreadable:
            same = False
        return text if same else simplejson.dumps(self.write(value, field), use_decimal=True, ensure_ascii=False)

    def label(self, value: Any, field: Field) -> str | None:
        return None if value is None else self.pretty(value, field)
