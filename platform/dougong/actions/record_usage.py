"""How forms are used: counts per day, member, form and kind of page, and what was refused there. One rule: it is no part of
any act; what cannot be written down is forgotten, and rows older than a year and a bit go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ..kernel.actor import Actor, platform
from ..kernel.errors import Forbidden
from ..people.tables import usage
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read, transaction

#: The kinds of pages that count as opening a form; `error` is a refusal, with its code.
OPENS = ("list", "record", "new", "edit")
ERROR = "error"
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day; `code` only of an error."""

    day: date
    form: str
    member: str
    what: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """One form in a stretch of days: `opens` by kind of page, how many people, `errors` by code, most first."""

    form: str
    opens: Mapping[str, int]
    people: int
    errors: Mapping[str, int]

    @property
    def total(self) -> int:
        """All openings."""
        return sum(self.opens.values())


def record_usage(inst: Installation, tenant: str, counts: Mapping[Event, int]) -> None:
    """Add these counts; forms that are not there are left out."""

    def act(tx: Transaction) -> None:
        forms = inst.catalog.live(tx).definitions.forms
        rows = [
            {
                "day": each.day,
                "form": each.form,
                "member": each.member,
                "what": each.what,
                "code": each.code,
                "count": n,
            }
            for each, n in sorted(counts.items(), key=lambda pair: str(pair[0]))
            if each.form in forms
        ]
        if not rows:
            return
        made = (sqlite.insert if tx.dialect == "sqlite" else postgresql.insert)(usage)
        key = [usage.c.day, usage.c.form, usage.c.member, usage.c.what, usage.c.code]
        added = {"count": usage.c.count + made.excluded["count"]}
        tx.conn.execute(made.on_conflict_do_update(index_elements=key, set_=added), rows)
        tx.conn.execute(delete(usage).where(usage.c.day < tx.now.astimezone(tx.zone).date() - KEPT))

    transaction(inst, tenant, platform(tenant), act)


def read_usage(inst: Installation, actor: Actor, days: int) -> list[Used]:
    """Every form with what became of it in the last `days` days, most used first. Raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="read_usage")

    def act(tx: Transaction) -> list[Used]:
        since = tx.now.astimezone(tx.zone).date() - timedelta(days=days - 1)
        c = usage.c
        asked = select(c.form, c.what, c.code, func.sum(c["count"]).label("n")).where(c.day >= since)
        opener = case((c.what != ERROR, c.member))
        people = select(c.form, func.count(opener.distinct()).label("n")).where(c.day >= since).group_by(c.form)
        opens: dict[str, dict[str, int]] = {}
        errors: dict[str, dict[str, int]] = {}
        for row in tx.conn.execute(asked.group_by(c.form, c.what, c.code)):
            side, key = (errors, row.code) if row.what == ERROR else (opens, row.what)
            side.setdefault(row.form, {})[key] = int(row.n)
        seen = {row.form: int(row.n) for row in tx.conn.execute(people)}
        found = [
            Used(form, opens.get(form, {}), seen.get(form, 0), _most_first(errors.get(form, {})))
            for form in inst.catalog.live(tx).definitions.forms
        ]
        return sorted(found, key=lambda each: (-each.total, -sum(each.errors.values()), each.form))

    return read(inst, actor, act)


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
