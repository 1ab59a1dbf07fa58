"""Whatever is written in whatever order, everything kept equals what a few lines of plain Python compute from the inputs
(docs/derived-values.md, Doctor):
two chained levels, a subtable that counts by its owner's state, a tree, and a price that is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong.actions.transaction import transaction
from dougong.kernel.errors import Conflict, Invalid, NotFound
from dougong.records import doctor
from dougong.records.env import RowEnv
from dougong.records.ops import Create, Op, Transition, Update
from dougong.records.write_set import WriteSet
from tests.records.conftest import Desk


def form(kind: str = "master", totals: Any = (), **properties: Any) -> dict[str, Any]:
    return {"kind": kind, "record": {"type": "object", "properties": properties}, "totals": list(totals)}


def ref(to: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "x-ref": f"o.{to}", **more}


def rollup(source: str, via: str, fn: str, field: str | None = None, **more: Any) -> dict[str, Any]:
    field_part = {"field": field} if field else {}
    return {"x-rollup": {"from": f"o.{source}", "via": via, "fn": fn, **field_part, **more}}


MONEY = {"type": "number", "x-type": "money"}
FORMS = {
    "price": form(each=MONEY),
    "project": form(
        budget=MONEY,
        spent=rollup("contract", "project", "sum", "paid"),
        top=rollup("contract", "project", "max", "paid"),
        left={**MONEY, "x-formula": "nz(budget) - spent"},
    ),
    "contract": form(
        project=ref("project"),
        paid=rollup("report.lines", "contract", "sum", "cost"),
        rows=rollup("report.lines", "contract", "count"),
        mean=rollup("report.lines", "contract", "avg", "hours"),
        least=rollup("report.lines", "contract", "min", "hours", where="$state <> 'voided' and hours > 1"),
    ),
    "report": form(
        "document",
        [
            {
                "name": "per",
                "each": "lines",
                "key": {"contract": "contract"},
                "values": {"hours": "sum(hours)", "mean": "avg(hours)", "n": "count(hours)"},
            },
            {
                "name": "by_project",
                "each": "lines",
                "key": {"project": "contract.project"},
                "values": {"cost": "sum(cost)"},
                "where": "nz(contract.project.budget) < 200",
            },
        ],
        lines={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "contract": ref("contract"),
                    "price": ref("price"),
                    "hours": {"type": "number", "x-type": "decimal", "x-scale": 1},
                    "each": {"x-lookup": {"via": "price", "field": "each"}},
                    "cost": {**MONEY, "x-formula": "hours * each / 3"},
                },
            },
        },
        hours={"type": "number", "x-type": "decimal", "x-scale": 1, "x-formula": "sum(lines.hours)"},
    ),
    "folder": form(
        up=ref("folder", **{"x-ref-tree": True}),
        size={"type": "integer"},
        below=rollup("folder", "up", "sum", "whole"),
        whole={"type": "integer", "x-formula": "nz(size) + below"},
        big=rollup("folder", "up", "max", "peak"),
        peak={"type": "integer", "x-formula": "max(size, big)"},
        inside=rollup("folder", "up", "count"),
    ),
}
KEPT = {
    "price": (),
    "project": ("spent", "top", "left"),
    "contract": ("paid", "rows", "mean", "least"),
    "report": ("hours",),
    "folder": ("below", "whole", "big", "peak", "inside"),
}


class Oracle:
    """The inputs, and what follows from them."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in FORMS}

    def live(self, form: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((key, row) for key, row in self.rows[form].items() if not row["deleted"])

    def cost(self, line: dict[str, Any]) -> Decimal | None:
        each = self.rows["price"][line["price"]]["each"] if line["price"] else None
        if each is None or line["hours"] is None:
            return None
        step = (line["hours"] * each / 3).quantize(Decimal("1e-10"), ROUND_HALF_UP)
        return step.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def lines(self, contract: str, states: tuple[str, ...]) -> list[dict[str, Any]]:
        reports = [row for _, row in self.live("report") if row["state"] in states]
        return [line for row in reports for line in row["lines"] if line["contract"] == contract]

    def contract(self, key: str) -> dict[str, Any]:
        lines = self.lines(key, ("approved", "closed"))
        hours = [line["hours"] for line in lines if line["hours"] is not None]
        every = [line["hours"] for line in self.lines(key, ("draft", "approved")) if line["hours"] is not None]
        mean = (sum(hours) / len(hours)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if hours else None
        return {
            "paid": sum((self.cost(line) or Decimal(0) for line in lines), Decimal(0)),
            "rows": len(lines),
            "mean": mean,
            "least": min((each for each in every if each > 1), default=None),
        }

    def project(self, key: str) -> dict[str, Any]:
        paid = [self.contract(each)["paid"] for each, row in self.live("contract") if row["project"] == key]
        spent = sum(paid, Decimal(0))
        budget = self.rows["project"][key]["budget"] or 0
        return {"spent": spent, "top": max(paid, default=None), "left": budget - spent}

    def folder(self, key: str) -> dict[str, Any]:
        size = self.rows["folder"][key]["size"]
        below = [self.folder(each) for each, row in self.live("folder") if row["up"] == key]
        big = max((each["peak"] for each in below if each["peak"] is not None), default=None)
        total = sum(each["whole"] for each in below)
        peak = max((each for each in (size, big) if each is not None), default=None)
        return {"below": total, "whole": (size or 0) + total, "big": big, "peak": peak, "inside": len(below)}

    def report(self, key: str) -> dict[str, Any]:
        return {"hours": sum((line["hours"] or 0 for line in self.rows["report"][key]["lines"]), Decimal(0))}

    def price(self, key: str) -> dict[str, Any]:
        return {}

    def expected(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(form, key): getattr(self, form)(key) for form in FORMS for key in self.rows[form]}


Script = list[list[tuple[int, int, int, int]]]
STEP = st.tuples(st.integers(0, 11), st.integers(0, 20), st.integers(0, 20), st.integers(0, 30))
SCRIPTS = st.lists(st.lists(STEP, min_size=1, max_size=4), min_size=3, max_size=9)


class Story:
    """Plays a script on the program and on the oracle."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.oracle = Oracle()
        self.empty()
        first = (("price", {"each": Decimal(7)}), ("project", {"budget": Decimal(100)}), ("contract", {}))
        self.begin([each for each in first for _ in range(2)])
        for ups in ((None,), (0,), (1, 0)):
            ids = [None if up is None else self.pick("folder", up) for up in ups]
            self.begin([("folder", {"size": 1, "up": up}) for up in ids])

    def empty(self) -> None:
        """Each story begins with a firm that has no records, so that the doctor need not look at all earlier ones."""

        def act(tx: Any) -> None:
            for tables in self.desk.inst.catalog.live(tx).tables.values():
                for table in reversed(list(tables.all_tables())):
                    tx.conn.execute(table.delete())

        transaction(self.desk.inst, self.desk.actor.tenant, self.desk.actor, act)

    def begin(self, given: list[tuple[str, dict[str, Any]]]) -> None:
        written = self.desk.write([Create(f"o.{name}", values) for name, values in given])
        for (name, values), record in zip(given, written.records, strict=True):
            self.made(name, record.id, values)

    def made(self, form: str, key: str, values: dict[str, Any]) -> None:
        names = [name for name in FORMS[form]["record"]["properties"] if name not in KEPT[form]]
        row = {"deleted": False, "state": "draft" if form == "report" else "active", **dict.fromkeys(names), **values}
        self.oracle.rows[form][key] = row

    def pick(self, form: str, number: int) -> str | None:
        keys = list(self.oracle.rows[form])
        return keys[number % len(keys)] if keys else None

    def line(self, a: int, b: int, c: int) -> dict[str, Any]:
        hours = None if c % 7 == 0 else Decimal(c) / 10
        return {"contract": self.pick("contract", a), "price": self.pick("price", b), "hours": hours}

    def op(self, kind: int, a: int, b: int, c: int) -> tuple[Op, str, dict[str, Any]] | None:
        if kind == 0:
            return Create("o.contract", {"project": self.pick("project", a)}), "contract", {}
        if kind in (1, 2):
            lines = [self.line(a + n, b + n, c + n) for n in range(1 + c % 3)]
            return Create("o.report", {"lines": lines}, submit=kind == 1), "report", {}
        if kind == 3:
            return self.change("contract", a, {"project": None if b % 5 == 0 else self.pick("project", b)})
        if kind == 4 and b % 3:
            return self.change("price", a, {"each": Decimal(c)})
        if kind == 4:
            return self.change("project", a, {"budget": Decimal(c * 20)})
        if kind == 5:
            return self.change("folder", a, {"up": None if b % 4 == 0 else self.pick("folder", b)})
        if kind == 6:
            return self.change("folder", a, {"size": c})
        if kind == 7:
            return Create("o.folder", {"size": c, "up": self.pick("folder", a)}), "folder", {}
        if kind == 8:
            return self.change("report", a, {"lines": [self.line(b, a, c)]})
        form = ("report", "folder", "contract", "report")[b % 4]
        key = self.pick(form, a)
        event = {9: ("submit", "void")[c % 2] if form == "report" else "delete", 10: "delete", 11: "restore"}[kind]
        return (Transition(f"o.{form}", key, event), form, {}) if key else None  # type: ignore[arg-type]

    def change(self, form: str, number: int, values: dict[str, Any]) -> tuple[Op, str, dict[str, Any]] | None:
        key = self.pick(form, number)
        return (Update(f"o.{form}", key, values), form, values) if key else None

    def play(self, steps: list[tuple[int, int, int, int]]) -> None:
        found = [each for step in steps if (each := self.op(*step)) is not None]
        before = deepcopy(self.oracle.rows)
        try:
            written = self.desk.write([op for op, _, _ in found])
        except (Invalid, Conflict, NotFound):
            self.oracle.rows = before
            return
        for (op, form, _), record in zip(found, written.records, strict=True):
            self.apply(op, form, record.id)

    def apply(self, op: Op, form: str, key: str) -> None:
        if isinstance(op, Create):
            self.made(form, key, dict(op.values))
            self.oracle.rows[form][key]["state"] = "approved" if op.submit else "draft"
        elif isinstance(op, Update):
            self.oracle.rows[form][key].update(op.changes)
        elif op.event in ("delete", "restore"):
            self.oracle.rows[form][key]["deleted"] = op.event == "delete"
        else:
            self.oracle.rows[form][key]["state"] = {"submit": "approved", "void": "voided"}[op.event]

    def stored(self) -> dict[tuple[str, str], dict[str, Any]]:
        def act(tx: Any) -> dict[tuple[str, str], dict[str, Any]]:
            ws = WriteSet(tx, self.desk.inst.catalog.live(tx))
            return {
                (form, key): {name: RowEnv(ws, change).get("self", (name,)) for name in KEPT[form]}
                for form in FORMS
                for key, change in ws.load(f"o.{form}", self.oracle.rows[form]).items()
            }

        return transaction(self.desk.inst, self.desk.actor.tenant, self.desk.actor, act, write=False)

    def doctored(self) -> list[doctor.Finding]:
        def act(tx: Any) -> list[doctor.Finding]:
            return doctor.check(tx, self.desk.inst.catalog.live(tx))

        return transaction(self.desk.inst, self.desk.actor.tenant, self.desk.actor, act, write=False)


@pytest.fixture
def told(publish: Callable[..., None], desk: Desk) -> Desk:
    publish(o=FORMS)
    return desk


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=SCRIPTS)
def test_everything_kept_is_what_the_inputs_say(told: Desk, script: Script) -> None:
    story = Story(told)
    for steps in script:
        story.play(steps)
        assert story.stored() == story.oracle.expected()
    assert story.doctored() == []
