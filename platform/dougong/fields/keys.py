"""Naming a row by what people know it by instead of its id: `{"$key": "PRJ-A"}` is the row whose number, or single-field
unique value, is PRJ-A. Resolved by the record store, since it takes a look into the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def key_of(value: Any) -> str | None:
    """The key a JSON value names a row by, if it does so: "PRJ-A" of `{"$key": "PRJ-A"}`."""
    if isinstance(value, Mapping) and set(value) == {"$key"} and isinstance(value["$key"], (str, int)):
        return str(value["$key"])
    return None
