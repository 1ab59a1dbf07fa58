"""What was ever done to a record, newest first, from its audit rows. One rule: a change is shown only of a field that the
reader may see on the record as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, cast, or_, select
from sqlalchemy import Text as SqlText

from ..access import require
from ..definition.model import Field, Form
from ..definition.names import is_system
from ..storage import exact_json, own
from ..storage.model import Model
from ..storage.transaction import Transaction
from .comments import EVENTS as COMMENTS
from .present import RowLevels, instant
from .titles import DEPARTMENT, MEMBER, Titles

LIMIT = 200
_PEOPLE = {"$owner": MEMBER, "$department": DEPARTMENT}


def history(
    tx: Transaction,
    model: Model,
    form: str,
    record: str,
    levels: RowLevels,
    *,
    limit: int = LIMIT,
    before: str | None = None,
    since: datetime | None = None,
    by: str | None = None,
    field: str | None = None,
) -> list[dict[str, Any]]:
    """`{id, at, by, by_name, on_behalf, event, request_id, changes: [{field, row?, title, old, new, old_title?,
    new_title?}]}`; values as JSON. At most `limit` acts: `before` an act's id only those older, `since` a moment those from
    then on, `by` a member's id only that member's, `field` only those that changed this field (a subtable: its rows too),
    cut to those changes. Raises NotFound when the actor may not see the record."""
    require(tx, model, form, "view", record)
    definition, c = model.definitions.form(form), own.audit.c
    if field is not None and not _may_see(levels, field):
        return []
    query = _narrowed(select(own.audit), since, by, field)
    query = query.where(c.record_id == record, c.form == form, c.event.not_in(COMMENTS)).order_by(c.id.desc())
    found = tx.conn.execute((query if before is None else query.where(c.id < before)).limit(limit)).all()
    titles = Titles(tx, model)
    changes = [
        [shown for each in row.changes if _about(each, field) and (shown := _shown(definition, levels, each))]
        for row in found
    ]
    for some in changes:
        for each in some:
            _want(titles, definition, each)
    return [
        {
            "id": row.id,
            "at": instant(row.at),
            "by": row.actor,
            "by_name": row.actor_name,
            "on_behalf": row.on_behalf,
            "event": row.event,
            "request_id": row.request_id,
            "changes": [_titled(titles, definition, each) for each in some],
        }
        for row, some in zip(found, changes, strict=True)
    ]


def actors(tx: Transaction, model: Model, form: str, record: str) -> list[tuple[str, str]]:
    """The members who did something to the record: (id, name as it was), first one first. Raises NotFound."""
    require(tx, model, form, "view", record)
    c = own.audit.c
    query = select(c.actor, c.actor_name).where(c.record_id == record, c.form == form, c.actor.is_not(None))
    found = tx.conn.execute(query.where(c.event.not_in(COMMENTS)).order_by(c.id).limit(LIMIT * 5)).all()
    return list({row.actor: row.actor_name for row in found}.items())


def _narrowed(query: Select[Any], since: datetime | None, by: str | None, field: str | None) -> Select[Any]:
    c = own.audit.c
    if since is not None:
        query = query.where(c.at >= since)
    if by is not None:
        query = query.where(c.actor == by)
    if field is not None:  # the changes are JSON of our own making, so a field's name stands in them just so
        named = exact_json.dumps({"field": field})[1:-1]
        text = cast(c.changes, SqlText)
        query = query.where(
            or_(text.contains(named, autoescape=True), text.contains(f"{named[:-1]}.", autoescape=True))
        )
    return query


def _about(change: Mapping[str, Any], field: str | None) -> bool:
    name = str(change["field"])
    return field is None or name == field or name.startswith(f"{field}.")


def _may_see(levels: RowLevels, name: str) -> bool:
    return is_system(name) or levels.level(name) in ("read", "edit")


def _shown(form: Form, levels: RowLevels, change: Mapping[str, Any]) -> dict[str, Any] | None:
    """The change as far as it may be seen; a whole row loses the columns that may not."""
    name = change["field"]
    if is_system(name):
        return dict(change)
    if form.subtable(name) is not None:
        sides = {side: _cut(levels, name, change[side]) for side in ("old", "new")}
        return {**change, **sides} if levels.level(name) in ("read", "edit") else None
    return dict(change) if levels.level(name) in ("read", "edit") else None


def _cut(levels: RowLevels, sub: str, row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: value for name, value in row.items() if levels.level(f"{sub}.{name}") in ("read", "edit")}


def field_of(form: Form, name: str) -> Field | None:
    """The field of an audit row's name ("lines.hours" in a subtable); None for system names and fields gone since."""
    own_field = form.find(name)
    if own_field is not None:
        return own_field
    head, _, rest = name.partition(".")
    sub = form.subtable(head)
    return next((each for each in sub.fields if each.name == rest), None) if sub is not None else None


def _want(titles: Titles, form: Form, change: Mapping[str, Any]) -> None:
    field = field_of(form, change["field"])
    if field is not None and not field.is_subtable:
        for side in ("old", "new"):
            titles.want(field, change[side])
    elif (kind := _PEOPLE.get(change["field"])) is not None:
        titles.want_ids(kind, (change["old"], change["new"]))


def _titled(titles: Titles, form: Form, change: dict[str, Any]) -> dict[str, Any]:
    field = field_of(form, change["field"])
    change["title"] = field.title if field is not None else change["field"]
    kind = _PEOPLE.get(change["field"])
    for side in ("old", "new"):
        title = titles.named(kind, change[side]) if kind is not None else None
        if field is not None and not field.is_subtable:
            title = titles.of(field, change[side])
        if title is not None:
            change[f"{side}_title"] = title
    return change
