"""What somebody really changed on a form that others may have saved meanwhile. One rule: only what differs from what the
form showed is wanted; who and what was given beside it stays, and what two people changed differently is refused with the
name of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ..kernel.errors import Invalid
from ..kernel.ids import is_id
from ..kernel.problems import Problem
from ..people import departments, members
from ..storage import own
from ..storage.transaction import Transaction

#: What a form showed, by field: a text, or a list of texts whose order says nothing. None: nobody knows, all is wanted.
Seen = Mapping[str, Any]
_LOOKED = 50


def wanted_of(seen: Seen | None, stands: Seen, given: Seen) -> tuple[dict[str, Any], list[str]]:
    """What of `given` is to be written over `stands`, and the fields that were changed here and there differently."""
    found, clashes = dict[str, Any](), list[str]()
    for name, value in given.items():
        now = stands[name]
        was = now if seen is None else seen.get(name, now)
        if isinstance(value, list):
            kept = [each for each in now if each in value or each not in was]
            value = [*kept, *(each for each in value if each not in was and each not in now)]
        elif value == was:
            value = now
        elif now not in (was, value):
            clashes.append(name)
        if value != now:
            found[name] = value
    return found, clashes


def overtaken(
    tx: Transaction,
    event: str,
    record: str | None,
    clashes: Mapping[str, str],
    stands: Seen,
    among: Mapping[str, Any] | None = None,
) -> Invalid:
    """The refusal that says who changed what meanwhile; `clashes` are the fields by what the audit calls them, `among` a
    change that stands beside them in the audit where no record is named."""
    query = select(own.audit).where(own.audit.c.form.is_(None), own.audit.c.event == event)
    if record is not None:
        query = query.where(own.audit.c.record_id == record)
    rows = tx.conn.execute(query.order_by(own.audit.c.id.desc()).limit(_LOOKED)).all()
    texts = [stands[name] for name in clashes if is_id(stands[name])]
    called = {**departments.titles(tx.conn, texts), **members.titles(tx.conn, texts)}
    problems = []
    for name, field in clashes.items():
        by = next((row.actor_name for row in rows if _told(row.changes, field, among)), None)
        value = called.get(stands[name], stands[name])
        reason = "unknown" if not by else "empty" if not value else ""
        problems.append(Problem("overtaken", f"/{field}", {"by_name": by, "value": value, "reason": reason}))
    return Invalid(problems, "overtaken")


def _told(changes: Sequence[Mapping[str, Any]], field: str, among: Mapping[str, Any] | None) -> bool:
    return (among is None or among in changes) and any(each.get("field") == field for each in changes)
