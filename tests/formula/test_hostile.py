"""Whatever is written: problems or a value, never another exception; and what is accepted means the same in SQL."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from dougong.formula.check import check
from dougong.formula.functions import FUNCTIONS
from dougong.formula.to_python import to_python
from dougong.kernel.errors import FormulaError
from tests.formula.expressions import LITERALS
from tests.formula.test_equality import FAILED, in_sql
from tests.formula.world import FIELDS, ROWS, RecordScope, Tables, env

LEAVES = st.one_of(
    st.sampled_from([*FIELDS, "lines", "lines.price", "lines.kind", "parent.amount", "nothing", "null", '""']),
    *LITERALS.values(),
)


def _above(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "<>", "<", ">=", "+", "-", "*", "/", "&", "and", "or", "in", "not in"])
    calls = st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(below, min_size=0, max_size=4))
    return st.one_of(
        st.tuples(below, operators, below).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        calls.map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        calls.map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        below.map(lambda text: f"not ({text})"),
        below.map(lambda text: f"-({text})"),
        st.lists(below, min_size=2, max_size=3).map(lambda items: f"({', '.join(items)})"),
    )


SOUP = st.recursive(LEAVES, _above, max_leaves=6)


def _value(checked: object, row: int) -> object:
    try:
        return to_python(checked)(env(row))  # type: ignore[arg-type]
    except FormulaError as error:
        assert error.code in ("out_of_range", "format")
        return FAILED


def test_soup(raw_engine: Engine) -> None:
    tables = Tables(raw_engine)

    @settings(max_examples=settings.default.max_examples * 10)
    @given(SOUP)
    def never_breaks(text: str) -> None:
        checked, problems = check(text, RecordScope())
        if checked is None:
            assert any(each.level == "error" for each in problems)
            return
        values = [_value(checked, row) for row in range(len(ROWS))]
        if not checked.queryable or checked.totals or FAILED in values:
            return
        found = in_sql(tables, checked)
        assert found is not None, text
        assert FAILED in found or found == values, text

    never_breaks()


@pytest.mark.parametrize(
    "text",
    [
        "power(9, power(9, 9))",
        "repeat(" * 30 + '"x"' + ", 1000)" * 30,
        "substitute(" * 30 + 'repeat("a", 60000)' + ', "a", "aa")' * 30,
        " & ".join(["title"] * 5_000),
        " + ".join(["amount"] * 9_000),
        " or ".join(["amount = 1"] * 3_000),
        "round(" * 30 + "amount" + ", 2)" * 30,
        f"if({'amount > 0, 1, if(' * 28}amount > 0, 1{')' * 29}",
        "`" * 65_000,
        '"' * 65_001,
        "1" * 65_000,
        "a." * 30_000,
        "sum(lines.price" + " + price" * 3_000 + ")",
    ],
    ids=range(13),
)
def test_nothing_runs_away(text: str) -> None:
    start = time.process_time()
    checked, _ = check(text, RecordScope())
    if checked is not None:
        _value(checked, 1)
    assert time.process_time() - start < 2
