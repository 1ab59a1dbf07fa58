"""Numbers: rounding (halves away from zero), parts, powers, and 人民币大写."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, case, cast, func, literal_column

from .. import exact
from ..rmb import rmb_upper
from ..types import BOOLEAN, INTEGER, NUMBER, TEXT
from .function import Function

Element = ColumnElement[Any]
NONE = Decimal(0)


def round_(value: Decimal, places: Decimal = NONE) -> Decimal:
    return exact.rounded(value, exact.whole(places))


def roundup(value: Decimal, places: Decimal = NONE) -> Decimal:
    return exact.rounded(value, exact.whole(places), ROUND_UP)


def rounddown(value: Decimal, places: Decimal = NONE) -> Decimal:
    return exact.rounded(value, exact.whole(places), ROUND_DOWN)


def ceil(value: Decimal) -> Decimal:
    return exact.rounded(value, 0, ROUND_CEILING)


def floor(value: Decimal) -> Decimal:
    return exact.rounded(value, 0, ROUND_FLOOR)


def sign(value: Decimal) -> Decimal:
    return Decimal((value > 0) - (value < 0))


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    if not right:
        return None
    whole = exact.scaled(abs(left)) // exact.scaled(abs(right))
    return exact.bounded(Decimal(-whole if (left < 0) != (right < 0) else whole))


def power(value: Decimal, exponent: Decimal) -> Decimal | None:
    return exact.power(value, exact.whole(exponent))


def clamp(value: Decimal, least: Decimal, most: Decimal) -> Decimal:
    return max(least, min(value, most))


def whole_sql(value: Element) -> Element:
    """A count or position: decimals cut off; PostgreSQL refuses what an integer cannot hold."""
    return cast(func.trunc(value), Integer)


def _places(places: Element | None) -> Element:
    if places is None:
        return literal_column("0")
    wanted = whole_sql(places)
    return case((wanted > exact.SCALE, exact.SCALE), (wanted < -28, -28), else_=wanted)


def _roundup_sql(value: Element, places: Element | None = None) -> Element:
    cut = func.trunc(value, _places(places))
    unit = cast(func.concat("1e", -_places(places)), Numeric)
    return case((cut == value, value), else_=cut + func.sign(value) * unit)


def _quotient_sql(left: Element, right: Element) -> Element:
    return func.div(left, func.nullif(right, 0))


def modulo_sql(left: Element, right: Element) -> Element:
    """mod of mod: PostgreSQL's own has the sign of the dividend."""
    divisor = func.nullif(right, 0)
    return func.mod(func.mod(left, divisor) + divisor, divisor)


FUNCTIONS = (
    Function("round", ("四舍五入",), "numbers", "value:number, places:number?", NUMBER,
             "Rounds to so many places, halves away from zero; negative places round to tens and hundreds.",
             "四舍五入到指定小数位；负数表示十位、百位。", "round(140.625, 2)", "140.63",
             round_, lambda value, places=None: func.round(value, _places(places))),
    Function("roundup", ("向上舍入",), "numbers", "value:number, places:number?", NUMBER,
             "Rounds away from zero.", "向远离零的方向舍入。", "roundup(1.21, 1)", "1.3", roundup, _roundup_sql),
    Function("rounddown", ("向下舍入", "trunc", "截断"), "numbers", "value:number, places:number?", NUMBER,
             "Rounds towards zero.", "向零的方向舍入。", "rounddown(-1.29, 1)", "-1.2",
             rounddown, lambda value, places=None: func.trunc(value, _places(places))),
    Function("ceil", ("向上取整", "ceiling"), "numbers", "value:number", INTEGER,
             "The next whole number above.", "不小于该数的最小整数。", "ceil(-1.5)", "-1",
             ceil, lambda value: func.ceil(value)),
    Function("floor", ("向下取整",), "numbers", "value:number", INTEGER,
             "The next whole number below.", "不大于该数的最大整数。", "floor(-1.5)", "-2",
             floor, lambda value: func.floor(value)),
    Function("int", ("取整",), "numbers", "value:number", INTEGER,
             "The next whole number below, as spreadsheets have it.", "向下取整为整数。", "int(8.9)", "8",
             floor, lambda value: func.floor(value)),
    Function("abs", ("绝对值",), "numbers", "value:number", NUMBER,
             "Without its sign.", "绝对值。", "abs(-3)", "3", abs, lambda value: func.abs(value)),
    Function("sign", ("正负号",), "numbers", "value:number", INTEGER,
             "-1, 0 or 1.", "负数为 -1，零为 0，正数为 1。", "sign(-7)", "-1", sign, lambda value: func.sign(value)),
    Function("mod", ("取余",), "numbers", "value:number, divisor:number", NUMBER,
             "Remainder with the sign of the divisor; null when dividing by zero.",
             "余数，符号与除数相同；除数为零时为空。", "mod(-7, 3)", "2", exact.modulo, modulo_sql),
    Function("quotient", ("整除",), "numbers", "value:number, divisor:number", INTEGER,
             "Whole part of a division; null when dividing by zero.", "除法的整数部分；除数为零时为空。",
             "quotient(-7, 2)", "-3", quotient, _quotient_sql),
    Function("power", ("乘方",), "numbers", "value:number, exponent:number", NUMBER,
             "To a whole power between -64 and 64.", "整数次幂（-64 到 64）。", "power(1.05, 2)", "1.1025", power),
    Function("sqrt", ("平方根",), "numbers", "value:number", NUMBER,
             "Square root; null for negative numbers.", "平方根；负数为空。", "sqrt(2)", "1.4142135624", exact.root),
    Function("clamp", ("限制",), "numbers", "value:number, least:number, most:number", NUMBER,
             "The value, but not under the least nor over the most.", "限制在最小值与最大值之间。",
             "clamp(1.2, 0, 1)", "1", clamp,
             lambda value, least, most: case(
                 (value.is_(None) | least.is_(None) | most.is_(None), None),
                 else_=func.greatest(least, func.least(value, most)))),
    Function("iseven", ("是偶数",), "numbers", "value:number", BOOLEAN,
             "Whether its whole part is even.", "整数部分是否为偶数。", "iseven(4)", "true",
             lambda value: exact.rounded(value, 0, ROUND_DOWN) % 2 == 0,
             lambda value: func.mod(func.trunc(value), 2) == 0),
    Function("isodd", ("是奇数",), "numbers", "value:number", BOOLEAN,
             "Whether its whole part is odd.", "整数部分是否为奇数。", "isodd(4)", "false",
             lambda value: exact.rounded(value, 0, ROUND_DOWN) % 2 != 0,
             lambda value: func.mod(func.trunc(value), 2) != 0),
    Function("rmb_upper", ("人民币大写", "大写金额"), "numbers", "amount:number", TEXT,
             "An amount in Chinese capitals, rounded to fen.", "人民币大写，四舍五入到分。",
             "rmb_upper(10500.05)", '"壹万零伍佰元零伍分"', rmb_upper),
)  # fmt: skip
