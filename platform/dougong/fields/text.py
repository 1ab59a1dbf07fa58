"""A line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._texts import _Text

#: PostgreSQL refuses an index entry over 2,704 bytes; four bytes a code point stay below it.
INDEXED_LIMIT = 500
#: How many digits a bank account may have.
ACCOUNT = (12, 30)


class Text(_Text):
    """One line. Without a maxLength of its own it keeps 10,000 code points, or 500 where the field is indexed."""

    name = "text"
    converts_from = (
        "long_text", "integer", "decimal", "money", "percent", "date", "datetime", "time", "boolean", "choice",
        "auto_number", "email", "phone", "url", "id_card", "credit_code", "barcode", "month", "duration", "rating",
    )  # fmt: skip

    def mask(self, value: Any, field: Field) -> str:
        """What looks like the number of an account keeps its last four."""
        digits = str(value).replace(" ", "").replace("-", "")
        account = digits.isascii() and digits.isdigit() and ACCOUNT[0] <= len(digits) <= ACCOUNT[1]
        return f"****{digits[-4:]}" if account else super().mask(value, field)

    def longest(self, field: Field) -> int:
        return INDEXED_LIMIT if field.index or field.unique else self.limit

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """A browser's line has no line breaks; what was pasted keeps its words apart."""
        text = super().read_form(raw, field)
        return None if text is None else text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")

    def read_text(self, text: str, field: Field) -> Any:
        return text if text.strip() else None

    def samples(self, field: Field) -> Sequence[Any]:
        return ["'; drop table x; --", "A", "a", "a\nb", "a b", "é", "三层模板", "中", "ﬀ", "👷🏽"]
