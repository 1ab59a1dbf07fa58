"""The audit of the whole company, newest first, for admins: who did what to which record, member, role or definition. One
rule: pages go by id, so rows that come meanwhile shift nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Malformed
from ..kernel.ids import is_id
from ..people import departments, members
from ..records.history import field_of
from ..records.titles import Titles, record_titles
from ..storage import own
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read

PAGE = 50
#: Who acts without being a member.
HOUSE = ("operator", "platform")
#: What is asked for by this in place of a form: everything that is about no form.
COMPANY = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """`who` is a member's id or a kind of actor that is no member (HOUSE), `form` a form's full name or COMPANY; days are
    those of the tenant, both included."""

    who: str = ""
    form: str = ""
    since: date | None = None
    until: date | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """`title` is what the thing is called today; `changes` are {field, old, new, old_title?, new_title?, row?}."""

    id: str
    at: datetime
    by_kind: str
    by: str | None
    by_name: str
    event: str
    form: str | None
    record: str | None
    title: str
    changes: list[dict[str, Any]]


def read_audit(inst: Installation, actor: Actor, asked: Asked) -> tuple[list[Act], str | None]:
    """One page, and what to ask for the next one by. Raises Forbidden, Malformed `cursor`."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="read_audit")
    if asked.before and not is_id(asked.before):
        raise Malformed("cursor")

    def act(tx: Transaction) -> tuple[list[Act], str | None]:
        query = select(own.audit).where(*_conditions(tx, asked)).order_by(own.audit.c.id.desc()).limit(PAGE + 1)
        rows = tx.conn.execute(query).all()
        model = inst.catalog.live(tx)
        shown = _acts(tx, model, rows[:PAGE])
        return shown, rows[PAGE - 1].id if len(rows) > PAGE else None

    return read(inst, actor, act)


def _conditions(tx: Transaction, asked: Asked) -> list[ColumnElement[bool]]:
    c = own.audit.c
    found = []
    if asked.who in HOUSE:
        found.append(c.actor_kind == asked.who)
    elif asked.who:
        found.append(c.actor == asked.who)
    if asked.form == COMPANY:
        found.append(c.form.is_(None))
    elif asked.form:
        found.append(c.form == asked.form)
    if asked.since is not None:
        found.append(c.at >= datetime.combine(asked.since, time(), tx.zone))
    if asked.until is not None:
        found.append(c.at < datetime.combine(asked.until + timedelta(days=1), time(), tx.zone))
    if asked.before:
        found.append(c.id < asked.before)
    return found


def _acts(tx: Transaction, model: Model, rows: Sequence[Row[Any]]) -> list[Act]:
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.form in model.definitions.forms and row.record_id:
            wanted.setdefault(row.form, set()).add(row.record_id)
    called = {form: record_titles(tx, model, form, ids) for form, ids in wanted.items()}
    names = _names(tx, rows)
    titles = Titles(tx, model)
    return [
        Act(
            row.id, row.at, row.actor_kind, row.actor, row.actor_name or "", row.event, row.form, row.record_id,
            (called.get(row.form, names).get(row.record_id) or "") if row.record_id else "",
            [_titled(titles, model, row.form, names, each) for each in row.changes],
        )
        for row in rows
    ]  # fmt: skip


def _names(tx: Transaction, rows: Sequence[Row[Any]]) -> dict[str, str | None]:
    """Names of the members and departments that rows about no form speak of."""
    ids = {row.record_id for row in rows if row.form is None and row.record_id}
    for row in rows:
        for change in row.changes if row.form is None else ():
            for side in (change.get("old"), change.get("new")):
                ids |= {each for each in (side if isinstance(side, list) else [side]) if is_id(each)}
    return {**departments.titles(tx.conn, ids), **members.titles(tx.conn, ids)}


def _titled(
    titles: Titles, model: Model, form: str | None, names: Mapping[str, str | None], change: Mapping[str, Any]
) -> dict[str, Any]:
    known = model.definitions.forms.get(form) if form else None
    field = field_of(known, change["field"]) if known is not None else None
    told = dict(change)
    for side in ("old", "new"):
        value = change.get(side)
        if field is not None and not field.is_subtable:
            told[f"{side}_title"] = titles.of(field, value)
        elif form is None:
            told[side] = [_named(names, each) for each in value] if isinstance(value, list) else _named(names, value)
    return told


def _named(names: Mapping[str, str | None], value: Any) -> Any:
    return names.get(value) or value if isinstance(value, str) else value
