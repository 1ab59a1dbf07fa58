"""Text. Lengths and positions count characters (code points), positions begin at 1, an empty result is null."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, Text, case, cast, func, literal_column

from ...kernel.errors import FormulaError
from .. import exact
from ..formats import format_value
from ..types import BOOLEAN, INTEGER, NUMBER, TEXT
from .function import Function
from .numbers import whole_sql

Element = ColumnElement[Any]
LIMIT = 65_536
PAD_LIMIT = 1_000
SPACES = " \t\n\r\f\v\u00a0\u3000"
_RUN = re.compile(f"[{SPACES}]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,10})?")
_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_UPPER, _TO_LOWER = str.maketrans(_LOWER, _UPPER), str.maketrans(_UPPER, _LOWER)
ONE = Decimal(1)


def bounded(text: str) -> str:
    """The text, if it is not over the limit of 65,536 characters."""
    if len(text) > LIMIT:
        raise FormulaError("out_of_range")
    return text


def show(value: Any) -> str:
    """A value as `&` writes it: numbers without trailing zeros, dates as 2025-08-04, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return exact.plain(value)
    return value if isinstance(value, str) else str(value.isoformat())


def concat(*values: Any) -> str | None:
    """All values one after the other; nothing but nulls is null."""
    shown = [show(each) for each in values]
    if sum(map(len, shown)) > LIMIT:
        raise FormulaError("out_of_range")
    return "".join(shown) or None


def concat_sql(*values: Element) -> Element:
    return func.nullif(func.concat(*values), literal_column("''"))


def _count(value: Decimal) -> int:
    return max(0, exact.whole(value))


def _count_sql(value: Element) -> Element:
    """At least 0. No greatest(): it would make something of a null."""
    count = whole_sql(value)
    return case((count < 0, 0), else_=count)


def _from_sql(value: Element) -> Element:
    place = whole_sql(value)
    return case((place < 1, 1), else_=place)


def left(text: str, count: Decimal = ONE) -> str:
    return text[: _count(count)]


def right(text: str, count: Decimal = ONE) -> str:
    size = _count(count)
    return text[-size:] if size else ""


def mid(text: str, start: Decimal, count: Decimal) -> str:
    begin = max(1, exact.whole(start)) - 1
    return text[begin : begin + _count(count)]


def find(what: str, text: str, start: Decimal = ONE) -> Decimal | None:
    at = text.find(what, max(1, exact.whole(start)) - 1)
    return Decimal(at + 1) if at >= 0 else None


def _find_sql(what: Element, text: Element, start: Element | None = None) -> Element:
    if start is None:
        return cast(func.nullif(func.strpos(text, what), 0), Numeric)
    rest = func.strpos(func.substr(text, _from_sql(start)), what)
    return cast(func.nullif(rest, 0) + _from_sql(start) - 1, Numeric)


def substitute(text: str, old: str, new: str | None = None) -> str:
    if len(text) + text.count(old) * (len(new or "") - len(old)) > LIMIT:
        raise FormulaError("out_of_range")
    return text.replace(old, new or "")


def replace(text: str, start: Decimal, count: Decimal, new: str | None = None) -> str:
    begin = max(1, exact.whole(start)) - 1
    return bounded(text[:begin] + (new or "") + text[begin + _count(count) :])


def _replace_sql(text: Element, start: Element, count: Element, new: Element | None = None) -> Element:
    begin = _from_sql(start)
    head, tail = func.left(text, begin - 1), func.substr(text, begin + _count_sql(count))
    some = literal_column("''") if new is None else func.coalesce(new, literal_column("''"))
    return _beside(head, some, tail)


def _beside(*texts: Element) -> Element:
    """One after the other; null if one of them is."""
    first, *rest = texts
    for each in rest:
        first = first.op("||", return_type=Text())(each)
    return first


def repeat(text: str, count: Decimal) -> str:
    if len(text) * _count(count) > LIMIT:
        raise FormulaError("out_of_range")
    return text * _count(count)


def padleft(text: str, width: Decimal, fill: str = " ") -> str:
    return _padding(text, width, fill) + text


def padright(text: str, width: Decimal, fill: str = " ") -> str:
    return text + _padding(text, width, fill)


