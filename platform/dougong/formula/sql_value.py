"""What an expression is on its way through SQL, the environment it comes from, and the types results come back with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

import simplejson
from sqlalchemy import ColumnElement, Dialect, Integer, Numeric, TypeDecorator
from sqlalchemy import Text as SqlText

from . import exact
from .types import Context, Kind, Type

Element = ColumnElement[Any]


class SqlRows(Protocol):
    """The rows of an aggregate."""

    env: SqlEnv

    def select(self, expression: Element) -> Element:
        """The aggregate expression over these rows, as a scalar subquery."""
        ...


class SqlEnv(Protocol):
    """Where names become columns; implemented over tables."""

    dialect: str
    context: Context

    def column(self, anchor: str, path: tuple[str, ...]) -> Element:
        """A stored column (its type from storage.types), or what `to_sql` made of a value computed at read."""
        ...

    def rows(self, anchor: str, path: tuple[str, ...]) -> SqlRows:
        """The rows of a path."""
        ...

    def total(self, name: str, keys: Sequence[Element], value: str) -> Element:
        """A total's value by its keys, 0 or null where the key is missing."""
        ...

    def my(self, anchor: str, path: tuple[str, ...]) -> Element:
        """Whether the actor is a member in force of the group record the path points to."""
        ...


@dataclass(frozen=True)
class Sql:
    """An expression and what is known of it.

    A number on SQLite is an integer in units of 10^-scale, at most `bound` in size, or exact decimal text (scale None); on
    PostgreSQL a NUMERIC, `bound` 0 unless it is surely small. `column`: the bare column, if it is one, for comparisons an
    index can answer. `constant`: a Python value known before the query; then `element` is that value bound."""

    element: Element
    type: Type
    scale: int | None = None
    bound: int = 0
    column: Element | None = None
    constant: Any = None
    is_constant: bool = False


class Scaled(TypeDecorator[Decimal]):
    """An integer in units of 10^-scale, read as Decimal (SQLite)."""

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__(precision=38, scale=scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Integer())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return None if value is None else exact.scaled(exact.rounded(Decimal(value), self.scale), self.scale)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.scale, exact.EXACT)


class DecimalText(TypeDecorator[Decimal]):
    """Exact decimal text, read as Decimal (SQLite)."""

    impl = SqlText
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else exact.plain(Decimal(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class PlainNumeric(TypeDecorator[Decimal]):
    """NUMERIC without the trailing zeros of a fixed scale (PostgreSQL)."""

    impl = Numeric
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(exact.plain(Decimal(value)))


class FromText(TypeDecorator[Any]):
    """A date, instant or time that an expression yields as ISO text."""

    impl = SqlText
    cache_ok = True

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return _READERS[self.kind](value) if isinstance(value, str) else value


class FromJson(TypeDecorator[Any]):
    """A list that an expression yields as JSON text, read as a tuple of items of one kind."""

    impl = SqlText
    cache_ok = True

    def __init__(self, item: Kind) -> None:
        super().__init__()
        self.item = item

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        found = simplejson.loads(value, use_decimal=True)
        read = Decimal if self.item is Kind.NUMBER else _READERS.get(self.item, lambda item: item)
        return tuple(None if each is None else read(each) for each in found)


def item_kind(list_type: Type) -> Kind:
    """The kind of a list's items, text where it is not known."""
    return list_type.item.kind if list_type.item else Kind.TEXT


_READERS: dict[Kind, Any] = {
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.TIME: time.fromisoformat,
}


def encode(value: Any) -> Any:
    """A canonical value as SQLite keeps it (numbers as exact text)."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (Decimal, int)):
        return exact.plain(Decimal(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return simplejson.dumps([each if isinstance(each, (Decimal, bool)) else encode(each) for each in value],
                                use_decimal=True, ensure_ascii=False)  # fmt: skip
    return value
