"""The database's n-th statement fails, whichever it is: with an error that the database itself raises, so that what it does
to the transaction is real. Commits count as statements.

One rule: only statements of the thread that asked are counted, and only while it asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

_BROKEN = "SELECT this_statement_fails FROM no_table_of_this_name"
_RAISE = "DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{}'; END $$"

Code = Literal["", "contended", "full", "broken"]
#: The SQLSTATE of PostgreSQL and the words of SQLite.
_CODES: Mapping[Code, tuple[str, str]] = {
    "contended": ("40P01", "database is locked"),
    "full": ("53100", "database or disk is full"),
    "broken": ("58030", "disk I/O error"),
}


@dataclass
class Fault:
    """`at` is the number of the statement that fails; `hit` tells whether there was one, `seen` what ran."""

    at: int
    code: Code = ""
    hit: str = ""
    seen: list[str] = field(default_factory=list)
    thread: int = field(default_factory=threading.get_ident)

    def due(self, statement: str) -> bool:
        if threading.get_ident() != self.thread:
            return False
        self.seen.append(statement)
        if len(self.seen) != self.at:
            return False
        self.hit = statement
        return True

    def statement(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        if not self.due(statement):
            return statement, parameters
        if not self.code:
            return _BROKEN, [()] if many else ()
        state, said = _CODES[self.code]
        if conn.dialect.name == "postgresql":
            return _RAISE.format(state), [()] if many else ()
        raise OperationalError(statement, {}, sqlite.OperationalError(said))

    def commit(self, conn: Any) -> None:
        if self.due("COMMIT"):
            raise OperationalError("COMMIT", {}, sqlite.OperationalError(_CODES.get(self.code, ("", "planted"))[1]))


@contextmanager
def failing(at: int, *, code: Code = "") -> Iterator[Fault]:
    """`code`: the failure is one of contention, which passes when the act is tried again; of a disk that is full; of a disk
    that does not work."""
    fault = Fault(at, code)
    event.listen(Engine, "before_cursor_execute", fault.statement, retval=True)
    event.listen(Engine, "commit", fault.commit)
    try:
        yield fault
    finally:
        event.remove(Engine, "before_cursor_execute", fault.statement)
        event.remove(Engine, "commit", fault.commit)
