"""A value computed from the record and what it refers to (x-formula)."""

from __future__ import annotations

from typing import Any

from ._computed import _Computed


class Formula(_Computed):
    """Read only; of the type its formula has."""

    name = "formula"

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "number", "x-type": "money", "x-formula": "1 + 1"}
