"""人民币大写: amounts in capitals as on cheques and vouchers.

Rules: 正确填写票据和结算凭证的基本规定 (People's Bank of China, 支付结算办法, annex 1). Of the latitude it gives,
the 零 between 元 and 角 is written only where 角 is missing."""

from __future__ import annotations

from decimal import Decimal

from ..kernel.errors import FormulaError
from . import exact

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def rmb_upper(amount: Decimal) -> str:
    """The amount, half-up to fen, below 10^16. Raises FormulaError("out_of_range")."""
    fen_all = exact.scaled(exact.rounded(amount, 2), 2)
    yuan, rest = divmod(abs(fen_all), 100)
    if yuan >= 10**16:
        raise FormulaError("out_of_range")
    jiao, fen = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{_DIGITS[fen]}分" if fen else "整"
    return ("负" if fen_all < 0 else "") + (text if fen_all else "零元整")


def _whole(number: int) -> str:
    """Groups of four digits; a gap inside the number, however long, is one 零."""
    text, gap = "", False
    for index in range(3, -1, -1):
        part = number // 10_000**index % 10_000
        if part:
            text += ("零" if text and (gap or part < 1000) else "") + _four(part) + _mark(index, number)
        gap = part == 0
    return text


def _mark(index: int, number: int) -> str:
    """万亿 is written 万 where 亿 follows in full."""
    return "万" if index == 3 and number // 10**8 % 10_000 else _GROUPS[index]


def _four(part: int) -> str:
    text, gap = "", False
    for index in range(3, -1, -1):
        digit = part // 10**index % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _UNITS[index]
        gap = digit == 0
    return text
