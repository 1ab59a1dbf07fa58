"""The database's n-th statement fails, whichever it is: with an error that the database itself raises, so that what it does
to the transaction is real. Commits count as statements.

One rule: only statements of the thread that asked are counted, and only while it asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

_BROKEN = "SELECT this_statement_fails FROM no_table_of_this_name"
_DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '40P01'; END $$"


@dataclass
class Fault:
    """`at` is the number of the statement that fails; `hit` tells whether there was one, `seen` what ran."""

    at: int
    passing: bool = False
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
        if not self.passing:
            return _BROKEN, [()] if many else ()
        if conn.dialect.name == "postgresql":
            return _DEADLOCK, [()] if many else ()
        raise OperationalError(statement, {}, sqlite.OperationalError("database is locked"))

    def commit(self, conn: Any) -> None:
        if self.due("COMMIT"):
            said = "database is locked" if self.passing else "disk I/O error"
            raise OperationalError("COMMIT", {}, sqlite.OperationalError(said))


@contextmanager
def failing(at: int, *, passing: bool = False) -> Iterator[Fault]:
    """`passing`: the failure is one of contention, which passes when the act is tried again."""
    fault = Fault(at, passing)
    event.listen(Engine, "before_cursor_execute", fault.statement, retval=True)
    event.listen(Engine, "commit", fault.commit)
    try:
        yield fault
    finally:
        event.remove(Engine, "before_cursor_execute", fault.statement)
        event.remove(Engine, "commit", fault.commit)
