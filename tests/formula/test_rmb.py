"""Amounts in capitals, as the worked examples of the domain have them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dougong.formula.rmb import rmb_upper


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("1196000.00", "壹佰壹拾玖万陆仟元整"),
        ("10500.05", "壹万零伍佰元零伍分"),
        ("0.30", "叁角整"),
        ("1200000.50", "壹佰贰拾万元伍角整"),
        ("100000001", "壹亿零壹元整"),
        ("5434.39", "伍仟肆佰叁拾肆元叁角玖分"),
        ("0.05", "伍分"),
        ("-12.30", "负壹拾贰元叁角整"),
        ("0", "零元整"),
        ("0.005", "壹分"),
        ("-0.004", "零元整"),
        ("10", "壹拾元整"),
        ("1005", "壹仟零伍元整"),
        ("10010010.10", "壹仟零壹万零壹拾元壹角整"),
        ("1000000000000", "壹万亿元整"),
        ("1234000000000000.01", "壹仟贰佰叁拾肆万亿元零壹分"),
        ("1234567800000000", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌亿元整"),
    ],
)
def test_capitals(amount: str, capitals: str) -> None:
    assert rmb_upper(Decimal(amount)) == capitals
