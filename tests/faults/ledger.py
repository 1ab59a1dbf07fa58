"""What clients of the firm ask for, and the comparison of what they were told with what stands: acknowledged ⊆ final,
final ⊆ acknowledged ∪ unknown, each effect once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import simplejson

from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records
from dougong.actions.run_doctor import run_doctor
from dougong.records.query import Query
from tests.faults.firm import BUDGET, ENTRY, FIRM, ORDER
from tests.faults.house import Call

LINES = [{"what": "a", "count": 2, "price": 5}, {"what": "b", "count": 1, "price": 20}]
WORTH = Decimal(30)


class Plan:
    """Drafts, drafts handed in, orders handed in at once, and several at once. Every order's name is its call's key."""

    def __init__(self, budget: str, prefix: str = "k") -> None:
        self.budget, self.prefix = budget, prefix

    def __call__(self, client: int, number: int, history: Sequence[Call]) -> Call:
        key = f"{self.prefix}-{client}-{number}"
        last = history[-1] if history else None
        if last is not None and last.path.endswith(ORDER) and last.status == 201:
            return Call(key, f"/records/{ORDER}/{last.answer['id']}/submit", None)
        kind = number % 4
        if kind == 0:
            return Call(key, f"/records/{ORDER}?submit=true", self.values(key))
        if kind == 3:
            rows = [simplejson.dumps(self.values(f"{key}.{n}")) for n in range(3)]
            return Call(key, f"/records/{ORDER}/bulk", "\n".join(rows).encode())
        return Call(key, f"/records/{ORDER}", self.values(key))

    def values(self, name: str) -> dict[str, Any]:
        return {"name": name, "budget": self.budget, "lines": LINES}


def wanted(call: Call) -> list[tuple[str, bool]]:
    """The orders that a call makes, and whether it hands them in."""
    if call.path.endswith("/submit"):
        return []
    if isinstance(call.body, bytes):
        return [(f"{call.key}.{n}", False) for n in range(3)]
    return [(call.key, "submit=true" in call.path)]


def every(inst: Installation, form: str) -> list[dict[str, Any]]:
    """All records of a form: {id, number, state, values}."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = find_records(inst, FIRM, form, Query(limit=200, after=cursor))
        found += page.items
        cursor = page.page.next
        if cursor is None:
            return found


def compare(inst: Installation, calls: Sequence[Call], first: int = 1) -> list[str]:
    """What does not agree; empty = everything told is kept, nothing is there twice, half or unasked. `first`: orders that
    stood before."""
    orders = every(inst, ORDER)
    by_name = {each["values"]["name"]: each for each in orders}
    names = Counter(each["values"]["name"] for each in orders)
    wrong = [f"{name} is there {count} times" for name, count in names.items() if count > 1]
    asked = {name for call in calls for name, _ in wanted(call)}
    wrong += [f"{name} was never asked for" for name in sorted(names.keys() - asked - {"first"})]
    submitted = {call.path.split("/")[3]: call for call in calls if call.path.endswith("/submit")}
    for call in calls:
        wrong += _of(call, by_name)
    for each in orders:
        known = submitted.get(each["id"])
        if known is not None and known.status == 200 and each["state"] != "in_approval":
            wrong.append(f"{each['values']['name']} was handed in, and is {each['state']}")
        if known is None and each["state"] != "draft" and not _at_once(each["values"]["name"], calls):
            wrong.append(f"{each['values']['name']} was handed in by nobody")
    return wrong + _effects(inst, orders)


def _of(call: Call, orders: dict[str, dict[str, Any]]) -> list[str]:
    stand = [orders[name] for name, _ in wanted(call) if name in orders]
    if stand and len(stand) < len(wanted(call)):
        return [f"{call.key} is half there"]
    if call.status is None or not wanted(call):
        return []
    if call.status not in (200, 201) and stand:
        return [f"{call.key} was refused with {call.status} and is there"]
    if call.status in (200, 201) and not stand:
        return [f"{call.key} was acknowledged and is lost"]
    if call.status == 201 and call.answer["id"] != stand[0]["id"]:
        return [f"{call.key} was told another id"]
    return []


def _at_once(name: str, calls: Sequence[Call]) -> bool:
    return any(call.key == name and "submit=true" in call.path for call in calls)


def _effects(inst: Installation, orders: Sequence[dict[str, Any]]) -> list[str]:
    """Two entries for each order that was handed in, a number each, and the budget has given their sum."""
    handed = [each for each in orders if each["state"] == "in_approval"]
    entries = every(inst, ENTRY)
    numbers = Counter(each["number"] for each in handed)
    (budget,) = every(inst, BUDGET)
    wrong = [f"number {number} is given {count} times" for number, count in numbers.items() if count > 1]
    if None in numbers:
        wrong.append("handed in without a number")
    if len(entries) != 2 * len(handed):
        wrong.append(f"{len(entries)} entries of {len(handed)} orders")
    if budget["values"]["asked"] != WORTH * len(handed):
        wrong.append(f"the budget has given {budget['values']['asked']} to {len(handed)} orders")
    return wrong


def sound(inst: Installation) -> bool:
    """Whether the doctor finds nothing."""
    found = run_doctor(inst, FIRM)
    assert found == [], found
    return True
