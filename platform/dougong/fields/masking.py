"""What somebody is told of a value that is masked to them. One rule: here and nowhere else a value becomes its mask, and a
mask is a text of its own kind, so that nothing takes it for the value."""

from __future__ import annotations

from typing import Any

from ..definition.model import Field
from .registry import field_types
from .type import FieldType

ALL = "****"
#: Words for `x-mask` besides the names of field types.
ALSO = {"bank_account": "text"}


class Masked(str):
    """The text shown instead of a value; JSON writes it like any text."""

    __slots__ = ()


def masked(kind: FieldType, field: Field, value: Any) -> Masked | None:
    """A canonical value behind its `x-mask`: the mask of a field type (`phone`, `id_card`, `bank_account` …), or a pattern
    in which `#` at the ends shows a character and anything else hides ("###****####" keeps three and four). Without one
    behind the mask of its own type. Null stays null: that nothing is there is no secret."""
    if value is None or value == ():
        return None
    if field.mask is None or kind.write_only:
        return Masked(kind.mask(value, field))
    text = kind.write_form(value, field)
    other = field_types().get(ALSO.get(field.mask, field.mask))
    return Masked(other.mask(text, field) if other is not None else _by_pattern(field.mask, text))


def _by_pattern(pattern: str, text: str) -> str:
    """At least as many characters stay hidden as are shown."""
    head = len(pattern) - len(pattern.lstrip("#"))
    tail = len(pattern) - len(pattern.rstrip("#")) if head < len(pattern) else 0
    if head + tail >= len(text) or head == len(pattern):
        return ALL
    return text[:head] + ALL + (text[len(text) - tail :] if tail else "")
