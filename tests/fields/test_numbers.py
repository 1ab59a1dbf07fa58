"""Numbers: exact, bounded, and typed the way people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.kernel.errors import Invalid
from tests.fields.making import TYPES, a_field, code_of

D = Decimal


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("integer", 7, 7),
        ("integer", D("1.0"), 1),
        ("integer", D("1E+3"), 1000),
        ("money", 5, D("5.00")),
        ("money", D("1196000.5"), D("1196000.50")),
        ("percent", D("0.03"), D("0.030000")),
        ("decimal", D("0.5000000000"), D("0.5")),
        ("decimal", D("-0"), 0),
    ],
)
def test_read(name: str, value: Any, read: Any) -> None:
    got = TYPES[name].read(value, a_field(name))
    assert got == read
    assert str(got) != "-0"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("money", D("0.001"), "scale"),
        ("money", D("1e14"), "out_of_range"),
        ("money", 10**14, "out_of_range"),
        ("percent", D("0.0000001"), "scale"),
        ("percent", 10**6, "out_of_range"),
        ("integer", 10**18, "out_of_range"),
        ("integer", D("1.5"), "scale"),
        ("decimal", D("1e-7"), "scale"),
        ("decimal", D("1e-999999999"), "scale"),
    ],
)
def test_refused_never_rounded(name: str, value: Any, code: str) -> None:
    assert code_of(TYPES[name], value, a_field(name)) == code


def test_scale_comes_from_x_scale_then_multiple_of_then_six() -> None:
    kind = TYPES["decimal"]
    assert kind.column(a_field("decimal", {}, scale=3)).scale == 3
    assert kind.column(a_field("decimal", {"multipleOf": D("0.01")})).scale == 2
    assert kind.column(a_field("decimal", {"multipleOf": D("0.50")})).scale == 1
    assert kind.column(a_field("decimal", {})).scale == 6


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,234.56", D("1234.56")),
        ("１，２３４．５６", D("1234.56")),
        ("￥1,000,000 元", D(1000000)),
        ("−5", D(-5)),
        ("+5.", D(5)),
        (".5", D("0.5")),
        (" 12 ", D(12)),
    ],
)
def test_typed_money(typed: str, value: Decimal) -> None:
    assert TYPES["money"].read_form([typed], a_field("money")) == value


@pytest.mark.parametrize("typed", ["1,5", "12,34", "1e5", "abc", "--1", "1.2.3", "NaN", "1_0", "٣"])
def test_typed_nonsense_is_refused_and_kept(typed: str) -> None:
    kind, field = TYPES["money"], a_field("money")
    assert kind.read_form([typed], field) == typed
    assert code_of(kind, typed, field) == "type"


@pytest.mark.parametrize(
    ("typed", "value"), [("3", "0.03"), ("3%", "0.03"), ("３％", "0.03"), ("12.3456 %", "0.123456")]
)
def test_percent_is_typed_per_cent(typed: str, value: str) -> None:
    assert TYPES["percent"].read_form([typed], a_field("percent")) == D(value)


def test_percent_is_shown_per_cent_and_sent_as_a_fraction() -> None:
    kind, field = TYPES["percent"], a_field("percent")
    value = kind.read(D("0.03"), field)
    assert kind.write_form(value, field) == "3%"
    assert str(kind.write(value, field)) == "0.03"


def test_money_is_always_written_with_two_places() -> None:
    kind, field = TYPES["money"], a_field("money")
    assert str(kind.write(kind.read(495, field), field)) == "495.00"
    assert str(TYPES["decimal"].write(D("100.000000"), a_field("decimal"))) == "100"


def test_a_number_keeps_its_value_when_its_type_changes() -> None:
    percent, decimal = TYPES["percent"], TYPES["decimal"]
    assert percent.convert(D("0.03"), decimal, a_field("decimal"), a_field("percent")) == D("0.03")
    with pytest.raises(ValueError, match="scale"):
        TYPES["integer"].convert(D("1.5"), decimal, a_field("decimal"), a_field("integer"))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**13), max_value=10**13))
def test_money_survives_form_and_file(value: Decimal) -> None:
    kind, field = TYPES["money"], a_field("money")
    kept = kind.read(value, field)
    assert kept == value
    assert kind.read(kind.read_form([kind.write_form(kept, field)], field), field) == kept
    assert kind.read(kind.read_form([f"{value:,}"], field), field) == kept


def test_a_computed_value_is_rounded_half_up_once() -> None:
    assert TYPES["money"].settle(D("0.125"), a_field("money")) == D("0.13")
    assert TYPES["money"].settle(D("-0.125"), a_field("money")) == D("-0.13")
    assert TYPES["integer"].settle(D("2.5"), a_field("integer")) == 3
    assert TYPES["choice"].settle(D(2), a_field("choice", {"enum": [1, 2]})) == 2
    with pytest.raises(Invalid, match="out_of_range"):
        TYPES["money"].settle(D(10) ** 14, a_field("money"))
