"""Conditions of DocTypes are read and never run; what is not of the subset is refused with its piece."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.doctype.expressions import Array, Either, Invoke, Pair, Path, Sign, Unreadable, Value, read_expression


def test_operators_bind_as_in_javascript() -> None:
    tree = read_expression("!doc.a && doc.b || doc.c === 1")
    assert isinstance(tree, Pair) and tree.operator == "||"
    assert (
        isinstance(tree.left, Pair) and tree.left.operator == "&&" and tree.left.left == Sign("!", Path(("doc", "a")))
    )
    assert isinstance(tree.right, Pair) and tree.right.operator == "=="


def test_names_calls_lists_and_choices() -> None:
    tree = read_expression('["a", \'b\',].includes(doc?.kind) ? doc["free text"] : null;')
    assert isinstance(tree, Either)
    assert isinstance(tree.condition, Invoke) and tree.condition.arguments == (Path(("doc", "kind")),)
    assert tree.yes == Path(("doc", "free text")) and tree.no == Value(None)
    assert read_expression("[]") == Array(())


@pytest.mark.parametrize(
    "text",
    [
        "", "doc.a =", "doc.a = 1", "doc.a; doc.b", "{doc.a}", "() => 1", "function(){}", "new Date()", "/a/.test(doc.b)",
        "doc.a in x", "`${doc.a}`", "doc[0]", "doc.a++", "'open", "a ? b", "(" * 200 + "1" + ")" * 200, "!" * 500 + "1",
        "1 +" * 3000 + "1", "doc.x & 1", "delete doc.a", "typeof doc.a == 'x'", "await x", "x?.(1)",
    ],
)  # fmt: skip
def test_what_is_more_than_a_condition_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_expression(text)


@given(st.text(alphabet="doc.a ()[]!&|=<>?:'\"0+-,;{}`$\\\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_expression(text)
    except Unreadable as refusal:
        assert len(refusal.piece) <= 80
