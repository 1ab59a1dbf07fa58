"""An e-mail address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._coded import _Coded
from .type import Unreadable

#: As accounts are written (people/names.py): syntax alone, reserved domains count, nobody is asked.
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[^@\s.\"(),:;<>\[\]\\_]+(\.[^@\s.\"(),:;<>\[\]\\_]+)*")


class Email(_Coded):
    """Kept in small letters without blanks around, full-width signs as their ASCII twins; at most 254 characters."""

    name = "email"
    widget = "email"

    def normal(self, text: str) -> str:
        address = unicodedata.normalize("NFKC", text).strip().lower()
        if not _EMAIL.fullmatch(address) or ".." in address or len(address) > self.limit:
            raise Unreadable("format", format="email", value=text[:60])
        return address

    def mask(self, value: Any, field: Field) -> str:
        """`f***@x.cn`."""
        local, _, domain = str(value).rpartition("@")
        return f"{local[:1] if len(local) > 1 else ''}***@{domain}" if local else "****"

    def samples(self, field: Field) -> Sequence[Any]:
        return ["a@b", "first.last+tag@example.com", "王强@工地.test"]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = ("none", "a@", "@b", "a b@c.test", "a@b..c", "a@b@c", "a@b.c\nd", "<a@b.c>")
        return [*super().bad_samples(field), *((each, "format") for each in texts), ("a" * 255, "length")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "email"}
