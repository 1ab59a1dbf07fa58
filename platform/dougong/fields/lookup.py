"""A value fetched through a reference or by a query (x-lookup), live or frozen."""

from __future__ import annotations

from typing import Any

from ._computed import _Computed


class Lookup(_Computed):
    """Of the type of what it fetches. Read only while live; frozen at create or submit it is an input from then on."""

    name = "lookup"
    inputs = True

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "x-lookup": {"via": "project", "field": "name"}}
