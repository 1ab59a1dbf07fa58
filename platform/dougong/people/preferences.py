"""What a member has chosen for their own screens, on every device: language, brightness, single-key shortcuts, which
notices to get. One rule: a choice that was never made is absent, so what is usual may change."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from .tables import preferences

LANGUAGE, THEME, SHORTCUTS = "language", "theme", "shortcuts"
#: Keys of notices begin with this; the value is "off".
NOTICE = "notice."
OFF = "off"


def of(tenant: Connection, member: str) -> Mapping[str, str]:
    """Everything the member has chosen, by key."""
    rows = tenant.execute(select(preferences.c.key, preferences.c.value).where(preferences.c.member == member))
    return {row.key: row.value for row in rows}


def put(tenant: Connection, member: str, chosen: Mapping[str, str]) -> None:
    """Set these choices; an empty one is forgotten. Others stay."""
    c = preferences.c
    tenant.execute(delete(preferences).where(c.member == member, c.key.in_(list(chosen))))
    rows = [{"member": member, "key": key, "value": value} for key, value in chosen.items() if value]
    if rows:
        tenant.execute(insert(preferences), rows)


def refusing(tenant: Connection, kind: str) -> frozenset[str]:
    """Ids of the members who do not want notices of this kind."""
    c = preferences.c
    return frozenset(tenant.scalars(select(c.member).where(c.key == NOTICE + kind, c.value == OFF)))
