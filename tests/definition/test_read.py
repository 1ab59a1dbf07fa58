"""JSON text is read exactly or refused before it costs anything."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dougong.definition.read import parse, read_json
from dougong.kernel.errors import DefinitionError
from dougong.kernel.problems import Problem


def found(text: bytes, **limits: int) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    parse(text, problems, **limits)
    return [(each.pointer, each.code) for each in problems]


def test_numbers_keep_every_digit():
    value = read_json(b'{"a": 1.10, "b": 12345678901234567890, "c": 1e2}')
    assert value == {"a": Decimal("1.10"), "b": 12345678901234567890, "c": Decimal("1e2")}
    assert str(value["a"]) == "1.10"


def test_a_byte_order_mark_is_no_mistake():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a": NaN}', [("", "bad_number")]),
        (b'{"a": Infinity}', [("", "bad_number")]),
        (b'{"a": 1e999999999}', [("", "bad_number")]),
        (b'{"a": ' + b"9" * 5000 + b"}", [("", "bad_number")]),
        (b'{"a": 1, "a": 2}', [("/a", "duplicate_key")]),
        (
            b'{"a": {"b/c": 1, "b/c": 2}, "d": [{"e": 1, "e": 1}]}',
            [("/a/b~1c", "duplicate_key"), ("/d/0/e", "duplicate_key")],
        ),
        (b"{", [("", "not_json")]),
        (b"", [("", "not_json")]),
        (b"[1,]", [("", "not_json")]),
        (b'{"a": "\xff"}', [("", "not_json")]),
        (b'{"a": "\\ud800"}', [("/a", "bad_text")]),
        (b'{"a\\u0000": 1}', [("", "bad_text")]),
        (b"[" * 100_000, [("", "too_deep")]),
        (b'{"a":' * 21 + b"1" + b"}" * 21, [("", "too_deep")]),
        (b'"' + b"x" * (256 * 1024) + b'"', [("", "too_large")]),
    ],
)
def test_what_is_refused(text: bytes, expected: list[tuple[str, str]]):
    assert found(text) == expected


def test_brackets_inside_texts_are_not_depth():
    assert found(b'{"a": "' + b"[" * 1000 + b'\\"' + b'"}') == []


def test_a_syntax_error_says_where():
    problems: list[Problem] = []
    parse(b'{\n "a": 1,\n "b" 2}', problems)
    assert problems[0].params["line"] == 3


def test_all_problems_come_with_the_error():
    with pytest.raises(DefinitionError) as error:
        read_json(b'{"a": 1, "a": 1, "b": 1, "b": 1}')
    assert [each.pointer for each in error.value.problems] == ["/a", "/b"]
