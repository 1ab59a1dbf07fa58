"""A small typed world for the tests: one table of records, one of rows, the same values as Python dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Engine, MetaData, Table, event, select

from dougong.formula.scope import Scope, TotalShape
from dougong.formula.to_sql import sqlite_functions
from dougong.formula.types import BOOLEAN, DATE, DATETIME, INTEGER, MEMBER, NUMBER, TEXT, TIME, Context, Kind, Ref, Type
from dougong.storage.types import Bool, Day, Dec, Id, Instant, Int, Json, Text, TimeOfDay

A, B, C = (f"01920000-0000-7000-8000-00000000000{digit}" for digit in "abc")
ZONE = ZoneInfo("Asia/Shanghai")
RECORD = Type(Kind.RECORD, form="t.project")
TAGS = Type(Kind.LIST, item=TEXT)

FIELDS: dict[str, tuple[Type, Any]] = {
    "amount": (Type(Kind.NUMBER, scale=2), Dec(16, 2)),
    "fee": (Type(Kind.NUMBER, scale=2), Dec(16, 2)),
    "ratio": (Type(Kind.NUMBER, scale=6), Dec(12, 6)),
    "pieces": (INTEGER, Int()),
    "title": (TEXT, Text()),
    "note": (TEXT, Text()),
    "start": (DATE, Day()),
    "finish": (DATE, Day()),
    "at": (DATETIME, Instant()),
    "until": (DATETIME, Instant()),
    "clock": (TIME, TimeOfDay()),
    "leave": (TIME, TimeOfDay()),
    "done": (BOOLEAN, Bool()),
    "late": (BOOLEAN, Bool()),
    "tags": (TAGS, Json()),
    "project": (RECORD, Id()),
    "other": (RECORD, Id()),
    "worker": (MEMBER, Id()),
}
LINES: dict[str, tuple[Type, Any]] = {
    "price": (Type(Kind.NUMBER, scale=2), Dec(16, 2)),
    "quantity": (Type(Kind.NUMBER, scale=3), Dec(14, 3)),
    "kind": (TEXT, Text()),
    "ok": (BOOLEAN, Bool()),
    "day": (DATE, Day()),
}


def _n(text: str) -> Decimal:
    return Decimal(text)


#: Ordinary rows, empty ones, edges of ranges; equal values beside unequal ones.
ROWS: Sequence[Mapping[str, Any]] = (
    dict.fromkeys(FIELDS),
    {
        "amount": _n("140.62"), "fee": _n("140.62"), "ratio": _n("0.333333"), "pieces": 7, "title": "斗拱 Dougong",
        "note": "斗", "start": date(2025, 1, 31), "finish": date(2025, 8, 4),
        "at": datetime(2025, 8, 4, 17, 30, 15, 250000, UTC), "until": datetime(2025, 8, 5, 1, 0, tzinfo=UTC),
        "clock": time(8, 30), "leave": time(17, 0, 5), "done": True, "late": False, "tags": ("a", "斗"),
        "project": A, "other": A, "worker": B,
    },
    {
        "amount": _n("-99999999999999.99"), "fee": _n("0.01"), "ratio": _n("-3"), "pieces": -12, "title": "a",
        "note": "A", "start": date(2024, 2, 29), "finish": date(2000, 12, 31),
        "at": datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), "until": datetime(2000, 1, 1, tzinfo=UTC),
        "clock": time(0, 0), "leave": time(23, 59, 59), "done": False, "late": True, "tags": ("b",),
        "project": B, "other": A, "worker": A,
    },
    {**dict.fromkeys(FIELDS), "amount": _n("0.00"), "pieces": 0, "title": "1,234.50", "done": True, "tags": ("a",)},
    {
        **dict.fromkeys(FIELDS), "amount": _n("12345678901234.56"), "ratio": _n("0.000001"), "pieces": 1000003,
        "title": "  two  words ", "note": "o", "start": date(2025, 12, 31), "finish": date(2025, 12, 31),
        "late": False, "project": C, "other": C,
    },
    {**dict.fromkeys(FIELDS), "fee": _n("-0.05"), "ratio": _n("1"), "title": "é😀-x", "note": "-", "worker": C},
)  # fmt: skip
LINE_ROWS: Sequence[tuple[int, Mapping[str, Any]]] = (
    (1, {"price": _n("10.05"), "quantity": _n("3.333"), "kind": "a", "ok": True, "day": date(2025, 8, 1)}),
    (1, {"price": _n("10.05"), "quantity": None, "kind": "b", "ok": False, "day": None}),
    (1, {"price": None, "quantity": _n("0.001"), "kind": "a", "ok": None, "day": date(2025, 7, 31)}),
    (2, {"price": _n("-1.01"), "quantity": _n("7"), "kind": None, "ok": True, "day": date(2024, 2, 29)}),
    (4, dict.fromkeys(LINES)),
)


class RecordScope:
    """Names of a record; `in_row`: of one of its lines."""

    def __init__(self, *, in_row: bool = False) -> None:
        self.in_row = in_row

    def resolve(self, path: tuple[str, ...]) -> Ref | None:
        if path[0] == "parent" and self.in_row and len(path) == 2 and path[1] in FIELDS:
            return Ref("parent", path[1:], FIELDS[path[1]][0])
        if len(path) != 1:
            return None
        if self.in_row and path[0] in LINES:
            return Ref("self", path, LINES[path[0]][0])
        return Ref("parent" if self.in_row else "self", path, FIELDS[path[0]][0]) if path[0] in FIELDS else None

    def rows(self, path: tuple[str, ...]) -> tuple[Ref, Scope] | None:
        if path != ("lines",) or self.in_row:
            return None
        return Ref("self", path, Type(Kind.ROWS)), RecordScope(in_row=True)

    def total(self, name: str) -> TotalShape | None:
        return TotalShape((MEMBER, DATE), {"hours": NUMBER}) if name == "t.ticket.per_day" else None

    def group(self, path: tuple[str, ...]) -> bool:
        return path == ("project",)


class People:
    def in_role(self, role: str) -> bool:
        return role == "gm"

    def departments(self) -> tuple[str, ...]:
        return (A, B)

    def department_of(self, member: str) -> str | None:
        return A

    def superior_of(self, member: str) -> str | None:
        return C

    def my(self, group: str) -> bool:
        return group == A


CONTEXT = Context(datetime(2025, 8, 4, 18, 0, tzinfo=UTC), ZONE, me=B, people=People())


@dataclass
class RowEnv:
    """Values of one record or line as Python sees them."""

    values: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]] = ()
    parent: RowEnv | None = None
    context: Context = CONTEXT

    def get(self, anchor: str, path: tuple[str, ...]) -> Any:
        source = self.parent if anchor == "parent" and self.parent else self
        return source.values[path[0]]

    def rows(self, anchor: str, path: tuple[str, ...]) -> Iterable[RowEnv]:
        return [RowEnv(each, parent=self) for each in self.lines]

    def total(self, name: str, keys: tuple[Any, ...], value: str) -> Any:
        return Decimal("23.5") if keys == (B, date(2025, 8, 4)) else Decimal(0)


def env(index: int) -> RowEnv:
    """The environment of a record by its place in ROWS."""
    return RowEnv(ROWS[index], [line for owner, line in LINE_ROWS if owner == index])


class Tables:
    """The world in a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _register)
        self.metadata = MetaData()
        columns = [Column(f"f_{name}", type_) for name, (_, type_) in FIELDS.items()]
        self.records = Table("t__record", self.metadata, Column("id", Int(), primary_key=True), *columns)
        columns = [Column(f"f_{name}", type_) for name, (_, type_) in LINES.items()]
        self.lines = Table("t__record__lines", self.metadata, Column("parent", Int()), *columns)
        with engine.begin() as connection:
            self.metadata.create_all(connection)
            for index, row in enumerate(ROWS):
                connection.execute(self.records.insert(), {"id": index, **_columns(row)})
            for owner, row in LINE_ROWS:
                connection.execute(self.lines.insert(), {"parent": owner, **_columns(row)})


