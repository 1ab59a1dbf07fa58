"""Reading text: precedence, positions, limits; and printing gives the tree back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.formula.ast import Binary, Call, Chain, In, Items, Literal, Name, Node, Total, Unary
from dougong.formula.functions import FUNCTIONS
from dougong.formula.parser import parse
from dougong.formula.printer import literal_text, to_text
from dougong.kernel.errors import FormulaError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("((a))", "a"),
        ("a-(b-c)", "a - (b - c)"),
        ("a AND b Or NOT c", "a and b or not c"),
        ("and(a, b, or(c, d))", "a and b and (c or d)"),
        ("a == 1 and b != 2", "a = 1 and b <> 2"),
        ("kind in ('a','b')", 'kind in ("a", "b")'),
        ("$state NOT IN ('draft')", '$state not in ("draft")'),
        ("x is not null", "not isblank(x)"),
        ("如果（金额＞＝５, 1, 2）".replace("５", "5"), "if(金额 >= 5, 1, 2)"),
        ("四舍五入(单价×数量，2)", "round(单价 * 数量, 2)"),
        ("备注 ＝ “加急”", '备注 = "加急"'),
        ("备注＝'（，）'", '备注 = "（，）"'),
        ("a≥1 且(b≤2)".replace("且(b≤2)", "and b≤2"), "a >= 1 and b <= 2"),
        ("`any name`.x + `in`", "`any name`.x + `in`"),
        ("`a``b`", "`a``b`"),
        ("'it''s'", '"it\'s"'),
        ('"say ""x"""', '"say ""x"""'),
        ('total("a.b.c", w, parent.d).hours<=24', 'total("a.b.c", w, parent.d).hours <= 24'),
        ("- - 3", "--3"),
        ("-a * -2", "-a * -2"),
        ('""', "null"),
        ("TRUE", "true"),
        ("sum(lines.amount; kind='a')", 'sum(lines.amount, kind = "a")'),
        ("a\n  +\tb", "a + b"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    node = parse(text)
    assert to_text(node) == canonical
    assert parse(canonical) == node


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "unexpected_end", 0),
        ("1 +", "unexpected_end", 3),
        ("1 + * 2", "unexpected", 4),
        ("(1", "unexpected_end", 2),
        ("1)", "unexpected", 1),
        ("a b", "unexpected", 2),
        ("a < b < c", "unexpected", 6),
        ("a in ()", "unexpected", 6),
        ("and", "unexpected", 0),
        ('1 & "abc', "unterminated", 4),
        ("1 + `abc", "unterminated", 4),
        ("a # b", "character", 2),
        ("$", "character", 0),
        ("2x", "number", 0),
        ("1.", "unexpected", 1),
        ("total(x, y).v", "total_name", 6),
        ('total("a.b.c", y)', "unexpected_end", 17),
        ("a.b.c.d.e.f.g.h.i", "too_deep", 17),
        ("1234567890123456789", "out_of_range", 0),
        ("1 + 0.12345678901", "out_of_range", 4),
        ("__import__('os').system('x')", "unexpected", 16),
        ("a[0]", "character", 1),
        ("9**9", "unexpected", 2),
        ("lambda: 1", "character", 6),
    ],
)
def test_text_that_is_no_formula(text: str, code: str, position: int) -> None:
    with pytest.raises(FormulaError) as raised:
        parse(text)
    assert (raised.value.code, raised.value.position) == (code, position)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 40 + "1" + ")" * 40, "too_deep"),
        ("(" * 60_000, "too_deep"),
        ("-" * 60_000 + "1", "too_deep"),
        ("not " * 15_000 + "a", "too_deep"),
        ("abs(" * 33 + "1" + ")" * 33, "too_deep"),
        ("1" + " * 2" * 40, "too_deep"),
        ("1" + " + 1" * 12_000, "too_large"),
        ("x" * 70_000, "too_long"),
        ('"' + "x" * 65_535, "unterminated"),
    ],
)
def test_text_that_would_run_away(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        parse(text)
    assert raised.value.code == code


def test_a_long_condition_is_no_deep_one() -> None:
    text = " or ".join(f"kind = {number}" for number in range(2_000))
    assert to_text(parse(text)) == text


NAMES = st.one_of(st.sampled_from(["a", "金额", "$state", "in", "Not", "any name", "a`b", "x.y", "sum", "2b", "é"]),
                  st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5))  # fmt: skip
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: Name(tuple(parts)))
NUMBERS = st.decimals(0, 10**8, places=3).map(Literal)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(Literal)
LEAVES = st.one_of(PATHS, NUMBERS, TEXTS, st.sampled_from([Literal(None), Literal(True), Literal(False)]))
FAMILIES = {"or": ["or"], "and": ["and"], "&": ["&"], "+": ["+", "-"], "*": ["*", "/"]}


def _chain(family: str, below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    rest = st.lists(st.tuples(st.sampled_from(FAMILIES[family]), below), min_size=1, max_size=3)
    return st.builds(lambda first, more: Chain(family, first, tuple(more)), below, rest)  # type: ignore[arg-type]


def _negative(node: Node) -> Node:
    """What the parser makes of a minus before it."""
    positive = isinstance(node, Literal) and isinstance(node.value, Decimal) and node.value > 0
    return Literal(-node.value) if positive else Unary("-", node)  # type: ignore[operator,union-attr]


def _nodes(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(below, min_size=1, max_size=3).map(tuple)
    names = st.sampled_from(sorted({*FUNCTIONS} - {"total"}))
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    return st.one_of(
        *(_chain(family, below) for family in FAMILIES),
        below.map(_negative),
        below.map(lambda node: Unary("not", node)),
        st.builds(Binary, operators, below, below),
        st.builds(In, below, st.one_of(PATHS, some.map(Items)), st.booleans()),
        st.builds(Call, names, some),
        st.builds(Total, st.just("m.f.t"), some, NAMES),
    )


@given(st.recursive(LEAVES, _nodes, max_leaves=12))
def test_printing_and_reading_gives_the_tree_back(node: Node) -> None:
    assert parse(to_text(node)) == node


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)


def test_renaming_follows_paths() -> None:
    node = parse("sum(lines.amount, kind = 'a') + contract.rest + lines_2")
    renamed = to_text(node, {("lines",): ("明细",), ("contract", "rest"): ("合同", "balance left"), ("kind",): ("in",)})
    assert renamed == 'sum(明细.amount, `in` = "a") + 合同.`balance left` + lines_2'


def test_whole_numbers_are_written_as_numbers() -> None:
    assert literal_text(28_800) == "28800"
    assert literal_text(Decimal("1E+3")) == "1000"
    assert literal_text(True) == "true"
