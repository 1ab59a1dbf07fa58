"""Text of several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._texts import _Text


class LongText(_Text):
    """Paragraphs, up to a million code points. Not sorted by: an index could not hold it."""

    name = "long_text"
    widget = "long_text"
    limit = 1_000_000
    sortable = False
    operators = ("contains", "is null", "is not null")
    converts_from = ("text", "integer", "decimal", "money", "percent", "date", "datetime", "time", "choice")

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """Browsers post CR LF (HTML, 4.10.21.4); one line feed is kept."""
        text = super().read_form(raw, field)
        return None if text is None else text.replace("\r\n", "\n")

    def read_text(self, text: str, field: Field) -> Any:
        return text if text.strip() else None

    def samples(self, field: Field) -> Sequence[Any]:
        return ["一行\n又一行\n", "x" * 5000]