def _register(connection: Any, _: Any) -> None:
    for name, count, function in sqlite_functions():
        connection.create_function(name, count, function, deterministic=True)


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"f_{name}": value for name, value in row.items()}


class TableEnv:
    """Columns of the tables as SQL sees them."""

    def __init__(self, tables: Tables, *, in_row: bool = False) -> None:
        self.tables, self.in_row = tables, in_row
        self.dialect = tables.engine.dialect.name
        self.context = CONTEXT

    def column(self, anchor: str, path: tuple[str, ...]) -> Any:
        table = self.tables.lines if self.in_row and anchor == "self" else self.tables.records
        return table.c[f"f_{path[0]}"]

    def rows(self, anchor: str, path: tuple[str, ...]) -> Lines:
        return Lines(self.tables)

    def total(self, name: str, keys: Sequence[Any], value: str) -> Any:
        raise AssertionError("no totals in this world")

    def my(self, anchor: str, path: tuple[str, ...]) -> Any:
        return self.column(anchor, path) == A


class Lines:
    """The lines of a record."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.env = TableEnv(tables, in_row=True)

    def select(self, expression: Any) -> Any:
        lines, records = self.tables.lines, self.tables.records
        return select(expression).where(lines.c.parent == records.c.id).correlate(records).scalar_subquery()
