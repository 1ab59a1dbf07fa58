"""What the two databases do differently, behind one face. The compiler in to_sql.py knows neither of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
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

from . import exact, pg
from .functions import Function
from .functions.texts import concat_sql
from .sql_value import DecimalText, Element, FromJson, FromText, PlainNumeric, Scaled, Sql, encode
from .sqlite import LETTERS, prefixed
from .types import Kind, Type

#: Largest scaled integer a column holds (18 digits), and the largest SQLite can.
COLUMN_BOUND, INTEGER_BOUND = 10**18, 2**63 - 1
#: Arguments of one SQL function call.
ARGUMENTS = 90
TEXTUAL = frozenset({Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
ISO = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME})


class Dialect(Protocol):
    """Everything that depends on the database."""

    def column(self, column: Element, type_: Type) -> Sql: ...
    def literal(self, value: Any, type_: Type) -> Sql: ...
    def add(self, signs: str, operands: Sequence[Sql], type_: Type) -> Sql: ...
    def multiply(self, left: Sql, right: Sql, type_: Type) -> Sql: ...
    def divide(self, left: Sql, right: Sql, type_: Type) -> Sql: ...
    def numbers(self, values: Sequence[Sql]) -> tuple[list[Sql], int | None]: ...
    def compare(self, operator: str, left: Sql, right: Sql) -> Element: ...
    def extreme(self, name: str, values: Sequence[Sql], type_: Type) -> Sql: ...
    def average(self, values: Sequence[Sql]) -> Sql: ...
    def in_list(self, needle: Sql, haystack: Sql) -> Element: ...
    def call(self, function: Function, arguments: Sequence[Sql], type_: Type, zone: str) -> Sql: ...
    def concat(self, values: Sequence[Sql], type_: Type) -> Sql: ...
    def fold(self, function: str, value: Sql, where: Element | None, type_: Type) -> Sql: ...
    def blank_list(self, value: Sql) -> Element: ...
    def result(self, value: Sql) -> Element: ...
    def order(self, value: Sql) -> Element: ...
    def stored(self, value: Sql, scale: int) -> Element: ...


def filtered(aggregate: Any, where: Element | None) -> Element:
    """The aggregate over the rows where the condition is true."""
    found: Element = aggregate if where is None else aggregate.filter(where)
    return found


def opposite(value: Element, result: bool) -> Element:
    """True or false wherever the value is not null."""
    outcome: Element = literal_column("1=1" if result else "1=0", Boolean)
    return case((value.is_not(None), outcome), else_=cast(null(), Boolean))


def compared(operator: str, left: Any, right: Any) -> Element:
    """The comparison, in SQL's own words."""
    found: Element = _OPERATORS[operator](left, right)
    return found


_OPERATORS: dict[str, Any] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


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
        stored = not isinstance(column.type, (Scaled, Integer)) and hasattr(column.type, "scale")
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
        texts = [self._text(each).element for each in values]
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
            return type_coerce(value.element, FromJson())
        return type_coerce(value.element, FromText(kind)) if kind in ISO else value.element

    def order(self, value: Sql) -> Element:
        if value.type.kind is Kind.NUMBER and value.scale is None:
            return func.dg_key(value.element, type_=String())
        return value.element

    def stored(self, value: Sql, scale: int) -> Element:
        if value.type.kind is not Kind.NUMBER or value.scale == scale:
            return value.element
        return func.dg_scaled(self._text(value).element, literal_column(str(scale)), type_=Integer())


MIRROR = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare_units(operator: str, column: Element, value: Decimal, scale: int) -> Element:
    """A column of integers against a number between two of its units, or beyond them all: still one native comparison."""
    units = value.scaleb(scale, exact.EXACT)
    if operator in ("=", "<>") and units != units.to_integral_value():
        return opposite(column, operator == "<>")
    below = operator in ("<", "<=")
    bound = int(units.to_integral_value(ROUND_FLOOR if below else ROUND_CEILING))
    if abs(bound) > INTEGER_BOUND:
        beyond = operator == "<>" or (operator != "=" and below == (bound > 0))
        return opposite(column, beyond)
    if units != bound:
        operator = "<=" if below else ">="
    return compared(operator, column, literal(bound, BigInteger()))


def balanced(terms: Sequence[Element]) -> Element:
    """The exact sum of the terms as a shallow tree, so that a long sum does not nest deeply."""
    items = list(terms)
    while len(items) > 1:
        pairs = [left + right for left, right in zip(items[::2], items[1::2], strict=False)]
        items = [*pairs, *items[len(items) - len(items) % 2 :]]
    return items[0]


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
            return type_coerce(value.element, FromJson())
        return type_coerce(value.element, FromText(kind)) if kind is Kind.TIME else value.element

    def order(self, value: Sql) -> Element:
        text = value.type.kind in (Kind.TEXT, Kind.TIME) and value.column is None
        return value.element.collate("C") if text else value.element

    def stored(self, value: Sql, scale: int) -> Element:
        return func.round(value.element, scale) if value.type.kind is Kind.NUMBER else value.element


DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "postgresql": Postgres()}
