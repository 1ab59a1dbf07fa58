"""What the machine below does to a database: its disk is full or does not work, its server has gone away. One rule: the
database has already taken back what was under way; here it is only said so that a person, or a program with its key, can do
something about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from ..kernel.errors import Busy, DougongError, Unstored

#: SQLSTATEs of PostgreSQL and words of SQLite. (A file that may not grow is an I/O error to SQLite.)
_FULL = ("53100", "database or disk is full")
_FAILING = ("58030", "disk I/O error")
#: The server ends or is starting, or ends this connection.
_GOING = ("57P01", "57P02", "57P03")


@contextmanager
def told() -> Iterator[None]:
    """Raises Unstored and, when the server has gone away, Busy in place of the database's error. Whether a commit that was
    under way then went through, nobody knows: the same key asks again without harm."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        found = _said(error, error.orig if isinstance(error, DBAPIError) else error)
        if found is None:
            raise
        raise found from error


def _said(error: Exception, orig: BaseException | None) -> DougongError | None:
    state, text = getattr(orig, "sqlstate", None), str(orig)
    for code, (sqlstate, words) in (("disk_full", _FULL), ("disk_failing", _FAILING)):
        if state == sqlstate or (state is None and words in text):
            return Unstored(code)
    cut = isinstance(orig, psycopg.OperationalError) and (state is None or state in _GOING or state[:2] == "08")
    if cut or getattr(error, "connection_invalidated", False):
        return Busy(retry_after=1)
    return None
