"""What must be unique is, over rows of different records too, for those who write at once too."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Invalid
from dougong.pages.sentences import sentence
from dougong.records.ops import Create, Update
from dougong.records.uniques import key_text
from tests.records.conftest import Desk

ITEM = {
    "record": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "x-unique": True},
            "size": {"type": "number", "x-scale": 2},
            "kind": {"type": "string"},
            "off": {"type": "boolean"},
        },
    },
    "unique": [
        {"id": "pair", "fields": ["kind", "size"], "where": "not nz(off, false)", "message": "{kind} 已有 {size}"}
    ],
}
TICKET = {
    "kind": "document",
    "flow": {"nodes": [{"type": "approve", "id": "a", "title": "批", "who": [{"role": "boss"}]}]},
    "record": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"worker": {"type": "string"}}}},
        },
    },
    "unique": [{"id": "once", "fields": ["lines.worker", "day"]}],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM, "ticket": TICKET})


def ticket(*workers: str, day: str = "2025-08-04") -> dict[str, Any]:
    return {"day": day, "lines": [{"worker": each} for each in workers]}


def test_the_same_text_twice_is_refused(desk: Desk) -> None:
    made = desk.create("shop.item", {"code": "A"})
    assert desk.refused(lambda: desk.create("shop.item", {"code": "A"})) == {("/code", "unique")}
    desk.create("shop.item", {"code": "a"})
    desk.create("shop.item", {})
    desk.create("shop.item", {})
    desk.update(made, {"code": "B"})
    desk.create("shop.item", {"code": "A"})


def test_equal_numbers_are_equal_whatever_their_zeros(desk: Desk) -> None:
    desk.create("shop.item", {"kind": "管", "size": Decimal("1.50")})
    with pytest.raises(Invalid) as refusal:
        desk.create("shop.item", {"kind": "管", "size": Decimal("1.5")})
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.message) == ("/kind", "管 已有 1.50")
    assert problem.params["kind"] == "管"


def test_a_condition_says_who_counts(desk: Desk) -> None:
    desk.create("shop.item", {"kind": "管", "size": 1})
    off = desk.create("shop.item", {"kind": "管", "size": 1, "off": True})
    assert desk.refused(lambda: desk.update(off, {"off": False})) == {("/kind", "unique")}


def test_a_deleted_record_gives_its_key_back_until_it_is_restored(desk: Desk) -> None:
    made = desk.create("shop.item", {"code": "A"})
    desk.move(made, "delete")
    second = desk.create("shop.item", {"code": "A"})
    assert desk.refused(lambda: desk.move(made, "restore")) == {("/code", "unique")}
    desk.move(second, "delete")
    desk.move(made, "restore")


def test_documents_count_once_they_are_handed_in(desk: Desk) -> None:
    first = desk.create("shop.ticket", ticket("张伟"), submit=True)
    draft = desk.create("shop.ticket", ticket("王芳", "张伟"))
    assert desk.refused(lambda: desk.move(draft, "submit")) == {("/lines/1/worker", "unique")}
    desk.move(first, "reject")
    desk.move(draft, "submit")


def test_rows_of_one_record_compete_too(desk: Desk) -> None:
    twice = ticket("张伟", "王芳", "张伟")
    assert desk.refused(lambda: desk.create("shop.ticket", twice, submit=True)) == {("/lines/2/worker", "unique")}


def test_a_key_that_two_rows_of_one_record_share_names_the_other_row(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.create("shop.ticket", ticket("张", "李", "张"), submit=True)
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.message) == ("/lines/2/worker", None)
    assert sentence(problem) == "第 1 行已有 张"
    assert "holder" not in problem.params


def test_a_key_of_another_record_names_that_record(desk: Desk) -> None:
    made = desk.create("shop.ticket", ticket("张"), submit=True)
    with pytest.raises(Invalid) as refusal:
        desk.create("shop.ticket", ticket("李", "张"), submit=True)
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.params["holder"]) == ("/lines/1/worker", made.id)


def test_every_row_that_is_not_unique_is_told(desk: Desk) -> None:
    desk.create("shop.ticket", ticket("a", "b"), submit=True)
    both = ticket("b", "c", "a")
    assert desk.refused(lambda: desk.create("shop.ticket", both, submit=True)) == {
        ("/lines/0/worker", "unique"),
        ("/lines/2/worker", "unique"),
    }


def test_two_records_may_swap_their_keys_in_one_act(desk: Desk) -> None:
    one, two = (desk.create("shop.item", {"code": code}) for code in "AB")
    desk.write([Update("shop.item", one.id, {"code": "B"}), Update("shop.item", two.id, {"code": "A"})])
    assert [desk.read(each).values["code"] for each in (one, two)] == ["B", "A"]


def test_of_many_at_once_one_wins_and_the_others_are_told(desk: Desk) -> None:
    def attempt(_: int) -> str:
        try:
            desk.create("shop.item", {"code": "A"})
        except Invalid as refusal:
            return refusal.problems[0].code
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert sorted(outcomes) == ["made"] + ["unique"] * 15
    assert desk.rows("SELECT count(*) FROM shop__item") == [(1,)]


def test_a_batch_says_which_line_is_not_unique(desk: Desk) -> None:
    ops = [Create("shop.item", {"code": code}, pointer=f"/{n}") for n, code in enumerate("ABA")]
    assert desk.refused(lambda: desk.write(ops)) == {("/2/code", "unique")}


def test_a_key_longer_than_an_index_entry_is_kept_by_its_hash() -> None:
    assert key_text(["x" * 5000]).startswith("sha256:")
    assert key_text(["x" * 5000]) != key_text(["x" * 5001])
    assert key_text([Decimal("1.50"), True, None]) == key_text([Decimal("1.5"), True, None])
