"""Lookups by query: the first row of a form that satisfies `where`, by `sort`, and one of its values.

One rule: the names of the holder (`record.x`, `parent.x`) are replaced by their values before the query is made, so what
runs is an ordinary condition over the form that is looked at, answered once for the same values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, nulls_last, select

from ..definition.definitions import Definitions
from ..definition.model import Lookup
from ..definition.reads import Slot
from ..formula.ast import Literal, Node, Read, walk
from ..formula.facts import checked_of
from ..formula.printer import name_text
from ..formula.scope import Checked
from ..formula.to_python import Env
from ..formula.to_sql import order_key, to_sql
from ..formula.types import Kind, Ref, Value
from ..storage.resolve import Resolver
from .write_set import RowChange, WriteSet


class Holder(Protocol):
    """The row that holds the lookup (env.RowEnv)."""

    ws: WriteSet

    def held(self, path: tuple[str, ...]) -> Value: ...
    def beside(self, change: RowChange) -> Env: ...


def query_lookup(definitions: Definitions, slot: Slot, lookup: Lookup) -> Callable[[Any], Value]:
    """The lookup as a function of the row that holds it."""
    source = lookup.source or ""
    holder = (slot.form, slot.sub)
    checked = (
        definitions.checked(lookup.where, source, holder=holder, expect=Kind.BOOLEAN)
        if lookup.where is not None
        else None
    )
    refs = tuple(dict.fromkeys(holder_refs(checked)))
    path = tuple(lookup.field.split("."))
    key = (slot.form, slot.sub, source, checked.text if checked is not None else "", lookup.sort)

    def run(env: Holder) -> Value:
        values = tuple(env.held(ref.path) for ref in refs)
        known = env.ws.memo.setdefault(Lookup, {})
        if (key, values) not in known:
            condition = _closed(checked, dict(zip(refs, values, strict=True))) if checked is not None else None
            known[key, values] = _first(env.ws, source, condition, lookup.sort)
        found = env.ws.get(source, known[key, values])
        return env.beside(found).get("self", path) if found is not None else None

    return run


def holder_refs(checked: Checked | None) -> Iterable[Ref]:
    """What the condition reads of the holder."""
    if checked is not None:
        yield from (each.ref for each in walk(checked.node) if isinstance(each, Read) and each.ref.anchor == "holder")


def _closed(checked: Checked, values: dict[Ref, Value]) -> Checked:
    """The condition with the holder's names replaced by their values."""
    return checked_of(_with(checked.node, values))


def _with(node: Node, values: dict[Ref, Value]) -> Node:
    if isinstance(node, Read):
        return Literal(values[node.ref], position=node.position, type=node.type) if node.ref in values else node
    return replace(node, **{each.name: _inside(getattr(node, each.name), values) for each in fields(node)})


def _inside(value: Any, values: dict[Ref, Value]) -> Any:
    if isinstance(value, Node):
        return _with(value, values)
    return tuple(_inside(each, values) for each in value) if type(value) is tuple else value


def _first(ws: WriteSet, source: str, condition: Checked | None, sort: tuple[str, ...]) -> str | None:
    main = ws.model.table(source).main
    resolver = Resolver(ws.model, source, tx=ws.tx, alias=main)
    query = select(main.c.id).where(main.c.deleted_at.is_(None))
    if condition is not None:
        query = query.where(to_sql(condition, resolver))
    for each in sort:
        query = query.order_by(_order(resolver, each))
    found: str | None = ws.tx.conn.scalar(query.order_by(main.c.id).limit(1))
    return found


def _order(resolver: Resolver, name: str) -> ColumnElement[Any]:
    """One name of `sort`; nulls last both ways."""
    path = tuple(name.removeprefix("-").split("."))
    checked = resolver.model.definitions.checked(name_text(path), resolver.form_name)
    key = order_key(checked, resolver)
    return nulls_last(key.desc() if name.startswith("-") else key.asc())
