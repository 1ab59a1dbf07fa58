"""What a request brings, as exact JSON: numbers never pass through a float; NaN, doubled keys, half characters and other
media types are refused. One rule: a body that is empty counts as `{}`."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson
from flask import request

from ...kernel.errors import Invalid, Malformed, Unsupported
from ...kernel.problems import Problem
from ..current import installation

JSON = frozenset({"application/json", "application/merge-patch+json"})
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", *JSON})
_HALF = re.compile(r"\\u[dD][89abAB]|\\u[dD][c-fC-F]")


class Unread:
    """A line that is no JSON; it keeps its place so that the others keep their numbers."""

    def __init__(self, error: Malformed) -> None:
        self.error = error


def document() -> dict[str, Any]:
    """The body as one object. Raises Malformed, TooLarge, Unsupported, and Invalid `type` for any other JSON value."""
    raw = content(JSON)
    value = loads(raw) if raw.strip() else {}
    if not isinstance(value, dict):
        raise Invalid([Problem("type", "", {"expected": "object"})])
    return value


def lines() -> list[Any]:
    """The body as NDJSON: one value a line, blank lines left out. Raises TooLarge, Unsupported."""
    return [_line(each) for each in content(LINES).split(b"\n") if each.strip()]


def content(types: frozenset[str]) -> bytes:
    """The body's bytes. Raises TooLarge, and Unsupported when it is of another media type, charset or coding."""
    request.max_content_length = installation().settings.json_limit
    raw = request.get_data()
    if not raw:
        return raw
    charset = request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-")
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype not in types or charset not in ("utf-8", "utf8", "us-ascii") or coding != "identity":
        raise Unsupported("unsupported", type=request.mimetype)
    return raw


def loads(raw: bytes) -> Any:
    """JSON text → values, Decimal for every number with a point or an exponent. Raises Malformed `not_json`,
    `bad_number`, `duplicate_key`, `bad_text`, `too_deep`."""
    try:
        text = raw.decode("utf-8-sig")
        value = simplejson.loads(text, parse_float=_decimal, parse_constant=_constant, object_pairs_hook=_once)
        if _HALF.search(text):
            simplejson.dumps(value, ensure_ascii=False, use_decimal=True).encode()
    except simplejson.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise Malformed("not_json", reason=error.msg, **where) from error
    except UnicodeDecodeError as error:
        raise Malformed("not_json", reason="encoding") from error
    except UnicodeEncodeError as error:
        raise Malformed("bad_text") from error
    except RecursionError as error:
        raise Malformed("too_deep", limit=32) from error
    except ValueError as error:  # more digits than Python reads as one integer
        raise Malformed("bad_number") from error
    return value


def _line(raw: bytes) -> Any:
    try:
        return loads(raw)
    except Malformed as error:
        return Unread(error)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Malformed("bad_number") from error


def _constant(text: str) -> Any:
    raise Malformed("bad_number", value=text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise Malformed("duplicate_key", key=next(each for each in names if names.count(each) > 1))
    return made
