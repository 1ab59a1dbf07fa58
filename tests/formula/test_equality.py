"""Python and SQL give the same value for the same formula, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from dougong.formula.check import check
from dougong.formula.functions import Function
from dougong.formula.to_python import to_python
from dougong.formula.to_sql import error_code, order_key, to_sql
from dougong.formula.types import Kind
from dougong.kernel.errors import FormulaError
from tests.formula.expressions import CHOICES, call, expression, sql_functions
from tests.formula.world import ROWS, RecordScope, TableEnv, Tables, env

FAILED = object()


def in_python(checked: Any) -> list[Any]:
    evaluate = to_python(checked)
    found = []
    for index in range(len(ROWS)):
        try:
            found.append(evaluate(env(index)))
        except FormulaError as error:
            assert error.code == "out_of_range"
            found.append(FAILED)
    return found


def in_sql(tables: Tables, checked: Any, make: Any = to_sql) -> list[Any] | None:
    """The values by record, or None where the database says that one left its range; a constant part that does is found
    before the query, though Python might never come to it."""
    try:
        made = make(checked, TableEnv(tables))
    except FormulaError as error:
        assert error.code == "out_of_range"
        return [FAILED] * len(ROWS)
    try:
        query = select(made).select_from(tables.records).order_by(tables.records.c.id)
        with tables.engine.connect() as connection:
            return list(connection.scalars(query))
    except DBAPIError as error:
        assert error_code(error) == "out_of_range", error
    return None


def assert_equal(tables: Tables, text: str) -> None:
    checked, problems = check(text, RecordScope())
    assert checked is not None, (text, problems)
    python, sql = in_python(checked), in_sql(tables, checked)
    if sql is None:
        assert FAILED in python, f"only the database finds it out of range: {text}"
        return
    for index, (one, other) in enumerate(zip(python, sql, strict=True)):
        assert FAILED in (one, other) or one == other, f"{text}: row {index}: Python {one!r}, SQL {other!r}"


@pytest.mark.parametrize("function", sql_functions(), ids=lambda each: each.name)
def test_a_function_with_a_sql_form(raw_engine: Engine, function: Function) -> None:
    tables = Tables(raw_engine)

    @settings(max_examples=max(10, settings.default.max_examples // 6))
    @given(call(function))
    def equal(text: str) -> None:
        assert_equal(tables, text)

    equal()


@pytest.mark.parametrize("kind", CHOICES)
def test_any_formula(raw_engine: Engine, kind: Kind) -> None:
    tables = Tables(raw_engine)

    @settings(max_examples=settings.default.max_examples * 2)
    @given(expression(kind))
    def equal(text: str) -> None:
        assert_equal(tables, text)

    equal()


def test_a_condition_selects_the_rows_where_it_is_true(raw_engine: Engine) -> None:
    tables = Tables(raw_engine)

    @given(expression(Kind.BOOLEAN))
    def equal(text: str) -> None:
        checked, _ = check(text, RecordScope(), expect=Kind.BOOLEAN)
        assert checked is not None
        python = in_python(checked)
        if FAILED in [*python, *(in_sql(tables, checked) or [FAILED])]:
            return
        query = select(tables.records.c.id).where(to_sql(checked, TableEnv(tables))).order_by(tables.records.c.id)
        with tables.engine.connect() as connection:
            found = connection.scalars(query).all()
        assert found == [index for index, value in enumerate(python) if value is True], text

    equal()


def test_sorting_by_a_computed_number(raw_engine: Engine) -> None:
    tables = Tables(raw_engine)

    @given(expression(Kind.NUMBER))
    def equal(text: str) -> None:
        checked, _ = check(text, RecordScope())
        assert checked is not None
        values = in_python(checked)
        if FAILED in [*values, *(in_sql(tables, checked) or [FAILED])]:
            return
        ordered = select(tables.records.c.id).order_by(order_key(checked, TableEnv(tables)).nulls_last())
        with tables.engine.connect() as connection:
            found = [values[index] for index in connection.scalars(ordered)]
        assert found == sorted(values, key=lambda value: (value is None, value or 0)), text

    equal()
