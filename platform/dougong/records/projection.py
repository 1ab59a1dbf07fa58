"""Which fields a read asks for: all, or `fields=amount,contract.name,lines`. One rule: a field no policy shows is as unknown
as one that does not exist; a value behind a reference comes only from records the actor may view, and only where it may
read that field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import null, select

from ..access import FieldAccess, fields, scope
from ..definition.model import Field, Form
from ..definition.reads import follow
from ..kernel.errors import FormulaError, Malformed
from ..storage.model import Model
from ..storage.resolve import Resolver
from ..storage.transaction import Transaction
from .env import RowEnv
from .rows import MAIN_SYSTEM
from .sorting import path_of, split
from .write_set import WriteSet

#: System names that every answer carries anyway.
_ALWAYS = frozenset(MAIN_SYSTEM) - {"$deleted"}


@dataclass(frozen=True, slots=True)
class Behind:
    """A value behind references: what it was asked as, the field it ends in, its SQL."""

    name: str
    field: Field
    sql: Any


@dataclass(frozen=True, slots=True)
class Projection:
    """`own` are the record's fields that are read (None = the whole form), `columns` limits a subtable's columns,
    `behind` are values through references."""

    own: tuple[Field, ...]
    columns: dict[str, tuple[str, ...]]
    behind: tuple[Behind, ...]


def project(tx: Transaction, model: Model, form: Form, access: FieldAccess, asked: Sequence[str] | None) -> Projection:
    """What to select. Raises Malformed `unknown_field`."""
    if asked is None:
        return Projection(tuple(each for each in form.fields if access.level(each.name) != "hidden"), {}, ())
    own: dict[str, Field] = {}
    columns: dict[str, tuple[str, ...]] = {}
    behind: list[Behind] = []
    for name in (each for text in asked for each in split(text)):
        if name in _ALWAYS:
            continue
        path = path_of(name)
        found = _own(form, path)
        if found:
            own |= {each.name: each for each in found if access.level(each.name) != "hidden"}
            if all(access.level(each.name) == "hidden" for each in found):
                raise Malformed("unknown_field", name=name)
        elif (sub := form.subtable(path[0])) is not None:
            column = _column(sub, ".".join(path[1:]), access, name)
            own[sub.name] = sub
            columns[sub.name] = (*columns.get(sub.name, ()), column)
        else:
            behind.append(_behind(tx, model, form, access, name, path))
    return Projection(tuple(own.values()), columns, tuple(behind))


def _own(form: Form, path: tuple[str, ...]) -> list[Field]:
    """The field of that name, or the fields of that group."""
    name = ".".join(path)
    exact = form.find(name)
    if exact is not None:
        return [exact]
    return [each for each in form.fields if name in form.groups and each.name.startswith(name + ".")]


def _column(sub: Field, column: str, access: FieldAccess, name: str) -> str:
    known = any(each.name == column for each in sub.fields)
    if not known or access.level(f"{sub.name}.{column}") == "hidden":
        raise Malformed("unknown_field", name=name)
    return column


def _behind(tx: Transaction, model: Model, form: Form, access: FieldAccess, name: str, path: tuple[str, ...]) -> Behind:
    steps = list(follow(model.definitions, (form.full_name, None), path))
    passed = sum(len(each.name.split(".")) for _, each in steps)
    if len(steps) < 2 or passed != len(path) or steps[-1][1].is_subtable:
        raise Malformed("unknown_field", name=name)
    if access.level(steps[0][1].name) not in ("read", "edit"):
        raise Malformed("unknown_field", name=name)
    main = model.table(form.full_name).main
    key = Resolver(model, form.full_name, tx=tx, alias=main).column("self", tuple(steps[0][1].name.split(".")))
    try:
        return Behind(name, steps[-1][1], _follow(tx, model, key, [each for _, each in steps], name))
    except FormulaError as error:
        raise Malformed("not_queryable", field=name) from error


def _follow(tx: Transaction, model: Model, key: Any, steps: Sequence[Field], name: str) -> Any:
    """The value at the end of the references, null from the first record or field on that the actor may not see."""
    target_form, rest = steps[0].ref, steps[1:]
    if target_form is None:
        raise Malformed("unknown_field", name=name)
    target = model.table(target_form).main.alias()
    access = fields(tx, model, target_form, table=target)
    readable = access.readable_where(rest[0].name)
    if access.level(rest[0].name) not in ("read", "edit"):
        raise Malformed("unknown_field", name=name)
    value = Resolver(model, target_form, tx=tx, alias=target).column("self", tuple(rest[0].name.split(".")))
    if len(rest) > 1:
        value = _follow(tx, model, value, rest, name)
    seen = scope(tx, model, target_form, "view", target)
    query = select(value).where(target.c.id == key, seen, readable)
    return query.correlate_except(target).scalar_subquery()


def read_column(tx: Transaction, model: Model, form: Form, sub: Field | None, field: Field) -> Any | None:
    """What to select for a field: its column, or its formula where it is computed at read. A value still being built is
    null. None: the formula has no SQL form and must be computed for each row (see `computed`)."""
    tables, inside = model.table(form.full_name), sub.name if sub is not None else None
    if model.is_building(form.full_name, field.name, inside):
        return null()
    if tables.has(field.name, inside):
        return tables.column(field.name, inside)
    try:
        resolver = Resolver(model, form.full_name, inside, tx=tx, alias=tables.table(inside))
        return resolver.column("self", tuple(field.name.split(".")))
    except FormulaError:
        return None


def computed(
    tx: Transaction, model: Model, form: Form, sub: Field | None, names: Sequence[str], ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The values that only Python can compute, by row id and name."""
    ws = WriteSet(tx, model)
    rows = ws.load(form.full_name, ids, sub.name if sub is not None else None)
    return {
        row_id: {name: RowEnv(ws, change).get("self", tuple(name.split("."))) for name in names}
        for row_id, change in rows.items()
    }
