"""Whatever sequence of definitions is published, the plan afterwards is empty, the database is as the definition says, and
publishing the first definition again brings every first value back."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dougong.storage.database import Database
from dougong.storage.doctor import doctor_storage
from tests.storage.bench import INTEGER, MONEY, TEXT, Bench, definitions, form

SHAPES: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "integer": INTEGER,
    "money": MONEY,
    "date": {"type": "string", "format": "date"},
    "rows": {"type": "array", "items": {"type": "object", "properties": {"what": TEXT}}},
}
WORDS = ["", "12", "12.50", "2026-02-28", "12a", "0012", "龙", "-0", "99999999999999999999"]
NAMES = ("a", "b")
_numbers = count()

fields = st.fixed_dictionaries({}, optional={name: st.sampled_from(sorted(SHAPES)) for name in NAMES})
first = st.fixed_dictionaries({name: st.sampled_from(["text", "integer", "money"]) for name in NAMES})


def values_of(kind: str) -> st.SearchStrategy[Any]:
    if kind == "text":
        return st.sampled_from([each or None for each in WORDS])
    if kind == "integer":
        return st.sampled_from([None, 0, -7, 10**17])
    return st.sampled_from([None, Decimal("0.00"), Decimal("12.50"), Decimal("-9999999999999.99")])


@hypothesis.seed(7)
@settings(
    max_examples=max(8, settings().max_examples // 8),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(data=st.data(), start=first, steps=st.lists(fields, min_size=1, max_size=5))
def test_any_sequence_can_be_undone(
    database: Database, data: st.DataObject, start: dict[str, str], steps: list[dict[str, str]]
) -> None:
    name = f"t{next(_numbers)}"
    bench = Bench(database.create_tenant(name))
    bench.publish(made(start))
    rows = [{each: data.draw(values_of(start[each])) for each in NAMES} for _ in range(3)]
    bench.add("m.ask", *rows)
    for step in (*steps, start):
        bench.publish(made(step), allow_loss=True)
        assert bench.plan(made(step)).empty
        with bench.act(write=False) as tx:
            assert doctor_storage(tx, bench.live(tx)) == []
    hypothesis.note(f"{start} {steps} {rows}")
    for each in NAMES:
        assert bench.values("m.ask", each) == [row[each] for row in rows]
    database.drop_tenant(name)


def made(kinds: dict[str, str]) -> Any:
    return definitions(form("ask", {"keep": TEXT, **{name: SHAPES[kind] for name, kind in kinds.items()}}))
