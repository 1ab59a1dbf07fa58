"""Marks: a random number for each thing that programs keep between requests. The database itself gives a new one with every
statement that touches the thing's tables, so nobody can forget to. One rule: who keeps something reads its mark first, in
the same transaction, and what was kept under another mark is not used."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, bindparam, select

from . import own

#: The tables behind each mark: who is a member and as what; what is live.
TABLES = {
    "people": ("dg_member", "dg_member_role", "dg_member_department", "dg_department", "dg_preference"),
    "definition": ("dg_live", "dg_module", "dg_building"),
}
_READ = select(own.mark.c.mark).where(own.mark.c.name == bindparam("name"))


def read(conn: Connection, name: Literal["people", "definition"]) -> int:
    """The mark as it stands in this transaction."""
    return int(conn.execute(_READ, {"name": name}).scalar_one())
