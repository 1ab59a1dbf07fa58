"""Pasted references by title: what people copy is a worker's name, not his number. One rule: a name stands for a record only
if exactly one that the actor may view and may still choose is called so; else it stays as it was copied, to be mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from ..access import fields, scope
from ..definition.model import Field
from ..forms.sheet import SheetRow
from ..people import departments, members
from ..records.rows import chunks
from ..storage.model import Model
from ..storage.transaction import Transaction


def resolve_names(tx: Transaction, model: Model, sub: Field, rows: Iterable[SheetRow]) -> None:
    """Put ids in the place of titles in these rows."""
    some = list(rows)
    for each in sub.fields:
        texts = {text for row in some if (text := _key(row.values.get(each.name)))}
        if not texts:
            continue
        known = _known(tx, model, each, texts)
        for row in some:
            found = known.get(_key(row.values.get(each.name)) or "")
            if found is not None:
                row.values[each.name] = found


def _key(value: Any) -> str | None:
    found = value.get("$key") if isinstance(value, Mapping) and set(value) == {"$key"} else None
    return found.strip() if isinstance(found, str) else None


def _known(tx: Transaction, model: Model, each: Field, texts: set[str]) -> dict[str, str]:
    if each.value_type == "member":
        return _single((one.name, one.id) for one in members.all_of(tx.conn) if one.active and one.name in texts)
    if each.value_type == "department":
        return _single((one.name, one.id) for one in departments.all_of(tx.conn) if one.name in texts)
    return _records(tx, model, each.ref, texts) if each.ref is not None else {}


def _records(tx: Transaction, model: Model, target: str, texts: set[str]) -> dict[str, str]:
    tables, main = model.table(target), model.table(target).main
    name = model.definitions.title_field(target)
    if name is None or not tables.has(name) or not fields(tx, model, target).queryable(name):
        return {}
    title = tables.column(name)
    fitting = (
        main.c.deleted_at.is_(None),
        main.c.state.not_in(("disabled", "voided")),
        scope(tx, model, target, "view"),
    )
    found: list[tuple[str, str]] = []
    for part in chunks(sorted(texts)):
        found += [
            (str(row[0]), row[1]) for row in tx.conn.execute(select(title, main.c.id).where(title.in_(part), *fitting))
        ]
    numbers: set[str] = set()
    for part in chunks(sorted({each for each, _ in found})):
        numbers |= set(tx.conn.scalars(select(main.c.number).where(main.c.number.in_(part))))
    return {text: row_id for text, row_id in _single(found).items() if text not in numbers}


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The names that only one has."""
    found: dict[str, set[str]] = {}
    for name, row_id in pairs:
        found.setdefault(name, set()).add(row_id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
