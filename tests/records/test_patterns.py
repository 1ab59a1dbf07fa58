"""Numbers are made of dates, fields and a sequence, and a number given by hand tells its sequence back."""

from datetime import date

import pytest

from dougong.records.patterns import Frame, frame, split

DAY = date(2025, 8, 4)


def make(pattern: str, **fields: str) -> Frame:
    return frame(pattern, DAY, lambda name: fields.get(name, ""))


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("FK-{yyyymm}-{seq:4}", "FK-202508-0007"),
        ("{yyyy}{mm}{dd}-{seq}", "20250804-7"),
        ("{yyyymmdd}/{seq:2}", "20250804/07"),
        ("{yy}年{seq:3}号", "25年007号"),
        ("{project}-{seq:2}-A", "PRJ-A-07-A"),
        ("{seq:1}", "7"),
    ],
)
def test_a_pattern_becomes_a_number(pattern: str, number: str) -> None:
    assert make(pattern, project="PRJ-A").number(7) == number


def test_a_long_sequence_is_written_out_and_not_cut() -> None:
    assert make("A{seq:2}").number(12345) == "A12345"


def test_a_pattern_without_sequence_is_the_text_itself() -> None:
    assert make("{code}-{yyyy}", code="X").number(9) == "X-2025"


def test_braces_inside_a_field_are_only_text() -> None:
    assert make("{name}-{seq}", name="{yyyy}{seq:9}").number(3) == "{yyyy}{seq:9}-3"


@pytest.mark.parametrize(
    ("number", "sequence"),
    [("FK-2025-0012", 12), ("FK-2024-0012", None), ("FK-2025-12a", None), ("FK-2025-", None), ("FK-2025-١٢", None)],
)
def test_a_given_number_tells_its_sequence(number: str, sequence: int | None) -> None:
    assert make("FK-{yyyy}-{seq:4}").sequence(number) == sequence


def test_the_parts_keep_their_order() -> None:
    assert [part.kind for part in split("a{yyyy}{seq:3}{f}b")] == ["text", "day", "seq", "field", "text"]
