"""Compiles a checked tree to a SQLAlchemy expression over the columns of an environment. Everything a person wrote is a
bound value, never SQL text. A part that reads no record is computed before the query and bound."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from .scope import Checked
from .sql_compiler import Compiler
from .sql_value import Element, SqlEnv, SqlRows
from .sqlite import sqlite_functions
from .types import NUMBER

__all__ = ["SqlEnv", "SqlRows", "error_code", "measure_to_sql", "order_key", "sqlite_functions", "to_sql", "to_stored"]


def to_sql(checked: Checked, env: SqlEnv) -> Element:
    """The formula's value as an expression that yields canonical values; a boolean one may stand in WHERE. Raises
    FormulaError("not_queryable")."""
    compiler = Compiler(env)
    return compiler.dialect.result(compiler.queryable(checked))


def order_key(checked: Checked, env: SqlEnv) -> Element:
    """The value as something ORDER BY sorts rightly (to_sql's number may be text on SQLite)."""
    compiler = Compiler(env)
    value = compiler.queryable(checked)
    return compiler.dialect.order(value)


def to_stored(checked: Checked, env: SqlEnv, scale: int = 0) -> Element:
    """The value as a column of that scale keeps it, numbers half-up: for UPDATE … SET of many rows."""
    compiler = Compiler(env)
    return compiler.dialect.stored(compiler.queryable(checked), scale)


def measure_to_sql(fn: str, value: Checked | None, env: SqlEnv, where: Element | None = None) -> Element:
    """An aggregate (sum, count, avg, min, max) over the rows of the query it is put in; `value` None counts rows."""
    compiler = Compiler(env)
    inner = compiler.queryable(value) if value is not None else None
    gives = value.type if value is not None and fn in ("sum", "min", "max") else NUMBER
    return compiler.dialect.result(compiler.fold(fn, inner, where, gives))


def error_code(error: DBAPIError) -> str | None:
    """ "out_of_range" if a formula's value left its range inside the database, None for any other error."""
    state, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state in _RANGE_STATES or any(part in text for part in _RANGE_TEXTS):
        return "out_of_range"
    return None


#: Numeric and date fields that overflow; and what SQLite and the driver say of sums, functions and years beyond 9999.
_RANGE_STATES = frozenset({"22003", "22008"})
_RANGE_TEXTS = ("user-defined function raised", "integer overflow", "date too ", "timestamp too ")