def _padding(text: str, width: Decimal, fill: str) -> str:
    need = min(PAD_LIMIT, exact.whole(width)) - len(text)
    return (fill * need)[:need] if need > 0 else ""


def _pad_sql(text: Element, width: Element, fill: Element | None, *, before: bool) -> Element:
    room = whole_sql(width) - func.char_length(text)
    need = case((room < 0, 0), (room > PAD_LIMIT, PAD_LIMIT), else_=room)
    most = PAD_LIMIT - func.char_length(text)
    need = case((most < 0, 0), (need > most, most), else_=need)
    some = literal_column("' '") if fill is None else fill
    padding = func.left(func.repeat(some, need), need)
    return _beside(padding, text) if before else _beside(text, padding)


def before(text: str, mark: str) -> str:
    head, found, _ = text.partition(mark)
    return head if found else text


def after(text: str, mark: str) -> str | None:
    _, found, tail = text.partition(mark)
    return tail if found else None


def _before_sql(text: Element, mark: Element) -> Element:
    at = func.strpos(text, mark, type_=Integer)
    return case((at > 0, func.left(text, at - 1)), (at == 0, text))


def _after_sql(text: Element, mark: Element) -> Element:
    at = func.strpos(text, mark, type_=Integer)
    return case((at > 0, func.substr(text, at + func.char_length(mark))))


def value(text: str) -> Decimal | None:
    plain = text.strip(" ").replace(",", "")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def _value_sql(text: Element) -> Element:
    plain = func.replace(func.btrim(text, literal_column("' '")), literal_column("','"), literal_column("''"))
    pattern: Element = literal_column(r"'^[+-]?[0-9]{1,18}(\.[0-9]{1,10})?$'")
    return case((plain.op("~")(pattern), cast(plain, Numeric)))


def _trim_sql(text: Element) -> Element:
    run: Element = literal_column(f"'[{SPACES}]+'")
    blank: Element = literal_column("' '")
    return func.btrim(func.regexp_replace(text, run, blank, literal_column("'g'")), blank)


def _ascii_sql(text: Element, change: str) -> Element:
    changed: Element = getattr(func, change)(text.collate("C"))
    return changed


