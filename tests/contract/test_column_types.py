"""Every column type keeps every value exactly, compares alike and refuses what it cannot keep, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, func, select

from dougong.definition import columns
from dougong.definition.columns import ColumnSpec, dec
from dougong.kernel.errors import Invalid
from dougong.storage.ddl import create_table
from dougong.storage.types import Dec, Int, JsonText, column_type

SHANGHAI = timezone(timedelta(hours=8))
VALUES: list[tuple[ColumnSpec, list[Any]]] = [
    (columns.ID, ["00000000-0000-7000-8000-000000000001", "ffffffff-ffff-7fff-bfff-ffffffffffff"]),
    (columns.TEXT, ["", "A", "a", "b", "é", "汉字", "龙", "😀", "\U0010ffff"]),
    (columns.INT, [-(2**63), -1, 0, 1, 2**63 - 1]),
    (dec(18, 2), [Decimal("-9999999999999999.99"), Decimal("-0.01"), Decimal("0.00"), Decimal("19.99")]),
    (dec(18, 10), [Decimal("-0.0000000001"), Decimal("0.0000000000"), Decimal("99999999.9999999999")]),
    (dec(18, 0), [Decimal(-(10**18) + 1), Decimal(0), Decimal(10**18 - 1)]),
    (columns.DAY, [date(1, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(9999, 12, 31)]),
    (columns.TIME, [time(0, 0), time(8, 30), time(23, 59, 59)]),
    (
        columns.INSTANT,
        [
            datetime(900, 1, 1, tzinfo=UTC),
            datetime(2026, 2, 28, 0, 0, tzinfo=SHANGHAI).astimezone(UTC),
            datetime(2026, 2, 27, 16, 0, 0, 1, tzinfo=UTC),
        ],
    ),
    (columns.BOOL, [False, True]),
]


@pytest.mark.parametrize(("spec", "values"), VALUES, ids=lambda each: str(each)[:40])
def test_values_come_back_as_they_went_and_in_their_order(
    raw_engine: Engine, spec: ColumnSpec, values: list[Any]
) -> None:
    with raw_engine.begin() as conn:
        table = create_table(conn, "t", Column("n", Int(), primary_key=True), Column("v", column_type(spec)))
        numbered = list(enumerate(reversed(values)))
        conn.execute(table.insert(), [{"n": number, "v": value} for number, value in numbered])
        conn.execute(table.insert().values(n=len(values), v=None))
        ordered = select(table.c.v).where(table.c.v.is_not(None)).order_by(table.c.v)
        assert list(conn.execute(ordered).scalars()) == values
        for number, value in numbered:
            found = conn.execute(select(table.c.n, table.c.v).where(table.c.v == value)).one()
            assert found == (number, value)
            assert type(found.v) is type(value)


@pytest.mark.parametrize(
    "value",
    [("a", "b"), (), {"a": Decimal("0.10"), "b": [1, None, True]}, "text", Decimal("1.50"), {"汉": "字"}, (("x",), 1)],
)
def test_json_comes_back_exactly(raw_engine: Engine, value: Any) -> None:
    with raw_engine.begin() as conn:
        table = create_table(conn, "t", Column("v", column_type(columns.JSON)), Column("w", JsonText()))
        conn.execute(table.insert().values(v=value, w=value))
        expected = (["x"], 1) if value == (("x",), 1) else value
        assert conn.execute(select(table)).one() == (expected, expected)


def test_json_text_keeps_the_order_of_keys(raw_engine: Engine) -> None:
    with raw_engine.begin() as conn:
        table = create_table(conn, "t", Column("v", JsonText()))
        conn.execute(table.insert().values(v={"b": 1, "a": 2, "c": 0}))
        assert list(conn.execute(select(table.c.v)).scalar_one()) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("spec", "value", "code"),
    [
        (dec(4, 2), Decimal("100.00"), "out_of_range"),
        (dec(4, 2), Decimal("-100"), "out_of_range"),
        (dec(4, 2), Decimal("0.001"), "scale"),
        (dec(4, 2), Decimal("1e-999999999"), "scale"),
        (dec(4, 2), Decimal("NaN"), "out_of_range"),
        (dec(4, 2), Decimal("1e999999"), "out_of_range"),
        (columns.INT, 2**63, "out_of_range"),
        (columns.INT, Decimal("1.5"), "scale"),
        (columns.ID, "1; DROP TABLE t", "format"),
        (columns.TEXT, "a\x00b", "format"),
        (columns.TEXT, "\ud800", "format"),
        (columns.JSON, ("\x00",), "format"),
    ],
)
def test_what_a_column_cannot_keep_is_refused_by_code(
    raw_engine: Engine, spec: ColumnSpec, value: Any, code: str
) -> None:
    with raw_engine.begin() as conn:
        table = create_table(conn, "t", Column("v", column_type(spec)))
        with pytest.raises(Invalid) as refused:
            conn.execute(table.insert().values(v=value))
    assert [each.code for each in refused.value.problems] == [code]


def test_sums_of_decimals_are_exact(raw_engine: Engine) -> None:
    with raw_engine.begin() as conn:
        table = create_table(conn, "t", Column("v", Dec(18, 2)))
        conn.execute(table.insert(), [{"v": Decimal("0.10")}] * 30)
        assert conn.execute(select(func.sum(table.c.v))).scalar_one() == Decimal("3.00")


def test_a_float_never_reaches_a_column() -> None:
    with pytest.raises(TypeError):
        Dec(18, 2).exact(0.1)  # type: ignore[arg-type]


@given(st.decimals(min_value=1 - 10**12, max_value=10**12 - 1, places=6))
def test_any_decimal_of_the_scale_is_kept_as_it_is(value: Decimal) -> None:
    assert Dec(18, 6).exact(value) == value
