"""Unique rules: each row that a rule covers claims one key in the rule's key table. One rule: the database's primary key on
that table decides, in one statement, so two acts at once cannot both win and neither ends in an error of the database.

A rule over subtable columns ("lines.worker") has one key per row. A row with a null among the fields claims nothing, as in
SQL; documents count only outside draft, rejected, withdrawn and voided unless the rule says `where`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ..access import scope
from ..definition.model import Field, Form, Unique
from ..kernel.errors import Invalid
from ..kernel.problems import Problem, pointer
from ..storage.tables import uniques_of
from .formulas import Formulas
from .json_values import pointer_of
from .messages import plain_text
from .rows import Row, chunks
from .states import OPEN
from .titles import Titles
from .write_set import RowChange, WriteSet

#: Document states whose records claim nothing.
FREE = (*OPEN, "voided")
#: A key longer than this is kept as its hash: an index entry has a largest size.
_KEY_LENGTH = 1_000
_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Claim:
    """One key of one row: `row` is the subtable's row, None for the record itself; `at` where a problem is shown, `index`
    the row's place among those that stay."""

    key: str
    record: RowChange
    row: RowChange | None
    values: Mapping[str, Any]
    at: str
    index: int = 0


def keep(ws: WriteSet, formulas: Formulas, records: Iterable[RowChange]) -> None:
    """Bring the key tables up to what these records now say. Raises Invalid with a `unique` problem for each row whose key
    another row holds; called under the locks, when nothing else can change any more."""
    by_form: dict[str, list[RowChange]] = {}
    for record in records:
        by_form.setdefault(record.form, []).append(record)
    problems: list[Problem] = []
    for name, some in sorted(by_form.items()):
        form = ws.model.form(name)
        for rule in uniques_of(form):
            problems += _keep_rule(ws, formulas, form, rule, some)
    if problems:
        raise Invalid(problems)


def _keep_rule(
    ws: WriteSet, formulas: Formulas, form: Form, rule: Unique, records: Iterable[RowChange]
) -> list[Problem]:
    table = ws.model.table(form.full_name).keys[rule.id]
    gone: dict[str, str] = {}
    new: list[Claim] = []
    for record in records:
        before = {each.key: each for each in claims(ws, formulas, form, rule, record, old=True)}
        after = claims(ws, formulas, form, rule, record)
        kept = {each.key for each in after}
        gone.update({key: record.id for key in before if key not in kept})
        new += [each for each in after if each.key not in before or _moved(before[each.key], each)]
        gone.update({each.key: record.id for each in after if each.key in before and _moved(before[each.key], each)})
    _release(ws, table, gone)
    return told(ws, form, rule, _take(ws, table, new))


def told(ws: WriteSet, form: Form, rule: Unique, lost: Iterable[tuple[Claim, Claim | None]]) -> list[Problem]:
    """The problems of claims that lost: to another row of this act (the second of the pair), else to who holds the key."""
    some = list(lost)
    table = ws.model.table(form.full_name).keys[rule.id]
    held = holders(ws, table, (claim.key for claim, twin in some if twin is None))
    found = []
    for claim, twin in some:
        if twin is not None and twin.record is claim.record:
            found.append(_twin(ws, form, rule, claim, twin))
        else:
            problem, holder = problem_of(ws, form, rule, claim), held.get(claim.key)
            found.append(problem if twin or holder is None else with_holder(ws, form, problem, holder))
    return found


def _twin(ws: WriteSet, form: Form, rule: Unique, claim: Claim, twin: Claim) -> Problem:
    """The same key twice in one record: the other row is named, no other record spoken of."""
    column = next((each for each in rule.fields if form.find(each) is None), rule.fields[0])
    value, title = _shown(ws, form, claim, column)
    params = {"reason": "twin", "row": twin.index + 1, "value": title or plain_text(value, _field(form, column), "中")}
    return Problem("unique", (claim.record.pointer or "") + claim.at, {**params, "fields": rule.fields})


def _moved(before: Claim, after: Claim) -> bool:
    """Whether the key stays in the record but goes to another of its rows."""
    return (before.row.id if before.row else None) != (after.row.id if after.row else None)


def claims(
    ws: WriteSet,
    formulas: Formulas,
    form: Form,
    rule: Unique,
    record: RowChange,
    *,
    old: bool = False,
    counted: bool = False,
) -> list[Claim]:
    """The keys a record claims by a rule, before or after this act. `counted`: as if its state made it count."""
    row = record.side(old)
    if row is None or row["$deleted"] is not None:
        return []
    sub = sub_of(form, rule)
    places = [record] if sub is None else ws.children(form.full_name, sub, record.id)
    found = []
    for index, place in enumerate(each for each in places if each.side(old) is not None):
        values = _values(rule, sub, row, place.side(old) or {})
        if all(value is not None for value in values.values()) and (
            counted or _counts(formulas, form, rule, row, place, old)
        ):
            at = _pointer(form, rule, sub, index)
            found.append(Claim(key_text(values.values()), record, place if sub else None, values, at, index))
    return found


def _counts(formulas: Formulas, form: Form, rule: Unique, row: Row, place: RowChange, old: bool) -> bool:
    if rule.where is not None:
        return formulas.holds(rule.where, place, old=old)
    return not form.is_document or row["$state"] not in FREE


