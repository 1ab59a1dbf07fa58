"""Where a list goes on: an opaque text that holds the last row's sort values, its id, and what list it belongs to. One
rule: a cursor of another list, person or tenant is refused, and so is one that somebody has written themselves."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ..kernel.errors import Malformed
from ..kernel.ids import is_id


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort values of the last row (canonical) and its id."""

    values: tuple[Any, ...]
    id: str


def bound_to(*parts: Any) -> str:
    """A short digest of what a list is: tenant, member, form, sort and filter."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write(owner: str, cursor: Cursor) -> str:
    """The opaque text of a cursor of the list `owner` (see bound_to)."""
    text = json.dumps([owner, cursor.id, *map(_tagged, cursor.values)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(owner: str, text: str, count: int) -> Cursor:
    """The cursor of the list `owner`, which sorts by `count` values. Raises Malformed `cursor`."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        whose, row, *values = json.loads(raw)
        if whose != owner or not is_id(row) or len(values) != count:
            raise Malformed("cursor")
        return Cursor(tuple([_untagged(each) for each in values]), row)
    except (ValueError, TypeError, KeyError, IndexError, InvalidOperation, binascii.Error, RecursionError) as error:
        raise Malformed("cursor") from error


_TAGS: Sequence[tuple[str, type, Callable[[Any], Any], Callable[[Any], Any]]] = (
    ("b", bool, bool, bool),
    ("i", int, str, int),
    ("n", Decimal, str, Decimal),
    ("t", datetime, datetime.isoformat, datetime.fromisoformat),
    ("d", date, date.isoformat, date.fromisoformat),
    ("c", time, time.isoformat, time.fromisoformat),
    ("s", str, str, str),
)


def _tagged(value: Any) -> Any:
    if value is None:
        return None
    found = next((each for each in _TAGS if isinstance(value, each[1])), None)
    if found is None:
        raise TypeError(type(value).__name__)
    tag, _, to_json, _ = found
    return [tag, to_json(value)]


def _untagged(pair: Any) -> Any:
    if pair is None:
        return None
    tag, value = pair
    found = next((each for each in _TAGS if each[0] == tag), None)
    if found is None:
        raise TypeError(tag)
    _, kind, _, from_json = found
    if not isinstance(value, bool if kind is bool else str) or len(str(value)) > 65_536:
        raise TypeError(tag)
    read_back = from_json(value)
    if isinstance(read_back, datetime) and read_back.tzinfo is None:
        raise ValueError(value)
    if isinstance(read_back, Decimal) and not read_back.is_finite():
        raise ValueError(value)
    return read_back
