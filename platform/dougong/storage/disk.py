"""What a disk does to a database: it is full, or it does not work. One rule: the database has already taken back what was
under way; here it is only said so that a person can do something about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from ..kernel.errors import Unstored

#: SQLSTATEs of PostgreSQL and words of SQLite. (A file that may not grow is an I/O error to SQLite.)
_FULL = ("53100", "database or disk is full")
_FAILING = ("58030", "disk I/O error")


@contextmanager
def told() -> Iterator[None]:
    """Raises Unstored in place of the database's error."""
    try:
        yield
    except DBAPIError as error:
        code = _code(error)
        if code is None:
            raise
        raise Unstored(code) from error


def _code(error: DBAPIError) -> str | None:
    state, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    for code, (sqlstate, words) in (("disk_full", _FULL), ("disk_failing", _FAILING)):
        if state == sqlstate or (state is None and words in text):
            return code
    return None
