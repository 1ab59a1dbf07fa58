"""What a DocType says and the module made of it does not. One rule: a loss is a code with figures; why it is one and what
was done instead are said in sentences where people read them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Why something has no counterpart.
WHY = (
    "syntax", "name", "function", "environment", "own_value", "column", "record_name", "kinds", "nothing", "saved_only",
    "not_imported", "single", "own_table", "child_missing", "nested_table", "dynamic_link", "program",
    "options_missing", "default", "no_value", "virtual", "fieldtype", "percent", "rating", "shapes", "currency",
    "scale", "phone", "unique_type", "fetch", "filters", "row_layout", "more_series", "series_part", "naming",
    "permlevel", "guest", "rights", "once", "amend", "appearance", "property", "settings", "title", "tree",
    "sorted_by", "refused", "department",
)  # fmt: skip
#: What was done instead.
DONE = (
    "left_out", "shown", "optional", "open", "as_text", "as_long_text", "as_tags", "as_rows", "converted", "kept",
    "not_made", "no_default", "first_series", "part_left_out", "typed_in", "all_rows", "own_numbers",
    "read_only", "first_field", "saved_meaning", "fewer_places", "not_unique", "newest_first",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loss:
    """`field` "" = the DocType itself; `what` is the property of the DocType with its `value`; `why` is one of WHY with
    `params`, `done` one of DONE."""

    doctype: str
    field: str
    what: str
    value: str
    why: str
    done: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict, compare=False)


class Losses:
    """The losses of one import, each once, in the order they were met."""

    def __init__(self) -> None:
        self._all: dict[Loss, None] = {}

    def add(self, doctype: str, field: str, what: str, value: object, why: str, done: str, /, **params: Any) -> None:
        """Note that a property has no counterpart. A long value is cut to 500 characters."""
        text = "" if value is None else str(value)
        self._all.setdefault(Loss(doctype, field, what, text[:500], why, done, params))

    def all(self) -> tuple[Loss, ...]:
        return tuple(self._all)
