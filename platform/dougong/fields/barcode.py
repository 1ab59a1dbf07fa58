"""What a bar code or QR code says."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._coded import _Coded
from .type import Unreadable


class Barcode(_Coded):
    """One line of at most 500 characters, typed, scanned by the phone's camera or by a scanner that types. Shown as a
    QR code too; `x-options: {"qr": false}` shows the text alone."""

    name = "barcode"
    widget = "barcode"
    limit = 500
    converts_from = ("text", "integer", "auto_number", "choice")

    def normal(self, text: str) -> str:
        code = text.strip()
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in code):
            raise Unreadable("format", reason="characters")
        return code

    def samples(self, field: Field) -> Sequence[Any]:
        return ["6901234567892", "HTTPS://A.CN/1?X=2", "SB-0001 甲"]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [*super().bad_samples(field), ("a\tb", "format"), ("a\nb", "format"), ("9" * 501, "length")]
