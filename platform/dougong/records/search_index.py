"""What searches look at (`dg_search`, migration 0041): the texts of every record with their pinyin, kept in the transaction
that writes the record.

One rule, which makes it sound: `name` holds number and title and is looked at only by who may read the title everywhere;
`others` holds the number and those texts that no policy of the form hides or masks for anybody. Everything else is sought
in its own column by who may read it (search.py). `dg_search_form` says for which fields the rows were made: while these
are others than today's, nobody looks at them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, delete, insert, select, table

from ..definition.model import Field, Form, Policy
from ..storage.model import AUTHORED, Model
from ..storage.transaction import Transaction
from ..storage.types import Id, Text
from . import rows as table_rows
from .rows import Row
from .spelling import MADE, spelled
from .write_set import WriteSet

search = table(
    "dg_search", column("record", Id()), column("form", Text()), column("name", Text()), column("others", Text())
)
made_for = table("dg_search_form", column("form", Text()), column("shape", Text()))

#: Types whose values are texts that people search by.
TEXTS = frozenset(
    {"text", "long_text", "auto_number", "choice", "email", "phone", "barcode", "url", "id_card", "credit_code"}
)


@dataclass(frozen=True, slots=True)
class Indexed:
    """The fields whose texts are kept for a form; `shape` changes when these do."""

    title: Field | None
    others: tuple[Field, ...]
    shape: str


def indexed(model: Model, form: Form) -> Indexed:
    """What is kept of the form's records, in the authors' words whoever writes or asks."""
    model = model.memo.get(AUTHORED, model)
    form = model.form(form.full_name)
    key = ("search", form.full_name)
    if key not in model.memo:
        model.memo[key] = _indexed(model, form)
    found: Indexed = model.memo[key]
    return found


def ready(tx: Transaction, model: Model, form: str) -> bool:
    """Whether the rows of the form were made for today's fields."""
    shapes: dict[str, str] | None = tx.memo.get(made_for)
    if shapes is None:
        shapes = {row.form: row.shape for row in tx.conn.execute(select(made_for))}
        tx.memo[made_for] = shapes
    return shapes.get(form) == indexed(model, model.form(form)).shape


def keep(ws: WriteSet) -> None:
    """Keep the texts of every record that was written, within its transaction."""
    fresh: list[dict[str, Any]] = []
    stale: list[str] = []
    for change in ws.all():
        if change.sub is not None or change.now is None or not change.dirty:
            continue
        form = ws.model.form(change.form)
        if not ready(ws.tx, ws.model, change.form):
            continue
        texts = _texts(indexed(ws.model, form), change.now)
        if change.old is not None and texts == _texts(indexed(ws.model, form), change.old):
            continue
        if change.old is not None:
            stale.append(change.id)
        fresh.append({"record": change.id, "form": change.form, **texts})
    _forget(ws.tx, stale)
    if fresh:
        ws.tx.conn.execute(insert(search), fresh)


def refresh(tx: Transaction, model: Model) -> list[str]:
    """Make the rows of every form whose texts are others than those they were made for; the forms."""
    due = [name for name in sorted(model.tables) if not ready(tx, model, name)]
    for name in due:
        rebuild(tx, model, name)
    return due


def rebuild(tx: Transaction, model: Model, form: str) -> None:
    """Make all rows of a form anew."""
    wanted = indexed(model, model.form(form))
    tx.conn.execute(delete(search).where(search.c.form == form))
    for page in table_rows.pages(tx.conn, table_rows.shape(model.table(form), None)):
        tx.conn.execute(insert(search), [{"record": r["$id"], "form": form, **_texts(wanted, r)} for r in page])
    tx.conn.execute(delete(made_for).where(made_for.c.form == form))
    tx.conn.execute(insert(made_for).values(form=form, shape=wanted.shape))
    tx.memo.pop(made_for, None)


def forget(tx: Transaction, ids: Iterable[str]) -> None:
    """Records that are gone for good."""
    _forget(tx, list(ids))


def differences(tx: Transaction, model: Model, form: str) -> Iterator[tuple[str, str | None, str]]:
    """(record, kept, right) of every record whose texts are not what they should be."""
    if not ready(tx, model, form):
        return
    wanted = indexed(model, model.form(form))
    for page in table_rows.pages(tx.conn, table_rows.shape(model.table(form), None)):
        ids = [row["$id"] for row in page]
        kept = {r.record: (r.name, r.others) for r in tx.conn.execute(select(search).where(search.c.record.in_(ids)))}
        for row in page:
            right = _texts(wanted, row)
            stored = kept.get(row["$id"])
            if stored != (right["name"], right["others"]):
                yield row["$id"], stored[0] if stored else None, right["name"]


def _forget(tx: Transaction, ids: list[str]) -> None:
    for some in table_rows.chunks(ids):
        tx.conn.execute(delete(search).where(search.c.record.in_(some)))


def _indexed(model: Model, form: Form) -> Indexed:
    stored = [each for each in form.fields if model.table(form.full_name).has(each.name)]
    name = model.definitions.title_field(form.full_name)
    title = next((each for each in stored if each.name == name), None)
    others = tuple(
        each
        for each in stored
        if each is not title and each.value_type in TEXTS and not each.computed and _open(form, each)
    )
    said = [(each.id, each.value_type, _labels(each)) for each in (title, *others) if each is not None]
    digest = hashlib.sha256(repr((MADE, said, title is not None)).encode()).hexdigest()[:32]
    return Indexed(title, others, digest)


def _open(form: Form, field: Field) -> bool:
    """Whether no policy hides or masks the field."""
    return all(_level(each, field.name) in ("read", "edit") for each in form.policies)


def _level(policy: Policy, name: str) -> str:
    while name not in policy.fields and "." in name:
        name = name.rpartition(".")[0]
    return policy.fields.get(name, policy.fields.get("*", "read"))


def _texts(wanted: Indexed, row: Row) -> dict[str, str]:
    number = str(row.get("$number") or "")
    name = [number, _said(wanted.title, row) if wanted.title is not None else ""]
    others = [number, *(_said(each, row) for each in wanted.others)]
    return {"name": _lines(name), "others": _lines(others)}


def _said(field: Field, row: Mapping[str, Any]) -> str:
    value = row.get(field.name)
    if value is None or isinstance(value, tuple | list | dict):
        return ""
    return _labels(field).get(str(value), str(value))


def _labels(field: Field) -> dict[str, str]:
    """What the values of a choice are called."""
    options = field.schema.get("oneOf") or ()
    return {str(each["const"]): str(each["title"]) for each in options if "const" in each and "title" in each}


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(spelled(each) for each in texts if each))
