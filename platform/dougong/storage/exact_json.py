"""JSON as it is stored: exact decimals, no NaN, 汉字 unescaped. One rule: text written here reads back to equal values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import simplejson


def dumps(value: Any, *, sort_keys: bool = False, indent: int | None = None) -> str:
    """JSON text of canonical values: Decimal as an exact number, dates and instants as their ISO text, tuples as arrays.
    With `indent` it is laid out for people."""
    return simplejson.dumps(
        value,
        use_decimal=True,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=sort_keys,
        separators=(",", ":") if indent is None else (",", ": "),
        indent=indent,
        default=_text,
        iterable_as_array=True,
    )


def loads(text: str | bytes) -> Any:
    """The values of JSON text we wrote ourselves; numbers with a point are Decimal."""
    return simplejson.loads(text, use_decimal=True)


def instant_text(value: datetime) -> str:
    """The one text of an instant: UTC, microseconds, `Z`; sorts as the instants do."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a canonical value")
