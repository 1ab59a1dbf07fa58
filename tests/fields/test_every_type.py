"""What holds for every registered type, unasked: a new type is tested by being there."""

from __future__ import annotations

import pytest

from dougong.fields.type import Here
from tests.fields.making import TYPES, a_field, code_of

KINDS = sorted(TYPES)
BY_KEY = ("member", "department", "reference")


def test_the_first_23_types_are_there() -> None:
    assert set(KINDS) >= {
        "text", "long_text", "integer", "decimal", "money", "percent", "date", "datetime", "time", "boolean", "choice",
        "multi_choice", "tags", "member", "department", "reference", "subtable", "auto_number", "attachment", "json",
        "formula", "lookup", "rollup",
    }  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_samples_survive_json(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    for value in kind.samples(field):
        assert kind.read(kind.write(value, field), field) == value


@pytest.mark.parametrize("name", KINDS)
def test_samples_survive_a_file(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    for value in kind.samples(field):
        back = kind.read_text(kind.write_text(value, field), field)
        assert kind.read(back, field) == value


@pytest.mark.parametrize("name", [each for each in KINDS if not TYPES[each].multiple])
def test_samples_survive_a_browser(name: str, here: Here) -> None:
    kind, field = TYPES[name], a_field(name)
    for value in kind.samples(field):
        posted = kind.write_local(value, field, here)
        expected = value.replace("\n", " ") if name == "text" else value
        assert kind.read(kind.read_local([posted], field, here), field) == expected


@pytest.mark.parametrize("name", KINDS)
def test_bad_samples_are_refused_with_their_code(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    for value, code in kind.bad_samples(field):
        assert code_of(kind, value, field) == code, value


@pytest.mark.parametrize("name", KINDS)
def test_samples_break_no_rule_of_their_own_schema(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    for value in kind.samples(field):
        assert [problem for rule in kind.rules(field) for problem in rule(value)] == []


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_null_on_every_path(name: str, here: Here) -> None:
    kind, field = TYPES[name], a_field(name)
    nothing = kind.read(None, field)
    assert nothing in (None, ())
    assert kind.read_form([""], field) is None
    assert kind.read_form([], field) is None
    assert kind.read_text("  ", field) is None
    assert kind.write_form(None, field) == ""
    assert kind.write_local(None, field, here) == ""


@pytest.mark.parametrize("name", KINDS)
def test_what_a_browser_posts_never_raises(name: str, here: Here) -> None:
    kind, field = TYPES[name], a_field(name)
    for text in (
        "nonsense",
        "１２",
        "-",
        "1e999999999",
        "\x00",
        "2025-02-30 25:61",
        "0" * 5000,
        "[",
        '{"a":',
        "%",
        "NaN",
    ):
        code_of(kind, kind.read_local([text], field, here), field)
        code_of(kind, kind.read_text(text, field), field)


@pytest.mark.parametrize("name", [each for each in KINDS if TYPES[each].inputs and each not in BY_KEY])
def test_a_float_is_no_exact_number(name: str) -> None:
    kind, field = TYPES[name], a_field(name)
    assert code_of(kind, 1.5, field) == "type"
