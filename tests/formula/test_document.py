"""docs/formulas.md says what the functions are."""

from __future__ import annotations

import re
from pathlib import Path

from dougong.formula.document import function_tables, rewritten
from dougong.formula.facts import SQL_SPECIAL
from dougong.formula.functions import FUNCTIONS

FILE = Path(__file__).parents[2] / "docs" / "formulas.md"


def test_the_table_of_functions_is_that_of_the_code() -> None:
    assert FILE.read_text(encoding="utf-8").endswith(function_tables()), "run python -m dougong.formula.document"


def test_the_tables_are_written_anew_under_the_prose() -> None:
    page = FILE.read_text(encoding="utf-8")
    stale = page.replace("`coalesce(", "`first(")
    assert stale != page
    assert rewritten(stale) == page


def test_every_problem_a_formula_can_have_is_documented() -> None:
    source = Path(__file__).parents[2] / "platform" / "dougong" / "formula"
    text = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    codes = {*re.findall(r'FormulaError\(\s*"(\w+)"', text), *re.findall(r'\.wrong\("(\w+)"', text)}
    documented = FILE.read_text(encoding="utf-8")
    assert [code for code in sorted(codes - {"format"}) if f"`{code}`" not in documented] == []


def test_special_functions_are_functions() -> None:
    assert {*SQL_SPECIAL} <= {*FUNCTIONS}
