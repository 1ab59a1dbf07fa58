"""Groups and measures: exact, over what a list with the same filter shows, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.aggregate_records import aggregate_records
from dougong.actions.bulk_write import bulk_write
from dougong.actions.installation import Installation
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Malformed

FIRM = operator("demo")
FORM: dict[str, Any] = {
    "policies": [{"roles": ["*"], "actions": ["view"], "rows": "kind = '甲'"}],
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "kind": {"oneOf": [{"const": "甲", "title": "Alpha"}, {"const": "乙", "title": "Beta"}]},
            "price": {"type": "number", "x-type": "money"},
            "day": {"type": "string", "format": "date"},
            "up": {"type": "string", "x-ref": "m.f"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"who": {"type": "string"}, "hours": {"type": "number", "x-scale": 2}},
                },
            },
        },
    },
}
ROWS: list[dict[str, Any]] = [
    {"name": "a", "kind": "甲", "price": Decimal("0.10"), "day": "2025-08-04",
     "lines": [{"who": "W1", "hours": 8}, {"who": "W2", "hours": Decimal("6.5")}]},
    {"name": "b", "kind": "甲", "price": Decimal("0.20"), "day": "2025-08-31", "lines": [{"who": "W1", "hours": 4}]},
    {"name": "c", "kind": "乙", "price": Decimal("99999999999999.99"), "day": "2025-09-01"},
    {"name": "d", "kind": None, "price": None},
]  # fmt: skip


@pytest.fixture
def filled(installation: Installation, publish: Callable[..., None]) -> Installation:
    publish(m={"f": FORM})
    bulk_write(installation, FIRM, "m.f", ROWS)
    return installation


def pairs(inst: Installation, actor: Actor = FIRM, **asked: Any) -> list[tuple[Any, ...]]:
    """Group values, then measures, item by item."""
    items = aggregate_records(inst, actor, "m.f", **asked)["items"]
    return [(*each["group"].values(), *each["values"].values()) for each in items]


def test_without_a_group_there_is_one_item(filled: Installation) -> None:
    every = {
        "n": "count()", "prices": "count(price)", "sum": "sum(price)", "avg": "avg(price)", "min": "min(price)",
        "max": "max(price)", "first": "min(name)", "last": "max(day)",
    }  # fmt: skip
    (found,) = aggregate_records(filled, FIRM, "m.f", measures=every)["items"]
    assert found["group"] == {}
    assert found["values"] == {
        "n": 4,
        "prices": 3,
        "sum": Decimal("100000000000000.29"),
        "avg": Decimal("33333333333333.43"),
        "min": Decimal("0.10"),
        "max": Decimal("99999999999999.99"),
        "first": "a",
        "last": "2025-09-01",
    }


def test_nothing_adds_up_to_zero(filled: Installation) -> None:
    measures = {"n": "count()", "sum": "sum(price)", "avg": "avg(price)", "max": "max(price)"}
    assert pairs(filled, measures=measures, filter="1 = 0") == [(0, 0, None, None)]
    assert pairs(filled, group=["kind"], measures=measures, filter="1 = 0") == []


def test_groups_by_fields_and_formulas_nulls_last(filled: Installation) -> None:
    assert pairs(filled, group=["kind"], measures={"n": "count()"}) == [("乙", 1), ("甲", 2), (None, 1)]
    assert pairs(filled, group=["ym(day)"], measures={"s": "sum(price)"}, filter="kind = '甲'") == [
        ("2025-08", Decimal("0.30"))
    ]
    assert pairs(filled, group=["kind", "ym(day)"]) == [
        ("乙", "2025-09"), ("甲", "2025-08"), (None, None),
    ]  # fmt: skip


def test_groups_are_named(filled: Installation) -> None:
    items = aggregate_records(filled, FIRM, "m.f", group=["kind"])["items"]
    assert [each["titles"] for each in items] == [{"kind": "Beta"}, {"kind": "Alpha"}, {}]


def test_a_subtables_rows_are_counted_where_they_are_named(filled: Installation) -> None:
    measures = {"hours": "sum(lines.hours)", "n": "count()"}
    assert pairs(filled, group=["lines.who"], measures=measures) == [
        ("W1", Decimal("12.00"), 2),
        ("W2", Decimal("6.50"), 1),
    ]
    assert pairs(filled, group=["lines.who", "kind"], measures={"p": "sum(price * lines.hours)"}) == [
        ("W1", "甲", Decimal("1.60")),
        ("W2", "甲", Decimal("0.65")),
    ]
    assert pairs(filled, measures=measures, filter="name = 'b'") == [(Decimal("4.00"), 1)]


def test_pages_of_groups(filled: Installation) -> None:
    found, after = [], None
    while True:
        page = aggregate_records(filled, FIRM, "m.f", group=["kind", "name"], limit=1, after=after)
        found += [tuple(each["group"].values()) for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == [("乙", "c"), ("甲", "a"), ("甲", "b"), (None, "d")]
    with pytest.raises(Malformed, match="cursor"):
        other = aggregate_records(filled, FIRM, "m.f", group=["kind"], limit=1)["next"]
        aggregate_records(filled, FIRM, "m.f", group=["kind", "name"], after=other)


def test_it_adds_up_what_the_actor_sees(filled: Installation, member: Callable[..., Actor]) -> None:
    assert pairs(filled, member("bob"), measures={"n": "count()", "s": "sum(price)"}) == [(2, Decimal("0.30"))]


def test_rows_in_the_recycle_bin_do_not_count(filled: Installation) -> None:
    from dougong.actions.read_record import find_records
    from dougong.actions.transition_record import transition_record
    from dougong.records.query import Query

    (row,) = find_records(filled, FIRM, "m.f", Query(filter="name = 'c'")).items
    transition_record(filled, FIRM, "m.f", row["id"], "delete")
    assert pairs(filled, measures={"s": "sum(price)"}) == [(Decimal("0.30"),)]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"measures": {"x": "price"}}, "measure"),
    ({"measures": {"x": "sum()"}}, "arguments"),
    ({"measures": {"x": "sum(name)"}}, "type"),
    ({"measures": {"x": "median(price)"}}, "measure"),
    ({"measures": {"x": 5}}, "measure"),
    ({"measures": {"x": "sum(nonsense)"}}, "unknown_field"),
    ({"measures": {f"m{n}": "count()" for n in range(21)}}, "too_many"),
    ({"group": ["nonsense"]}, "unknown_field"),
    ({"group": ["lines"]}, "rows"),
    ({"group": [5]}, "type"),
    ({"group": ["name +"]}, "unexpected_end"),
    ({"group": ["name"], "limit": 2001}, "limit"),
    ({"group": ["name"], "after": "x"}, "cursor"),
    ({"filter": "nonsense = 1"}, "unknown_field"),
]


def test_bad_questions_are_refused_with_a_code(filled: Installation) -> None:
    for asked, code in BAD:
        with pytest.raises(Malformed) as refused:
            aggregate_records(filled, FIRM, "m.f", **asked)
        assert (refused.value.code, asked) == (code, asked)
