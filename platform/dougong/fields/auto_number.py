"""A number of the platform's own, such as FK-202510-0004 (x-number)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._texts import _Text


class AutoNumber(_Text):
    """Text that the platform allots; read only, except in seeds and an admin's import."""

    name = "auto_number"
    widget = "output"
    inputs = False
    limit = 200
    converts_from = ("text",)

    def samples(self, field: Field) -> Sequence[Any]:
        return ["FK-202510-0004", "FK-202510-0005"]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "x-type": self.name, "x-number": "FK-{yyyymm}-{seq:4}"}
