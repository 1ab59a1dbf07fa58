"""Words in an author's sentence: what stands there is what people say, not what is stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.records.messages import plain_text
from tests.fields.making import a_field

CHOICE = a_field("choice", {"type": "string", "oneOf": [{"const": "a", "title": "甲类"}, {"const": "b"}]}, "kind")


@pytest.mark.parametrize(
    ("value", "field", "said"),
    [
        (Decimal("0.035"), a_field("percent", {"type": "number"}, "share"), "3.5%"),
        (Decimal("10"), a_field("percent", {"type": "number"}, "share"), "1,000%"),
        (Decimal("10.50"), a_field("money", {"type": "number"}, "amount"), "10.50"),
        (Decimal("-1196000"), a_field("money", {"type": "number"}, "amount"), "\u22121,196,000.00"),
        (Decimal(5400), a_field("duration", {"type": "string"}, "length"), "1小时30分钟"),
        (Decimal("1234.50"), None, "1,234.5"),
        (True, a_field("boolean", None, "urgent"), "是"),
        ("in_approval", None, "审批中"),
        ("a", CHOICE, "甲类"),
        ("b", CHOICE, "b"),
        (None, CHOICE, "—"),
    ],
)
def test_values_in_a_sentence_are_words(value: Any, field: Any, said: str) -> None:
    assert plain_text(value, field, "{x} 不行") == said


def test_an_english_sentence_gets_english_words() -> None:
    assert plain_text(False, None, "{x} is wrong") == "no"
