"""What a refresh swaps in a subtable: never more than what looks different."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dougong.forms.difference import Rows, compare
from dougong.forms.kept import KeptRows
from dougong.forms.reading import RowValues
from dougong.kernel.problems import Problem
from tests.forms.making import view_of


def an_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def lines(*numbers: int, **values: Any) -> dict[str, list[RowValues]]:
    return {"lines": [RowValues(an_id(each), {"hours": Decimal(each), **values}) for each in numbers]}


def only(before: Any, after: Any) -> Rows:
    found = compare(before, after)
    assert (found.cells, found.subtables, found.everything) == ((), (), False)
    (rows,) = found.rows
    return rows


def test_a_keystroke_swaps_a_cell_and_the_sums() -> None:
    before = view_of(rows=lines(*range(1, 500)))
    changed = lines(*range(1, 500))
    changed["lines"][7] = RowValues(an_id(8), {"hours": Decimal(3)})
    found = compare(before, view_of(rows=changed))
    assert [cell.name for cell in found.cells] == [f"lines.{an_id(8)}.hours"]
    (rows,) = found.rows
    assert (rows.sums, rows.head, rows.drawn, rows.inserted, rows.removed) == (True, False, (), (), ())


def test_a_row_that_is_wrong_is_drawn_whole_with_its_note() -> None:
    rows = lines(1, 2)
    found = only(view_of(rows=rows), view_of(rows=rows, problems=[Problem("range", "/lines/1/hours")]))
    assert [row.id for row in found.drawn] == [an_id(2)]


def test_a_moved_row_alone_moves() -> None:
    found = only(view_of(rows=lines(1, 2, 3, 4)), view_of(rows=lines(1, 3, 2, 4)))
    assert len(found.removed) == 1
    assert [len(some.rows) for some in found.inserted] == [1]
    assert not found.sums


def test_the_first_and_the_last_row_change_the_whole_table() -> None:
    assert compare(view_of(rows=lines()), view_of(rows=lines(1))).subtables
    assert compare(view_of(rows=lines(1)), view_of(rows=lines())).subtables


@given(st.permutations(range(1, 9)), st.sets(st.integers(1, 12), min_size=1))
def test_what_is_swapped_leads_from_one_order_to_the_other(order: list[int], after: set[int]) -> None:
    wanted = [each for each in [*order, *range(9, 13)] if each in after]
    old, new = view_of(rows=lines(*range(1, 9))), view_of(rows=lines(*wanted))
    found = compare(old, new)
    table = new.cells()["lines"]
    shown = [row.dom_id for row in old.cells()["lines"].rows]  # type: ignore[union-attr]
    for rows in found.rows:
        shown = [each for each in shown if each not in rows.removed]
        for some in rows.inserted:
            at = shown.index(some.after) + 1 if some.after else 0
            shown[at:at] = [row.dom_id for row in some.rows]
    assert shown == [row.dom_id for row in table.rows]  # type: ignore[union-attr]


def test_kept_rows_are_drawn_again_only_when_something_of_them_changed() -> None:
    kept = KeptRows()
    before = view_of(kept=kept, rows=lines(1, 2, 3))
    changed = lines(1, 2, 3)
    changed["lines"][1] = RowValues(an_id(2), {"hours": Decimal(9)})
    after = view_of(kept=kept, rows=changed, required={(an_id(3), "ot_type")})
    assert after == view_of(rows=changed, required={(an_id(3), "ot_type")})
    old, new = before.cells()["lines"].rows, after.cells()["lines"].rows  # type: ignore[union-attr]
    assert [new[index] is old[index] for index in range(3)] == [True, False, False]
