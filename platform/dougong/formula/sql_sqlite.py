"""SQL for SQLite: scaled integers natively while they surely fit, exact decimal text through registered functions
otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    String,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    true,
    type_coerce,
)  # fmt: skip

from . import exact
from .functions import Function
from .sql_common import (
    ARGUMENTS,
    COLUMN_BOUND,
    INTEGER_BOUND,
    ISO,
    MIRROR,
    TEXTUAL,
    balanced,
    compare_units,
    compared,
    filtered,
    units_in,
)
from .sql_value import DecimalText, Element, FromJson, FromText, Scaled, Sql, encode, item_kind
from .sqlite import LETTERS, prefixed
from .types import Kind, Type


class Sqlite:
    """Scaled integers natively while they surely fit, exact decimal text through registered functions otherwise."""

    def column(self, column: Element, type_: Type) -> Sql:
        if type_.kind is Kind.NUMBER:
            return self._number(column, type_)
        if type_.kind is Kind.BOOLEAN:
            return Sql(type_coerce(column, Boolean()), type_, column=column)
        if type_.kind in TEXTUAL or type_.kind is Kind.LIST:
            return Sql(type_coerce(column, String()), type_, column=column)
        return Sql(column, type_, column=column)

    def _number(self, column: Element, type_: Type) -> Sql:
        if isinstance(column.type, DecimalText):
            return Sql(type_coerce(column, String()), type_)
        scale = getattr(column.type, "scale", None)
        scale = (type_.scale or 0) if scale is None else scale
        stored = not isinstance(column.type, (Scaled, Integer))  # an own column type: at most 18 digits
        bound = COLUMN_BOUND if stored else INTEGER_BOUND
        return Sql(type_coerce(column, Integer()), type_, scale, bound, column=column)

    def literal(self, value: Any, type_: Type) -> Sql:
        if value is None:
            element: Element = cast(null(), String) if type_.kind in TEXTUAL | {Kind.NUMBER} else null()
        elif type_.kind is Kind.BOOLEAN:
            element = true() if value else false()
        else:
            element = literal(encode(value), String())
        return Sql(element, type_, constant=value, is_constant=True)

    def numbers(self, values: Sequence[Sql]) -> tuple[list[Sql], int | None]:
        """As integers of one scale, if all can be, else as text."""
        scales = {each.scale for each in values if not each.is_constant}
        scale = next(iter(scales)) if len(scales) == 1 else None
        if scale is not None:
            made = [self._as_scale(each, scale) for each in values]
            if None not in made:
                return [each for each in made if each is not None], scale
        return [self._text(each) for each in values], None

    def _as_scale(self, value: Sql, scale: int) -> Sql | None:
        if not value.is_constant:
            return value
        if value.constant is None:
            return Sql(cast(null(), Integer), value.type, scale)
        units = Decimal(value.constant).scaleb(scale, exact.EXACT)
        if units != units.to_integral_value() or abs(units) > COLUMN_BOUND:
            return None
        return Sql(literal(int(units), Integer()), value.type, scale, abs(int(units)))

    def _text(self, value: Sql) -> Sql:
        if value.scale is None or value.is_constant:
            return value
        return Sql(func.dg_num(value.element, literal_column(str(value.scale)), type_=String()), value.type)

    def add(self, signs: str, operands: Sequence[Sql], type_: Type) -> Sql:
        values, scale = self.numbers(operands)
        bound = sum(each.bound for each in values)
        if scale is not None and bound <= INTEGER_BOUND:
            terms = [-each.element if sign == "-" else each.element for sign, each in zip(signs, values, strict=True)]
            return Sql(balanced(terms), type_, scale, bound)
        texts = [self._text(each).element for each in operands]
        while len(texts) > ARGUMENTS:
            head, tail = texts[:ARGUMENTS], texts[ARGUMENTS:]
            texts, signs = [self._sum(signs[:ARGUMENTS], head), *tail], "+" + signs[ARGUMENTS:]
        return Sql(self._sum(signs, texts), type_)

    def _sum(self, signs: str, texts: Sequence[Element]) -> Element:
        return func.dg_sum(literal_column(f"'{signs}'"), *texts, type_=String())

    def multiply(self, left: Sql, right: Sql, type_: Type) -> Sql:
        return Sql(func.dg_mul(self._text(left).element, self._text(right).element, type_=String()), type_)

    def divide(self, left: Sql, right: Sql, type_: Type) -> Sql:
        return Sql(func.dg_div(self._text(left).element, self._text(right).element, type_=String()), type_)

    def compare(self, operator: str, left: Sql, right: Sql) -> Element:
        if left.type.kind is not Kind.NUMBER and right.type.kind is not Kind.NUMBER:
            return compared(operator, left.element, right.element)
        if left.is_constant and not right.is_constant:
            return self.compare(MIRROR[operator], right, left)
        values, scale = self.numbers((left, right))
        if scale is not None:
            return compared(operator, values[0].element, values[1].element)
        if left.scale is not None and right.is_constant and right.constant is not None:
            return compare_units(operator, left.element, right.constant, left.scale)
        return compared(operator, func.dg_cmp(values[0].element, values[1].element, type_=Integer()), 0)

    def extreme(self, name: str, values: Sequence[Sql], type_: Type) -> Sql:
        if type_.kind is Kind.NUMBER:
            texts = [self._text(each).element for each in values]
            return Sql(getattr(func, f"dg_{name}")(*texts, type_=String()), type_)
        return Sql(getattr(func, f"dg_{name}_text")(*(each.element for each in values), type_=String()), type_)

    def average(self, values: Sequence[Sql]) -> Sql:
        return Sql(func.dg_avg(*(self._text(each).element for each in values), type_=String()), Type(Kind.NUMBER))

    def number_in(self, needle: Sql, values: Sequence[Decimal]) -> Element:
        assert needle.scale is not None, "a bare column of numbers is scaled"
        return units_in(needle.element, values, needle.scale)

    def in_list(self, needle: Sql, haystack: Sql) -> Element:
        kind: Element = literal_column(f"'{LETTERS[needle.type.kind]}'")
        value = self._argument(needle)
        return type_coerce(func.dg_in(haystack.element, kind, value), Boolean())

    def call(self, function: Function, arguments: Sequence[Sql], type_: Type, zone: str) -> Sql:
        kinds = "".join(LETTERS[each.type.kind] for each in arguments)
        places = [literal(zone, String())] if function.zone else []
        called = getattr(func, prefixed(function.name))
        element = called(literal_column(f"'{kinds}'"), *places, *map(self._argument, arguments), type_=String())
        return Sql(type_coerce(element, Boolean()) if type_.kind is Kind.BOOLEAN else element, type_)

    def _argument(self, value: Sql) -> Element:
        if value.type.kind is Kind.NUMBER:
            return self._text(value).element
        return type_coerce(value.element, String()) if value.column is not None else value.element

    def concat(self, values: Sequence[Sql], type_: Type) -> Sql:
        from .functions import FUNCTIONS

        pieces = list(values)
        while len(pieces) > ARGUMENTS:
            pieces = [self.call(FUNCTIONS["concat"], pieces[:ARGUMENTS], type_, ""), *pieces[ARGUMENTS:]]
        return self.call(FUNCTIONS["concat"], pieces, type_, "")

    def fold(self, function: str, value: Sql, where: Element | None, type_: Type) -> Sql:
        if function == "sum":
            return self._folded_sum(value, where, type_)
        if function == "avg":
            total = self._text(self._folded_sum(value, where, type_))
            number = filtered(func.count(value.element), where)
            return Sql(func.dg_div(total.element, number, type_=String()), type_)
        aggregate = getattr(func, function)
        if type_.kind is not Kind.NUMBER or value.scale is not None:
            return Sql(filtered(aggregate(value.element), where), type_, value.scale, value.bound)
        best = filtered(aggregate(func.dg_key(value.element, type_=String())), where)
        return Sql(func.dg_unkey(best, type_=String()), type_)

    def _folded_sum(self, value: Sql, where: Element | None, type_: Type) -> Sql:
        """SQLite's sum() of integers raises when it overflows, so it is exact."""
        if value.is_constant and value.constant is not None:
            value = self._as_scale(value, exact.SCALE) or value
        if value.scale is not None:
            total = filtered(func.sum(value.element, type_=Integer()), where)
            return Sql(func.coalesce(total, literal_column("0"), type_=Integer()), type_, value.scale, INTEGER_BOUND)
        parts = (func.sum(func.dg_high(value.element)), func.sum(func.dg_low(value.element)))
        return Sql(func.dg_join(*(filtered(each, where) for each in parts), type_=String()), type_)

    def blank_list(self, value: Sql) -> Element:
        return type_coerce(value.element, String()) == literal_column("'[]'")

    def result(self, value: Sql) -> Element:
        kind = value.type.kind
        if value.column is not None:
            return value.column
        if kind is Kind.NUMBER:
            return type_coerce(value.element, DecimalText() if value.scale is None else Scaled(value.scale))
        if kind is Kind.LIST:
            return type_coerce(value.element, FromJson(item_kind(value.type)))
        return type_coerce(value.element, FromText(kind)) if kind in ISO else value.element

    def order(self, value: Sql) -> Element:
        if value.type.kind is Kind.NUMBER and value.scale is None:
            return func.dg_key(value.element, type_=String())
        return value.element

    def stored(self, value: Sql, scale: int) -> Element:
        if value.type.kind is not Kind.NUMBER or value.scale == scale:
            return value.element
        return func.dg_scaled(self._text(value).element, literal_column(str(scale)), type_=Integer())