FUNCTIONS = (
    Function("len", ("长度",), "text", "text:text", INTEGER, "Number of characters.", "字符数，汉字与字母都算一个。",
             'len("斗拱")', "2", lambda text: Decimal(len(text)), lambda text: cast(func.char_length(text), Numeric)),
    Function("left", ("左取",), "text", "text:text, count:number?", TEXT, "The first characters (one when left out).",
             "取左边若干字符。", 'left("斗拱平台", 2)', '"斗拱"', left,
             lambda text, count=None: func.left(text, literal_column("1") if count is None else _count_sql(count))),
    Function("right", ("右取",), "text", "text:text, count:number?", TEXT, "The last characters (one when left out).",
             "取右边若干字符。", 'right("斗拱平台", 2)', '"平台"', right,
             lambda text, count=None: func.right(text, literal_column("1") if count is None else _count_sql(count))),
    Function("mid", ("中取",), "text", "text:text, start:number, count:number", TEXT,
             "So many characters from a position on.", "从某个位置起取若干字符。", 'mid("abcde", 2, 3)', '"bcd"', mid,
             lambda text, start, count: func.substr(text, _from_sql(start), _count_sql(count))),
    Function("upper", ("转大写",), "text", "text:text", TEXT, "Letters a to z as capitals.", "英文小写转大写。",
             'upper("ab汉")', '"AB汉"', lambda text: text.translate(_TO_UPPER), lambda text: _ascii_sql(text, "upper")),
    Function("lower", ("转小写",), "text", "text:text", TEXT, "Letters A to Z as small letters.", "英文大写转小写。",
             'lower("AB汉")', '"ab汉"', lambda text: text.translate(_TO_LOWER), lambda text: _ascii_sql(text, "lower")),
    Function("trim", ("去空格",), "text", "text:text", TEXT, "Without spaces at the ends, runs of spaces as one.",
             "去掉首尾空格，中间连续空格合为一个。", 'trim("  a   b ")', '"a b"',
             lambda text: _RUN.sub(" ", text).strip(" "), _trim_sql),
    Function("concat", ("连接", "concatenate"), "text", "value:text|number|date|time~, more:text|number|date|time~?*", TEXT,
             "One after the other, as `&`; nulls are left out.", "依次连接，同 &；空值略过。",
             'concat("a", 1.50, null)', '"a1.5"', concat, concat_sql),
    Function("startswith", ("开头是",), "text", "text:text, what:text", BOOLEAN, "Whether the text begins so.",
             "文本是否以此开头。", 'startswith("斗拱平台", "斗拱")', "true",
             lambda text, what: text.startswith(what), lambda text, what: func.left(text, func.char_length(what)) == what),
    Function("endswith", ("结尾是",), "text", "text:text, what:text", BOOLEAN, "Whether the text ends so.",
             "文本是否以此结尾。", 'endswith("a.pdf", ".pdf")', "true",
             lambda text, what: text.endswith(what), lambda text, what: func.right(text, func.char_length(what)) == what),
    Function("find", ("查找位置", "search"), "text", "what:text, text:text, start:number?", INTEGER,
             "Position of a text in another, null when absent.", "查找文本的位置，找不到为空。", 'find("c", "abc")', "3",
             find, _find_sql),
    Function("substitute", ("替换",), "text", "text:text, old:text, new:text~?", TEXT, "Every occurrence replaced.",
             "把出现的文本全部替换。", 'substitute("a-b-c", "-", "/")', '"a/b/c"', substitute,
             lambda text, old, new=None: func.replace(text, old, literal_column("''") if new is None
                                                      else func.coalesce(new, literal_column("''")))),
    Function("replace", ("按位置替换",), "text", "text:text, start:number, count:number, new:text~?", TEXT,
             "So many characters from a position on replaced.", "从某个位置起把若干字符替换掉。",
             'replace("abcd", 2, 2, "x")', '"axd"', replace, _replace_sql),
    Function("repeat", ("重复", "rept"), "text", "text:text, count:number", TEXT,
             "The text so many times, at most 65,536 characters.", "把文本重复若干次（最多 65536 个字符）。",
             'repeat("ab", 3)', '"ababab"', repeat),
    Function("padleft", ("左补齐",), "text", "text:text, width:number, fill:text?", TEXT,
             "Filled up on the left to a width of at most 1,000.", "左边补齐到指定宽度（最多 1000）。",
             'padleft("7", 3, "0")', '"007"', padleft,
             lambda text, width, fill=None: _pad_sql(text, width, fill, before=True)),
    Function("padright", ("右补齐",), "text", "text:text, width:number, fill:text?", TEXT,
             "Filled up on the right to a width of at most 1,000.", "右边补齐到指定宽度（最多 1000）。",
             'padright("7", 3, ".")', '"7.."', padright,
             lambda text, width, fill=None: _pad_sql(text, width, fill, before=False)),
    Function("before", ("之前", "textbefore"), "text", "text:text, mark:text", TEXT,
             "What stands before the first mark; all of it without one.", "第一个标记之前的文本；没有标记时为全部。",
             'before("A-01-2", "-")', '"A"', before, _before_sql),
    Function("after", ("之后", "textafter"), "text", "text:text, mark:text", TEXT,
             "What stands after the first mark; null without one.", "第一个标记之后的文本；没有标记时为空。",
             'after("A-01-2", "-")', '"01-2"', after, _after_sql),
    Function("value", ("转数字",), "text", "text:text", NUMBER, "A number written as text, null when it is none.",
             "把文本转为数字，不是数字则为空。", 'value("1,234.50")', "1234.5", value, _value_sql),
    Function("text", ("转文本",), "text", "value:text|number|date|time, format:text?", TEXT,
             "As text, by a format: 0.00, #,##0.00, 0%, yyyy-mm-dd, yyyy年m月d日, hh:mm.",
             "按格式转为文本：0.00、#,##0.00、0%、yyyy-mm-dd、yyyy年m月d日、hh:mm。", 'text(1234.5, "#,##0.00")',
             '"1,234.50"',
             format_value),
)  # fmt: skip
