"""SQL for PostgreSQL: NUMERIC throughout, exact sums, and one cast where a product or quotient is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Integer,
    Numeric,
    String,
    Time,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    true,
    type_coerce,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB

from . import pg
from .functions import Function
from .functions.texts import concat_sql
from .sql_common import (
    ARGUMENTS,
    COLUMN_BOUND,
    MIRROR,
    balanced,
    compare_units,
    compared,
    filtered,
    units_in,
)
from .sql_value import Element, FromJson, FromText, PlainNumeric, Sql, encode, item_kind
from .types import Kind, Type

#: How PostgreSQL keeps kinds that are not numbers; ids keep the type of their column.
PG_RAW: dict[Kind, Any] = {
    Kind.BOOLEAN: Boolean(), Kind.DATE: Date(), Kind.DATETIME: DateTime(timezone=True), Kind.TEXT: String(),
    Kind.TIME: String(), Kind.LIST: JSONB(),
}  # fmt: skip


class Postgres:
    """NUMERIC throughout: exact sums, and one cast where a product or quotient is rounded."""

    def column(self, column: Element, type_: Type) -> Sql:
        if type_.kind is Kind.NUMBER:
            whole = isinstance(getattr(column.type, "impl_instance", column.type), Integer)
            element = cast(column, Numeric) if whole else type_coerce(column, Numeric())
            small = hasattr(column.type, "scale") and not isinstance(column.type, PlainNumeric)
            scale = 0 if whole else None
            return Sql(element, type_, scale, COLUMN_BOUND * 10 if whole or small else 0, column=column)
        raw = PG_RAW.get(type_.kind)
        return Sql(column if raw is None else type_coerce(column, raw), type_, column=column)

    def literal(self, value: Any, type_: Type) -> Sql:
        kinds: dict[Kind, Any] = {
            Kind.NUMBER: Numeric(), Kind.TEXT: pg.TEXT, Kind.DATE: Date(), Kind.DATETIME: DateTime(timezone=True),
            Kind.TIME: pg.TEXT, Kind.LIST: JSONB(), Kind.BOOLEAN: Boolean(),
        }  # fmt: skip
        sql_type = kinds.get(type_.kind)
        if sql_type is None:
            element: Element = null() if value is None else literal(value, pg.TEXT)
        elif value is None:
            element = cast(null(), sql_type)
        elif type_.kind is Kind.BOOLEAN:
            element = true() if value else false()
        else:
            shown = encode(value) if type_.kind in (Kind.LIST, Kind.TIME) else value
            element = cast(literal(shown, pg.TEXT if type_.kind is Kind.LIST else sql_type), sql_type)
        small = COLUMN_BOUND * 10 if type_.kind is Kind.NUMBER else 0
        return Sql(element, type_, bound=small, constant=value, is_constant=True)

    def numbers(self, values: Sequence[Sql]) -> tuple[list[Sql], int | None]:
        return list(values), None

    def add(self, signs: str, operands: Sequence[Sql], type_: Type) -> Sql:
        terms = [-each.element if sign == "-" else each.element for sign, each in zip(signs, operands, strict=True)]
        bound = sum(each.bound for each in operands) if all(each.bound for each in operands) else 0
        if bound and bound < 10**27:
            return Sql(balanced(terms), type_, bound=bound)
        return Sql(cast(balanced(terms), pg.WIDE), type_)

    def multiply(self, left: Sql, right: Sql, type_: Type) -> Sql:
        return Sql(pg.multiply(left.element, right.element), type_)

    def divide(self, left: Sql, right: Sql, type_: Type) -> Sql:
        return Sql(pg.divide(left.element, right.element), type_)

    def compare(self, operator: str, left: Sql, right: Sql) -> Element:
        if left.is_constant and not right.is_constant:
            return self.compare(MIRROR[operator], right, left)
        if left.column is not None and left.scale == 0 and right.is_constant and right.constant is not None:
            return compare_units(operator, type_coerce(left.column, Integer()), right.constant, 0)
        one, other = left.element, right.element
        ordered_text = left.type.kind in (Kind.TEXT, Kind.TIME) and operator not in ("=", "<>")
        if ordered_text and left.column is None and right.column is None:
            one = one.collate("C")
        return compared(operator, one, other)

    def extreme(self, name: str, values: Sequence[Sql], type_: Type) -> Sql:
        elements = [each.element for each in values]
        if type_.kind in (Kind.TEXT, Kind.TIME):
            elements[0] = elements[0].collate("C")
        called = func.least if name == "min" else func.greatest
        return Sql(called(*elements), type_)

    def average(self, values: Sequence[Sql]) -> Sql:
        zero: Element = literal_column("0")
        total = balanced([func.coalesce(each.element, zero) for each in values])
        number = balanced([case((each.element.is_(None), 0), else_=1) for each in values])
        return Sql(pg.divide(total, cast(number, Numeric)), Type(Kind.NUMBER))

    def number_in(self, needle: Sql, values: Sequence[Decimal]) -> Element:
        if needle.scale == 0 and needle.column is not None:
            return units_in(type_coerce(needle.column, Integer()), values, 0)
        return needle.element.in_([literal(each, Numeric()) for each in values])

    def in_list(self, needle: Sql, haystack: Sql) -> Element:
        value = needle.element
        if needle.type.kind not in (Kind.NUMBER, Kind.BOOLEAN):
            value = cast(value, pg.TEXT)
        return haystack.element.op("@>", return_type=Boolean())(func.to_jsonb(value))

    def call(self, function: Function, arguments: Sequence[Sql], type_: Type, zone: str) -> Sql:
        assert function.postgresql is not None, function.name
        given: list[Any] = [literal(zone, pg.TEXT)] if function.zone else []
        for index, each in enumerate(arguments):
            if function.param(index).words:
                given.append(each.constant)
            else:
                given.append(cast(each.element, Time) if each.type.kind is Kind.TIME else each.element)
        element = function.postgresql(*given)
        if type_.kind is Kind.TEXT:
            element = func.nullif(element, literal_column("''"))
        if type_.kind is Kind.NUMBER:
            return Sql(cast(element, Numeric), type_)
        return Sql(type_coerce(element, PG_RAW.get(type_.kind, element.type)), type_)

    def concat(self, values: Sequence[Sql], type_: Type) -> Sql:
        pieces = [self._shown(each) for each in values]
        while len(pieces) > ARGUMENTS:
            pieces = [func.concat(*pieces[:ARGUMENTS]), *pieces[ARGUMENTS:]]
        return Sql(type_coerce(concat_sql(*pieces), String()), type_)

    def _shown(self, value: Sql) -> Element:
        if value.type.kind is Kind.NUMBER:
            return cast(func.trim_scale(value.element), pg.TEXT)
        if value.type.kind is Kind.DATE:
            return func.to_char(value.element, literal_column("'YYYY-MM-DD'"))
        return value.element

    def fold(self, function: str, value: Sql, where: Element | None, type_: Type) -> Sql:
        if function == "sum":
            return Sql(func.coalesce(filtered(func.sum(value.element), where), literal_column("0")), type_)
        if function == "avg":
            total, number = filtered(func.sum(value.element), where), filtered(func.count(value.element), where)
            return Sql(pg.divide(total, cast(number, Numeric)), type_)
        element = value.element
        if type_.kind in (Kind.TEXT, Kind.TIME) and value.column is None:
            element = element.collate("C")
        return Sql(filtered(getattr(func, function)(element), where), type_)

    def blank_list(self, value: Sql) -> Element:
        return value.element == literal_column("'[]'::jsonb")

    def result(self, value: Sql) -> Element:
        kind = value.type.kind
        if value.column is not None:
            return value.column
        if kind is Kind.NUMBER:
            return type_coerce(value.element, PlainNumeric())
        if kind is Kind.LIST:
            return type_coerce(cast(value.element, pg.TEXT), FromJson(item_kind(value.type)))
        return type_coerce(value.element, FromText(kind)) if kind is Kind.TIME else value.element

    def order(self, value: Sql) -> Element:
        text = value.type.kind in (Kind.TEXT, Kind.TIME) and value.column is None
        return value.element.collate("C") if text else value.element

    def stored(self, value: Sql, scale: int) -> Element:
        return func.round(value.element, scale) if value.type.kind is Kind.NUMBER else value.element
