"""SQL: native comparisons that an index answers, exact sums, values as columns keep them, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from dougong.formula.aggregate import parse_measure
from dougong.formula.check import compile_text
from dougong.formula.sqlite import sqlite_functions
from dougong.formula.to_sql import error_code, measure_to_sql, to_sql, to_stored
from dougong.kernel.errors import FormulaError
from tests.formula.world import ROWS, RecordScope, TableEnv, Tables


@pytest.fixture
def tables(raw_engine: Engine) -> Tables:
    return Tables(raw_engine)


def where(tables: Tables, text: str) -> str:
    element = to_sql(compile_text(text, RecordScope()), TableEnv(tables))
    return str(element.compile(tables.engine, compile_kwargs={"literal_binds": False}))


@pytest.mark.parametrize(
    "text",
    [
        "amount > 10",
        "amount <= 10.005",
        "10 < amount",
        "pieces = 3",
        "amount = fee",
        "title = 'a'",
        "start >= '2025-08-01'",
        "start < today()",
        "at > now()",
        "worker = me()",
        f"project = '{'0' * 8}-0000-7000-8000-{'0' * 12}'",
        "title in ('a', 'b')",
        "done and not late",
        "amount + fee > 3",
        "isblank(title) or clock < '12:00'",
    ],
)
def test_plain_comparisons_are_native(tables: Tables, text: str) -> None:
    sql = where(tables, text)
    assert "dg_" not in sql
    assert "CASE" not in sql


@pytest.mark.parametrize(
    ("text", "column"),
    [("amount > 10.5", "f_amount"), ("pieces = 3", "f_pieces"), ("start >= '2025-08-01'", "f_start"),
     ("title = 'a'", "f_title"), ("worker = me()", "f_worker"), ("at > now()", "f_at"), ("title > 'b'", "f_title")],
)  # fmt: skip
def test_an_index_answers_a_comparison(tables: Tables, text: str, column: str) -> None:
    query = select(tables.records.c.id).where(to_sql(compile_text(text, RecordScope()), TableEnv(tables)))
    sqlite = tables.engine.dialect.name == "sqlite"
    with tables.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE INDEX ix ON t__record ({column})")
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        compiled = query.compile(tables.engine)
        prefix = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        parameters: Any = compiled.params if not sqlite else tuple(_bound(compiled))
        plan = " ".join(str(row) for row in connection.exec_driver_sql(prefix + compiled.string, parameters))
    assert "USING INDEX ix" in plan or "USING COVERING INDEX ix" in plan or "Index Cond" in plan, plan


def _bound(compiled: Any) -> Any:
    """Values as the column types bind them, in order."""
    for name in compiled.positiontup or ():
        value = compiled.params[name]
        processor = compiled._bind_processors.get(name)
        yield processor(value) if processor else value


@pytest.mark.parametrize("text", ["workdays(start, finish) > 5", "rmb_upper(amount) = 'x'", "first(lines.price) > 1"])
def test_what_has_no_sql_form_is_refused(tables: Tables, text: str) -> None:
    with pytest.raises(FormulaError, match="not_queryable"):
        where(tables, text)


def test_a_division_nested_without_end_is_refused(tables: Tables) -> None:
    text = "amount" + " / (fee" * 20 + ")" * 20
    with pytest.raises(FormulaError, match="too_large"):
        where(tables, text)


def test_no_text_of_a_person_becomes_sql(tables: Tables) -> None:
    hostile = "x'); DROP TABLE t__record; -- %(a)s :b ?"
    text = f'title = "{hostile}" or contains(title, "{hostile}") or title in ("{hostile}", note)'
    query = select(tables.records.c.id).where(to_sql(compile_text(text, RecordScope()), TableEnv(tables)))
    with tables.engine.connect() as connection:
        assert connection.scalars(query).all() == []
        assert len(connection.scalars(select(tables.records.c.id)).all()) == len(ROWS)


@pytest.mark.parametrize("text", ["project = 'no id'", "project in ('no id', '1')", "worker = 'x'"])
def test_a_text_that_is_no_id_equals_none(tables: Tables, text: str) -> None:
    query = select(tables.records.c.id).where(to_sql(compile_text(text, RecordScope()), TableEnv(tables)))
    with tables.engine.connect() as connection:
        assert connection.scalars(query).all() == []


@pytest.mark.parametrize(
    "text",
    [
        " or ".join(f"pieces + {number} = 7" for number in range(1_050)),
        " and ".join(f"title <> 'x{number}'" for number in range(1_050)) + " or pieces = 7",
        f"pieces in ({', '.join(map(str, range(1_000)))})",
        f"title in ({', '.join(repr(str(number)) for number in range(999))}, note) or pieces = 7",
        f"coalesce({', '.join(['ratio * 2'] * 250)}) = ratio * 2 and pieces = 7",
        f"max({', '.join(['ratio * 2'] * 250)}) = ratio * 2 and pieces = 7",
        f"({' + '.join(['pieces * 1'] * 300)}) / 300 = 7",
        f"({' & '.join(['pieces'] * 300)}) = '{'7' * 300}'",
        f"ifs({', '.join(f'pieces = {number}, true' for number in range(7, 100))})",
        "abs(" * 31 + "pieces" + ")" * 31 + " = 7",
        "pieces" + " * 1" * 31 + " = 7",
    ],
    ids=["or", "and", "numbers", "texts", "coalesce", "max", "sum", "concat", "ifs", "deep", "product"],
)
def test_a_long_formula_is_answered(tables: Tables, text: str) -> None:
    query = select(tables.records.c.id).where(to_sql(compile_text(text, RecordScope()), TableEnv(tables)))
    with tables.engine.connect() as connection:
        assert 1 in connection.scalars(query).all()


def test_numbers_a_column_cannot_hold_equal_nothing_in_it(tables: Tables) -> None:
    text = "amount in (140.621, 140.62, 999999999999999999) and pieces in (7, 7.5) and not (pieces in (7.25))"
    query = select(tables.records.c.id).where(to_sql(compile_text(text, RecordScope()), TableEnv(tables)))
    with tables.engine.connect() as connection:
        assert connection.scalars(query).all() == [1]


def test_a_value_beyond_the_range_is_an_error_of_its_own(tables: Tables) -> None:
    checked = compile_text("ratio * 999999999999999999 * 999999999999999999", RecordScope())
    with pytest.raises(DBAPIError) as raised, tables.engine.connect() as connection:
        connection.execute(select(to_sql(checked, TableEnv(tables)))).all()
    assert error_code(raised.value) == "out_of_range"


def test_an_ordinary_database_error_has_no_code_of_ours(tables: Tables) -> None:
    with pytest.raises(DBAPIError) as raised, tables.engine.connect() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert error_code(raised.value) is None


@pytest.mark.parametrize(
    ("measure", "result"),
    [
        ("sum(amount)", "-87654321098624.81"),
        ("sum(amount * ratio)", "300000012345725.74452102"),
        ("sum(ratio * ratio)", "10.1111108889"),
        ("sum(1)", "6"),
        ("count()", "6"),
        ("count(ratio)", "4"),
        ("avg(ratio)", "-0.4166665"),
        ("avg(pieces)", "249999.5"),
        ("min(amount)", "-99999999999999.99"),
        ("max(ratio * 2)", "2"),
        ("min(ratio * 2)", "-6"),
    ],
)
def test_measures(tables: Tables, measure: str, result: str) -> None:
    parsed = parse_measure(measure)
    value = None
    if parsed.value is not None:
        value = compile_text(measure[measure.index("(") + 1 : -1], RecordScope())
    element = measure_to_sql(parsed.fn, value, TableEnv(tables))
    with tables.engine.connect() as connection:
        found = connection.scalar(select(element).select_from(tables.records))
    assert found == Decimal(result)


def test_measures_of_no_rows(tables: Tables) -> None:
    checked = compile_text("amount * 2", RecordScope())
    elements = [measure_to_sql(fn, checked, TableEnv(tables)) for fn in ("sum", "count", "avg", "min")]
    with tables.engine.connect() as connection:
        found = connection.execute(select(*elements).select_from(tables.records).where(tables.records.c.id < 0)).one()
    assert tuple(found) == (0, 0, None, None)


def test_a_column_is_filled_with_values_rounded_half_up(tables: Tables) -> None:
    checked = compile_text("ratio * 7.5", RecordScope())
    records = tables.records
    with tables.engine.begin() as connection:
        connection.execute(records.update().values(f_fee=to_stored(checked, TableEnv(tables), 2)))
        found = connection.scalars(select(records.c.f_fee).order_by(records.c.id)).all()
    assert found == [None, Decimal("2.50"), Decimal("-22.50"), None, Decimal("0.00"), Decimal("7.50")]


def test_registered_functions_have_names_of_their_own() -> None:
    names = [name for name, _, _ in sqlite_functions()]
    assert len(names) == len(set(names))
    assert all(name.startswith("dg_") for name in names)
