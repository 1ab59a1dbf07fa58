"""Cells as values: each kind of cell in each kind of field, nothing guessed, nothing lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dougong.definition.load import load_form
from dougong.definition.model import Field
from dougong.exchange import lines
from dougong.fields.registry import field_types
from dougong.fields.type import Here, Unreadable

TYPES = field_types()
#: Types that need other forms around them, or are no cell.
APART = {"formula", "lookup", "rollup", "subtable", "reference", "multi_reference"}
HERE = Here(ZoneInfo("Asia/Shanghai"), date(2026, 2, 27))


def field(name: str, **more: Any) -> Field:
    schema = {**TYPES[name].sample_schema(), **more}
    form, problems = load_form({"record": {"type": "object", "properties": {"f": schema}}}, TYPES, module="m", name="f")
    assert form is not None, problems
    return form.fields[0]


def value(kind: str, cell: Any, **more: Any) -> Any:
    each = field(kind, **more)
    sent = lines.cell_value(TYPES[each.value_type], each, cell, HERE)
    return TYPES[each.value_type].read(sent, each)


@pytest.mark.parametrize(
    ("kind", "cell", "wanted"),
    [
        ("money", ["n", "12.5"], Decimal("12.50")),
        ("money", "￥1,234.50 元", Decimal("1234.50")),
        ("percent", ["n", "0.13"], Decimal("0.130000")),
        ("percent", "13%", Decimal("0.130000")),
        ("integer", ["n", "99999"], 99999),
        ("text", ["n", "99999"], "99999"),
        ("text", ["n", "13800138000"], "13800138000"),
        ("text", ["d", "2025-08-04"], "2025-08-04"),
        ("text", "=1+1", "=1+1"),
        ("date", ["d", "2025-08-04"], date(2025, 8, 4)),
        ("date", "2025年8月4日", date(2025, 8, 4)),
        ("date", ["n", "20250804"], date(2025, 8, 4)),
        ("boolean", ["b", "true"], True),
        ("boolean", "否", False),
        ("choice", "平日", "平日"),
        ("multi_choice", "业主、分包", ("业主", "分包")),
        ("tags", "a，b", ("a", "b")),
        ("month", ["d", "2025-08-01"], None),
    ],
)
def test_a_cell_is_read_by_its_field(kind: str, cell: Any, wanted: Any) -> None:
    found = value(kind, cell)
    assert found == wanted or (kind == "month" and str(found).startswith("2025-08"))


def test_a_time_without_a_zone_is_the_firms() -> None:
    assert value("datetime", ["i", "2025-08-04 08:30:00"]).isoformat() == "2025-08-04T00:30:00+00:00"
    assert value("datetime", ["d", "2025-08-04"]).isoformat() == "2025-08-03T16:00:00+00:00"


@pytest.mark.parametrize("name", sorted(set(TYPES) - APART))
@pytest.mark.parametrize(
    "cell",
    [
        "x" * 100_000, "a\x00b", "=1+1", "１２３", ["n", "-1.5"], ["n", "1" * 40], ["d", "9999-12-31"], ["b", "true"],
        ["t", "99:99:99"],
    ],
)  # fmt: skip
def test_every_type_reads_or_refuses_any_cell(name: str, cell: Any) -> None:
    """A wrong kind of cell is a value or a refusal, never a fault."""
    each = field(name)
    kind = TYPES[each.value_type]
    try:
        sent = lines.cell_value(kind, each, cell, HERE)
        if not (isinstance(sent, dict) and "$key" in sent):
            kind.read(sent, each)
    except Unreadable as refused:
        assert refused.code


def test_a_long_number_in_a_column_of_texts_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        value("text", ["n", "440106199001011000"])
    assert refused.value.params["reason"] == "long_number"
