"""Many records at once: all or nothing, or the good ones with a report."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.bulk_write import bulk_write
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records
from dougong.actions.transaction import Once
from dougong.kernel.actor import operator
from dougong.kernel.errors import Invalid
from dougong.records.query import Query

FIRM = operator("demo")
FORMS: dict[str, Any] = {
    "pot": {
        "record": {
            "type": "object",
            "properties": {
                "size": {"type": "number", "x-type": "money"},
                "used": {"x-rollup": {"from": "m.sip", "via": "pot", "fn": "sum", "field": "much"}},
            },
        },
        "checks": [{"id": "full", "rule": "used <= size", "message": "too much", "on": ["save"]}],
    },
    "sip": {
        "record": {
            "type": "object",
            "required": ["much"],
            "properties": {
                "pot": {"type": "string", "x-ref": "m.pot"},
                "much": {"type": "number", "x-type": "money", "minimum": 0},
                "name": {"type": "string", "x-unique": True},
            },
        },
    },
}


@pytest.fixture
def pot(installation: Installation, publish: Callable[..., None]) -> str:
    """A pot that holds 10."""
    publish(m=FORMS)
    return create_record(installation, FIRM, "m.pot", {"size": 10})["id"]


def used(inst: Installation) -> Any:
    (row,) = find_records(inst, FIRM, "m.pot", Query()).items
    return row["values"]["used"]


def count(inst: Installation) -> int | None:
    return find_records(inst, FIRM, "m.sip", Query(count=True)).page.count


def test_all_or_nothing(installation: Installation, pot: str) -> None:
    with pytest.raises(Invalid) as refused:
        bulk_write(installation, FIRM, "m.sip", [{"pot": pot, "much": 1}, {"much": -1}, {"nonsense": 1}])
    found = {(each.pointer, each.code) for each in refused.value.problems}
    assert found == {("/1/much", "range"), ("/2/nonsense", "unknown_field"), ("/2/much", "required")}
    assert (count(installation), used(installation)) == (0, 0)


def test_the_good_ones_are_kept_and_the_rest_reported(installation: Installation, pot: str) -> None:
    lines = [
        {"pot": pot, "much": 4},
        "no row",
        {"much": -1},
        {"pot": pot, "much": 7},
        {"pot": pot, "much": 6},
        {"much": 50},
    ]
    report = bulk_write(installation, FIRM, "m.sip", lines, partial=True)
    assert (report["rows"], report["good"], report["bad"]) == (6, 2, 4)
    assert [each["row"] for each in report["items"]] == [0, 5]
    assert {(each["row"], each["code"]) for each in report["problems"]} == {
        (1, "type"), (2, "range"), (3, "check"), (4, "check"),
    }  # fmt: skip
    assert (count(installation), used(installation)) == (2, 4)


def test_lines_with_an_id_change_that_record(installation: Installation, pot: str) -> None:
    first = bulk_write(installation, FIRM, "m.sip", [{"pot": pot, "much": 1}, {"much": 2}])
    changes = [{"$id": first["items"][0]["id"], "$version": 1, "much": 5}, {"pot": pot, "much": 3}]
    second = bulk_write(installation, FIRM, "m.sip", changes)
    assert [each["version"] for each in second["items"]] == [2, 1]
    assert used(installation) == 8


def test_two_alike_in_one_bulk_are_a_problem_of_their_rows(installation: Installation, pot: str) -> None:
    lines = [{"much": 1, "name": "a"}, {"much": 1, "name": "b"}, {"much": 1, "name": "a"}]
    with pytest.raises(Invalid) as refused:
        bulk_write(installation, FIRM, "m.sip", lines)
    assert {each.code for each in refused.value.problems} == {"unique"}
    report = bulk_write(installation, FIRM, "m.sip", lines, partial=True)
    assert (report["good"], report["bad"]) == (2, 1)


def test_the_same_form_posted_twice_at_once_makes_one_record(installation: Installation, pot: str) -> None:
    answers: list[Any] = []
    keys = [Once("key", "body") for _ in range(6)]
    gate = threading.Barrier(len(keys))

    def post(once: Once) -> None:
        gate.wait()
        answers.append(create_record(installation, FIRM, "m.sip", {"pot": pot, "much": 1}, once=once))

    threads = [threading.Thread(target=post, args=(each,)) for each in keys]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 6
    assert len({each["id"] for each in answers}) == 1
    assert sorted(each.replayed for each in keys) == [False] + [True] * 5
    assert (count(installation), used(installation)) == (1, 1)
