"""Data of a large firm: the same at every run, written once, and sound."""

from __future__ import annotations

import pytest

from dougong.actions.aggregate_records import aggregate_records
from dougong.actions.create_demo import create_demo
from dougong.actions.create_volume import create_volume
from dougong.actions.installation import Installation
from dougong.actions.run_doctor import run_doctor
from dougong.actions.volume_rows import Batch, Volume
from dougong.kernel.actor import operator
from dougong.kernel.errors import Conflict

FIRM = operator("demo")


def test_the_data_of_a_large_firm_is_written_once_and_is_sound(installation: Installation) -> None:
    create_demo(installation)
    told: list[tuple[int, int]] = []
    written = create_volume(installation, "demo", 0.01, lambda _, done, of: told.append((done, of)))
    assert told[-1] == (written, written)
    assert create_volume(installation, "demo", 0.01) == 0
    with pytest.raises(Conflict, match="volume"):
        create_volume(installation, "demo", 0.02)
    (found,) = aggregate_records(
        installation,
        FIRM,
        "cost_center.cost_entry",
        measures={"n": "count()"},
        filter="startswith(project.code, 'PRJ-X')",
    )["items"]
    assert found["values"]["n"] == sum(_entries(each) for each in Volume(0.01).batches())
    assert [each for each in run_doctor(installation, FIRM) if each["what"] != "audit_unsealed"] == []


def _entries(batch: Batch) -> int:
    """How many entries of cost the documents of a batch post: one a ticket, one a line of the others."""
    form, rows = batch.form, batch.rows
    if form == "labor.day_labor_ticket":
        return len(rows)
    posting = form in ("cost_center.subcontract_settlement", "cost_center.cost_journal")
    return sum(len(row["lines"]) for row in rows) if posting else 0


def test_a_whole_firm_has_what_was_promised() -> None:
    rows: dict[str, int] = {}
    lines = 0
    for batch in Volume(1).batches():
        rows[batch.form] = rows.get(batch.form, 0) + len(batch.rows)
        lines += sum(len(row["lines"]) for row in batch.rows if batch.form == "labor.day_labor_ticket")
    assert (rows["base.project"], rows["labor.worker"], lines) == (3, 150, 37_500)
    assert rows["cost_center.expense_contract"] == 120
    assert (rows["cost_center.subcontract_settlement"], rows["funds.payment_request"]) == (900, 1_500)
    assert sum(_entries(batch) for batch in Volume(1).batches()) == 20_000
