"""A value gathered from the rows that point here (x-rollup)."""

from __future__ import annotations

from typing import Any

from ._computed import _Computed


class Rollup(_Computed):
    """Read only; of the type of what it gathers, count is an integer."""

    name = "rollup"

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "number", "x-rollup": {"from": "base.sample", "via": "project", "fn": "sum", "field": "amount"}}
