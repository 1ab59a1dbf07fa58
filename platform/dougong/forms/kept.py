"""Rows drawn before. One rule: a row is taken again only while everything its look depends on is equal to what it was drawn
from, so that a keystroke in one row of 500 draws one row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .view import RowView


@dataclass(slots=True)
class KeptRows:
    """`frame` is what the look of all rows depends on, `rows` each row's own reasons and what was drawn."""

    frame: Any = None
    rows: dict[tuple[str, str], tuple[Any, RowView]] = field(default_factory=dict)

    def of(self, frame: Any) -> KeptRows:
        """These rows, as long as the frame is the same."""
        if frame != self.frame:
            self.frame, self.rows = frame, {}
        return self

    def get(self, key: tuple[str, str], reasons: Any, number: int, draw: Callable[[], RowView]) -> RowView:
        """The row, drawn anew when its reasons have changed."""
        known = self.rows.get(key)
        if known is not None and known[0] == reasons:
            row = known[1] if known[1].number == number else replace(known[1], number=number)
        else:
            row = draw()
        self.rows[key] = (reasons, row)
        return row
