"""What a request asks beside its body: parameters, the version it was made on, its key; and whether it may be refused for
them already. One rule: 401, 404 and 403 come before anything that is wrong with the request itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request

from ...access import require, require_form
from ...actions.read_record import read_record
from ...actions.transaction import Once
from ...kernel.errors import Invalid, Malformed, PreconditionRequired, TooLarge, Unsupported
from ...storage.transaction import Transaction
from ..current import actor, installation, read

KEY = "Idempotency-Key"
_LONGEST_KEY = 255
#: An entity tag (RFC 9110), and our number when it is one of ours; the quotes may be left out.
_TAG = re.compile(r'(?:W/)?"(?:(\d{1,15})|[\x21\x23-\x7e]*)"|(?:(\d{1,15})|\d+)', re.ASCII)
#: A version no record ever has: an If-Match that none of our tags could fit.
_NONE = 0


@contextmanager
def after_rights(form: str, action: str, record: str | None = None) -> Iterator[None]:
    """What is wrong with the request is told only to who may do the act at all; others get NotFound or Forbidden."""
    try:
        yield
    except (Malformed, TooLarge, Unsupported, PreconditionRequired, Invalid):
        read(lambda tx: _require(tx, form, action, record))
        raise


def _require(tx: Transaction, form: str, action: str, record: str | None) -> None:
    model = installation().catalog.live(tx)
    if record is None:
        require_form(tx, model, form, action)
    else:
        require(tx, model, form, action, record)


def version(form: str, record: str, *, needed: bool = True) -> int | None:
    """The version in If-Match; None = whatever stands. Raises PreconditionRequired when there is none but must be,
    Malformed for what is no tag at all."""
    given = request.headers.get("If-Match")
    if given is None or not given.strip():
        if needed:
            raise PreconditionRequired
        return None
    if given.strip() == "*":
        return None
    parts = [_TAG.fullmatch(each.strip()) for each in given.split(",")]
    if not all(parts):
        raise Malformed("malformed", if_match=given[:80])
    tags = [int(each[1] or each[2] or _NONE) for each in parts if each]
    if len(tags) > 1:
        stands = read_record(installation(), actor(), form, record).record.version
        return stands if stands in tags else tags[0]
    return tags[0] if tags else _NONE


def once(content: Callable[[], bytes] = lambda: request.get_data()) -> Once | None:
    """The request's idempotency key, if it has one, with what it was sent for: method, address and body (or `content` in
    place of a body that is never twice the same). Raises Malformed."""
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not key.strip() or len(key) > _LONGEST_KEY:
        raise Malformed("malformed", header=KEY, most=_LONGEST_KEY)
    what = "\n".join((request.method, request.path, request.query_string.decode("latin-1"), ""))
    return Once(key, hashlib.sha256(what.encode("utf-8", "surrogatepass") + content()).hexdigest())


def only(*names: str) -> None:
    """The parameters this address takes. Raises Malformed for any other, so that a slip of the pen does not go unnoticed."""
    for name in request.args:
        if name not in names:
            if not names:
                raise Malformed("malformed", stray=name[:80])
            raise Malformed("malformed", unknown=name[:80], known=sorted(names))


def flag(name: str, *, default: bool = False) -> bool:
    """A parameter that is true or false. Raises Malformed."""
    given = request.args.get(name)
    if given is None:
        return default
    if given.lower() not in ("true", "false", "1", "0"):
        raise Malformed("malformed", flag=name, value=given[:80])
    return given.lower() in ("true", "1")


def number(name: str, default: int, most: int) -> int:
    """A parameter that is a whole number from 1 to `most`. Raises Malformed `limit`."""
    given = request.args.get(name)
    if given is None:
        return default
    if not re.fullmatch(r"\d{1,9}", given, re.ASCII) or not 1 <= int(given) <= most:
        raise Malformed("limit", parameter=name, limit=most)
    return int(given)


def needed(name: str) -> str:
    """A parameter that must be there. Raises Malformed."""
    given = request.args.get(name, "")
    if not given:
        raise Malformed("malformed", missing=name)
    return given
