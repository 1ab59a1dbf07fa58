"""What a member keeps at hand: favourite forms in his order, and the records he opened lately. One rule: these are names
and ids only; whoever shows them asks the policies again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ..storage.types import Id, Instant, Int, Text

_tables = MetaData()
favourites = Table(
    "dg_favourite",
    _tables,
    Column("member", Id(), primary_key=True),
    Column("form", Text(), primary_key=True),
    Column("position", Int(), nullable=False),
)
recent = Table(
    "dg_recent",
    _tables,
    Column("member", Id(), primary_key=True),
    Column("form", Text(), primary_key=True),
    Column("record", Id(), primary_key=True),
    Column("opened_at", Instant(), nullable=False),
)
#: Records that are remembered of each member.
REMEMBERED = 30
#: How long a record counts as just opened: opening it again meanwhile writes nothing.
AGAIN = timedelta(minutes=5)
_KEY = ("member", "form", "record")


def favourite_forms(conn: Connection, member: str) -> list[str]:
    """Full names of the forms, in the member's order."""
    mine = favourites.c.member == member
    return list(conn.scalars(select(favourites.c.form).where(mine).order_by(favourites.c.position, favourites.c.form)))


def set_favourite(conn: Connection, member: str, form: str, wanted: bool) -> None:
    """Put the form at the end of the favourites, or take it away; doing it twice changes nothing."""
    mine = favourites.c.member == member
    if not wanted:
        conn.execute(delete(favourites).where(mine, favourites.c.form == form))
    elif form not in favourite_forms(conn, member):
        last = conn.scalar(select(func.max(favourites.c.position)).where(mine)) or 0
        row = {"member": member, "form": form, "position": last + 1}
        conn.execute(_insert(conn, favourites).values(row).on_conflict_do_nothing())


def recent_records(conn: Connection, member: str, limit: int = 10) -> list[tuple[str, str]]:
    """(form, record) the member opened, the latest first."""
    query = select(recent.c.form, recent.c.record).where(recent.c.member == member)
    return [(row.form, row.record) for row in conn.execute(query.order_by(recent.c.opened_at.desc()).limit(limit))]


def just_opened(conn: Connection, member: str, form: str, record: str, now: datetime) -> bool:
    """Whether the record is remembered as opened a moment ago."""
    opened = conn.scalar(select(recent.c.opened_at).where(*_row(member, form, record)))
    return opened is not None and now - opened < AGAIN


def note_opened(conn: Connection, member: str, form: str, record: str, now: datetime) -> None:
    """Remember that the member opened the record; the oldest beyond REMEMBERED are forgotten."""
    row = {"member": member, "form": form, "record": record, "opened_at": now}
    conn.execute(_insert(conn, recent).values(row).on_conflict_do_update(index_elements=_KEY, set_={"opened_at": now}))
    mine = recent.c.member == member
    kept = select(recent.c.opened_at).where(mine).order_by(recent.c.opened_at.desc()).offset(REMEMBERED - 1).limit(1)
    if (oldest := conn.scalar(kept)) is not None:
        conn.execute(delete(recent).where(mine, recent.c.opened_at < oldest))


def _insert(conn: Connection, table: Table) -> Any:
    """An INSERT that can say what to do when the row is there: two windows may do the same at once."""
    make: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def _row(member: str, form: str, record: str) -> tuple[ColumnElement[bool], ...]:
    return recent.c.member == member, recent.c.form == form, recent.c.record == record