def sub_of(form: Form, rule: Unique) -> str | None:
    """The subtable a rule speaks of."""
    heads = {each.partition(".")[0] for each in rule.fields if form.find(each) is None}
    return next((head for head in heads if form.subtable(head) is not None), None)


def _values(rule: Unique, sub: str | None, row: Row, place: Row) -> dict[str, Any]:
    prefix = f"{sub}."
    return {
        each: place.get(each[len(prefix) :]) if sub and each.startswith(prefix) else row.get(each)
        for each in rule.fields
    }


def _pointer(form: Form, rule: Unique, sub: str | None, index: int) -> str:
    first = rule.fields[0]
    if sub is None:
        return pointer_of(first, form.groups)
    inner = next(each for each in rule.fields if each.startswith(f"{sub}."))[len(sub) + 1 :]
    return pointer(sub, index) + pointer_of(inner, form.groups)


def key_text(values: Iterable[Any]) -> str:
    """The canonical text of a key: equal values give equal texts, whatever their scale or zone."""
    text = json.dumps([_plain(each) for each in values], ensure_ascii=False)
    if len(text.encode()) <= _KEY_LENGTH:
        return text
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    return value if isinstance(value, str | bool) else str(value)


def _release(ws: WriteSet, table: Table, gone: Mapping[str, str]) -> None:
    for key in sorted(gone):
        ws.tx.conn.execute(delete(table).where(table.c.key == key, table.c.record == gone[key]))


def _take(ws: WriteSet, table: Table, new: list[Claim]) -> list[tuple[Claim, Claim | None]]:
    """Insert the claims in the order of their keys; returns those that lost, each with the one of this act it lost to."""
    lost: list[tuple[Claim, Claim | None]] = []
    first: dict[str, Claim] = {}
    for claim in new:
        if first.setdefault(claim.key, claim) is not claim:
            lost.append((claim, first[claim.key]))
    statement = (postgresql if ws.tx.dialect == "postgresql" else sqlite).insert(table)
    for keys in chunks(sorted(first), 500):
        rows = [
            {"key": key, "record": first[key].record.id, "row": row.id if (row := first[key].row) else None}
            for key in keys
        ]
        taken = set(ws.tx.conn.scalars(statement.values(rows).on_conflict_do_nothing().returning(table.c.key)))
        lost += [(first[key], None) for key in keys if key not in taken]
    return lost


def problem_of(ws: WriteSet, form: Form, rule: Unique, claim: Claim) -> Problem:
    """The problem as the sender sees it: canonical values, titles beside ids, the author's sentence filled in."""
    shown = {name: _shown(ws, form, claim, name) for name in _names(rule)}
    params: dict[str, Any] = {name: value for name, (value, _) in shown.items()}
    params.update({f"{name}_title": title for name, (_, title) in shown.items() if title is not None})
    texts = {
        name: title or plain_text(value, _field(form, name), rule.message or "")
        for name, (value, title) in shown.items()
    }
    message = _PLACE.sub(lambda found: texts.get(found[1], found[0]), rule.message) if rule.message else None
    at = (claim.record.pointer or "") + claim.at
    return Problem("unique", at, {**params, "fields": rule.fields}, message)


def holders(ws: WriteSet, table: Table, keys: Iterable[str]) -> dict[str, str]:
    """The record that holds each of these keys."""
    found: dict[str, str] = {}
    for some in chunks(sorted(set(keys))):
        query = select(table.c.key, table.c.record).where(table.c.key.in_(some))
        found.update((row.key, row.record) for row in ws.tx.conn.execute(query))
    return found


def with_holder(ws: WriteSet, form: Form, problem: Problem, holder: str) -> Problem:
    """The problem with who holds the key (`holder`, `holder_form`, `holder_title`), for who may see that record."""
    main = ws.model.table(form.full_name).main
    seen = select(main.c.id).where(main.c.id == holder, scope(ws.tx, ws.model, form.full_name, "view"))
    if ws.tx.conn.scalar(seen) is None:
        return problem
    titles = Titles(ws.tx, ws.model)
    titles.want_ids(form.full_name, (holder,))
    title, message = titles.named(form.full_name, holder), problem.message
    known = {"holder": holder, "holder_form": form.full_name, "holder_title": title or holder}
    if message is not None and title is not None:
        message += f" ({title})" if message.isascii() else f"（{title}）"
    return replace(problem, params={**problem.params, **known}, message=message)


def _field(form: Form, name: str) -> Field | None:
    head, _, rest = name.partition(".")
    sub = form.subtable(head)
    return form.find(name) or next((each for each in sub.fields if each.name == rest), None) if sub else form.find(name)


def _names(rule: Unique) -> list[str]:
    return list(dict.fromkeys([*rule.fields, *_PLACE.findall(rule.message or "")]))


def _shown(ws: WriteSet, form: Form, claim: Claim, name: str) -> tuple[Any, str | None]:
    """A value by its name in the rule, and its title where it has one."""
    head, _, rest = name.partition(".")
    sub = form.subtable(head) if claim.row is not None and claim.row.sub == head else None
    fields, row = (sub.fields, claim.row) if sub is not None else (form.fields, claim.record)
    field = next((each for each in fields if each.name == (rest if sub is not None else name)), None)
    if field is None or row is None or row.now is None:
        return None, None
    value = row.now.get(field.name)
    title = Titles(ws.tx, ws.model).of(field, value)
    return value, title if isinstance(title, str) else None
