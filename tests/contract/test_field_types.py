"""The contract of every registered field type, unasked: form → column → JSON → filter → sort, on both databases, and what
becomes of its values when the type changes. A new type is tested by being there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, insert, select

from dougong.definition.columns import INT
from dougong.definition.model import Field
from dougong.fields.type import FieldType, Here, Unreadable
from dougong.formula.ast import Literal
from dougong.formula.check import check
from dougong.formula.printer import to_text
from dougong.formula.to_sql import sqlite_functions, to_sql
from dougong.formula.types import BOOLEAN, Context, Kind, Ref, Type
from dougong.storage import exact_json
from dougong.storage.ddl import create_table
from dougong.storage.types import column_type
from tests.fields.making import TYPES, a_field

NOW = datetime(2025, 8, 20, 2, tzinfo=UTC)
CONTEXT = Context(NOW, ZoneInfo("Asia/Shanghai"))
HERE = Here(CONTEXT.zone, CONTEXT.today)

#: Every type as its own sample makes it, and the ways a schema changes what a type keeps.
CASES: dict[str, Field] = {name: a_field(name) for name in TYPES if name != "subtable"} | {
    "choice of integers": a_field("choice", {"enum": [3, 1, 2]}),
    "choice of booleans": a_field("choice", {"enum": [True, False]}),
    "choice of anything": a_field("choice", {"enum": [1, "a", True]}),
    "decimal without places": a_field("decimal", scale=0),
    "decimal of ten places": a_field("decimal", scale=10),
    "tags of numbers": a_field("tags", {"type": "array", "items": {"type": "number"}}),
    "formula giving a date": a_field("formula", result="date"),
}
KEPT_AS_JSON = (Kind.LIST, Kind.JSON)


@dataclass
class Shelf:
    """One table with a column of the type under test, holding every sample and a null."""

    connection: Connection
    table: Table
    kind: FieldType
    field: Field
    values: list[Any] = field(default_factory=list)

    @property
    def column(self) -> ColumnElement[Any]:
        return self.table.c.v

    def found(self, condition: ColumnElement[bool]) -> list[Any]:
        query = select(self.column).where(condition).order_by(self.table.c.id)
        return list(self.connection.scalars(query))


@dataclass
class OneName:
    """A scope that knows `v`, and the environment that leads it to the column."""

    type: Type
    shelf: Shelf | None = None

    def resolve(self, path: tuple[str, ...]) -> Ref | None:
        return Ref("self", path, self.type) if path == ("v",) else None

    def rows(self, *_: Any) -> Any:
        return None

    def total(self, *_: Any) -> Any:
        return None

    def group(self, _: Any) -> bool:
        return False

    def my(self, *_: Any) -> Any:
        return None

    context = CONTEXT

    @property
    def dialect(self) -> str:
        assert self.shelf is not None
        return self.shelf.connection.dialect.name

    def column(self, *_: Any) -> ColumnElement[Any]:
        assert self.shelf is not None
        return self.shelf.column


@pytest.fixture(params=CASES)
def shelf(request: pytest.FixtureRequest, raw_engine: Engine) -> Iterator[Shelf]:
    each = CASES[request.param]
    kind = TYPES[each.type]
    spec = kind.column(each)
    assert spec is not None
    with raw_engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name, count, function in sqlite_functions():
                connection.connection.driver_connection.create_function(name, count, function, deterministic=True)  # type: ignore[union-attr]
        columns = (Column("id", column_type(INT), primary_key=True), Column("v", column_type(spec)))
        table = create_table(connection, "shelf", *columns)
        values = [*kind.samples(each), None]
        rows = [{"id": index, "v": value} for index, value in enumerate(values)]
        connection.execute(insert(table), rows)
        yield Shelf(connection, table, kind, each, values)


def formula(shelf: Shelf, text: str) -> ColumnElement[bool]:
    scope = OneName(shelf.kind.formula_type(shelf.field), shelf)
    checked, problems = check(text, scope, expect=Kind.BOOLEAN)
    assert checked is not None, (text, problems)
    assert checked.type.kind is BOOLEAN.kind
    return to_sql(checked, scope)


def written(value: Any, kind: Kind) -> str:
    """A value as a formula says it."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if kind is Kind.DATETIME:
        return f'datetime("{value.isoformat()}")'
    if kind is Kind.TIME:
        return f'time("{value.isoformat()}")'
    return to_text(Literal(value))


def same(left: list[Any], right: list[Any]) -> bool:
    return [(type(each) is bool, each) for each in left] == [(type(each) is bool, each) for each in right]


def test_a_column_gives_back_what_it_was_given(shelf: Shelf) -> None:
    found = list(shelf.connection.scalars(select(shelf.column).order_by(shelf.table.c.id)))
    assert same(found, shelf.values)
    assert [type(each) for each in found] == [type(each) for each in shelf.values]


