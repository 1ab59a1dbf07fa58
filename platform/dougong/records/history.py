"""What was ever done to a record, newest first, from its audit rows. One rule: a change is shown only of a field that the
reader may see on the record as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ..access import require
from ..definition.model import Field, Form
from ..definition.names import is_system
from ..storage import own
from ..storage.model import Model
from ..storage.transaction import Transaction
from .present import RowLevels, instant
from .titles import Titles

LIMIT = 200


def history(
    tx: Transaction,
    model: Model,
    form: str,
    record: str,
    levels: RowLevels,
    *,
    limit: int = LIMIT,
    before: str | None = None,
) -> list[dict[str, Any]]:
    """`{id, at, by, by_name, on_behalf, event, request_id, changes: [{field, row?, title, old, new, old_title?,
    new_title?}]}`; values as JSON; `before` an act's id only those older. Raises NotFound when the actor may not see the
    record."""
    require(tx, model, form, "view", record)
    definition, c = model.definitions.form(form), own.audit.c
    query = select(own.audit).where(c.record_id == record, c.form == form).order_by(c.id.desc()).limit(limit)
    found = tx.conn.execute(query if before is None else query.where(c.id < before)).all()
    titles = Titles(tx, model)
    changes = [[shown for each in row.changes if (shown := _shown(definition, levels, each))] for row in found]
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


def _titled(titles: Titles, form: Form, change: dict[str, Any]) -> dict[str, Any]:
    field = field_of(form, change["field"])
    change["title"] = field.title if field is not None else change["field"]
    if field is not None and not field.is_subtable:
        for side in ("old", "new"):
            title = titles.of(field, change[side])
            if title is not None:
                change[f"{side}_title"] = title
    return change