def test_from_the_form_to_the_column_to_json_and_back(shelf: Shelf) -> None:
    kind, each = shelf.kind, shelf.field
    for value in shelf.values[:-1]:
        posted = [kind.write_local(value, each, HERE)]
        if kind.multiple:
            posted = [kind.write_form((item,), each) for item in value]
        typed = kind.read(kind.read_local(posted, each, HERE), each)
        sent = exact_json.loads(exact_json.dumps(kind.write(value, each)))
        assert typed == (value.replace("\n", " ") if each.type == "text" else value)
        assert kind.read(sent, each) == value


def test_a_filter_by_value_finds_exactly_those(shelf: Shelf) -> None:
    wanted = shelf.kind.formula_type(shelf.field).kind
    if wanted in KEPT_AS_JSON:
        return
    for value in shelf.values[:-1]:
        assert same(shelf.found(shelf.column == value), [value])
        assert same(shelf.found(formula(shelf, f"v = {written(value, wanted)}")), [value])


def test_a_filter_by_blank_finds_only_nothing(shelf: Shelf) -> None:
    assert shelf.found(formula(shelf, "isblank(v)")) == [None]
    assert same(shelf.found(formula(shelf, "not isblank(v)")), shelf.values[:-1])


def test_a_list_is_found_by_its_items(shelf: Shelf) -> None:
    wanted = shelf.kind.formula_type(shelf.field)
    if wanted.kind is not Kind.LIST or wanted.item is None:
        return
    for value in shelf.values[:-1]:
        for item in value:
            expected = [each for each in shelf.values[:-1] if item in each]
            assert shelf.found(formula(shelf, f"contains(v, {written(item, wanted.item.kind)})")) == expected


def test_less_than_follows_the_order_of_the_samples(shelf: Shelf) -> None:
    wanted = shelf.kind.formula_type(shelf.field).kind
    if not shelf.kind.sortable or wanted in (*KEPT_AS_JSON, Kind.BOOLEAN):
        return
    for index, value in enumerate(shelf.values[:-1]):
        assert shelf.found(formula(shelf, f"v < {written(value, wanted)}")) == shelf.values[:index]


def test_sorting_follows_the_samples_and_puts_nothing_last(shelf: Shelf) -> None:
    if not shelf.kind.sortable or shelf.kind.formula_type(shelf.field).kind in KEPT_AS_JSON:
        return
    up = list(shelf.connection.scalars(select(shelf.column).order_by(shelf.column.asc().nulls_last())))
    down = list(shelf.connection.scalars(select(shelf.column).order_by(shelf.column.desc().nulls_last())))
    assert same(up, shelf.values)
    assert same(down, [*reversed(shelf.values[:-1]), None])


def test_what_a_type_accepts_its_column_keeps(shelf: Shelf) -> None:
    """No bad sample slips through `read` to be refused, or worse rounded, by the database."""
    for value, code in shelf.kind.bad_samples(shelf.field):
        with pytest.raises(Unreadable) as caught:
            shelf.kind.read(value, shelf.field)
        assert caught.value.code == code


CHANGES = [
    pytest.param(new, old, id=f"{old} to {new}")
    for new in TYPES
    for old in TYPES
    if old in TYPES[new].converts_from or old == new
]


@pytest.mark.parametrize(("new", "old"), CHANGES)
def test_a_type_change_keeps_a_value_whole_or_refuses_it(new: str, old: str) -> None:
    """Whatever converts is a value of the new type, and converting it back, where that is offered, gives the old one."""
    source, target, before, after = TYPES[old], TYPES[new], a_field(old), a_field(new)
    for value in source.samples(before):
        try:
            made = target.convert(value, source, before, after)
        except Unreadable:
            continue
        assert target.read(target.write(made, after), after) == made
        assert_undone(made, value, target, source, after, before)


def assert_undone(made: Any, value: Any, target: FieldType, source: FieldType, after: Field, before: Field) -> None:
    if target.name in source.converts_from:
        try:
            back = source.convert(made, target, after, before)
        except Unreadable:
            return
        assert back == value


def test_every_type_says_what_formulas_see() -> None:
    for name, kind in TYPES.items():
        assert isinstance(kind.formula_type(a_field(name)), Type)


def test_a_schema_makes_each_type(known: Mapping[str, FieldType] = TYPES) -> None:
    """The smallest schema of each type is what the loader makes that type of."""
    from dougong.definition.load import load_form

    for name, kind in known.items():
        record = {
            "type": "object",
            "properties": {"project": {"type": "string", "x-ref": "m.f"}, "a": kind.sample_schema()},
        }
        form, problems = load_form({"name": "f", "title": "F", "kind": "document", "record": record}, known, module="m")
        assert form is not None, (name, problems)
        made = form.find("a")
        assert made is not None
        assert made.type == name
