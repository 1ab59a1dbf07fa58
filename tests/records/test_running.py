"""The lowest sum that entries have come to at the end of any day (docs/derived-values.md, Running sums): by example, against
a few lines of plain Python, filled behind people's backs, and with two who pay at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong.actions.transaction import transaction
from dougong.kernel.errors import Conflict, DougongError, Invalid, NotFound
from dougong.records import building, doctor
from dougong.records.env import RowEnv
from dougong.records.ops import Create, Op, Transition, Update
from dougong.records.record import Record
from dougong.records.write_set import WriteSet
from tests import makers
from tests.records.conftest import Desk

MONEY = {"type": "number", "x-type": "money"}
DAY = {"type": "string", "format": "date"}


def form(kind: str = "master", checks: Iterable[Any] = (), **properties: Any) -> dict[str, Any]:
    return {"kind": kind, "record": {"type": "object", "properties": properties}, "checks": list(checks)}


def ref(to: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "x-ref": f"r.{to}", **more}


def running(source: str, via: str, field: str, by: str, fn: str = "lowest_running", **more: Any) -> dict[str, Any]:
    return {"x-rollup": {"from": f"r.{source}", "via": via, "fn": fn, "field": field, "by": by, **more}}


ENTRY = form(
    account=ref("account"),
    date=DAY,
    into=MONEY,
    out=MONEY,
    deal=ref("deal"),
    due={"x-lookup": {"via": "deal", "field": "due"}},
    change={**MONEY, "x-formula": "nz(into) - nz(out)"},
)
ACCOUNT = {
    "bank": ref("bank"),
    "name": {"type": "string"},
    "opening": MONEY,
    "may_owe": {"type": "boolean"},
}
GUARD = {
    "id": "never_negative",
    "rule": "if(may_owe, 0, low) >= 0",
    "message": "{name} would stand at {low} on {low_day}",
    "at": "opening",
}
KEPT_OF_ACCOUNT = {
    "lowest": running("entry", "account", "change", "date"),
    "low_day": running("entry", "account", "change", "date", "lowest_running_day"),
    "low": {**MONEY, "x-formula": "nz(opening) + lowest"},
}
GUARDED = {"account": form(checks=[GUARD], **ACCOUNT, **KEPT_OF_ACCOUNT), "entry": ENTRY, "deal": form(due=DAY)}
GUARDED["bank"] = form(name={"type": "string"})


@pytest.fixture
def account(publish: Callable[..., None], desk: Desk) -> Record:
    publish(r=GUARDED)
    return desk.create("r.account", {"name": "Till", "opening": Decimal(100)})


def entry(account: Record, day: str | None, change: int | None) -> Create:
    into, out = (change, None) if change is None or change > 0 else (None, -change)
    return Create("r.entry", {"account": account.id, "date": day, "into": into, "out": out})


def low(desk: Desk, account: Record) -> tuple[Any, Any]:
    values = desk.read(account).values
    return values["lowest"], values["low_day"]


def found_by_doctor(desk: Desk) -> list[doctor.Finding]:
    def act(tx: Any) -> list[doctor.Finding]:
        return doctor.check(tx, desk.inst.catalog.live(tx))

    return transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)


# ------------------------------------------------------------------------------------------------ what it means


def test_nothing_counts_as_zero_on_no_day(desk: Desk, account: Record) -> None:
    assert low(desk, account) == (0, None)
    assert desk.read(account).values["low"] == 100


def test_the_lowest_is_that_of_a_day_that_has_entries(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-01", 50)])
    assert low(desk, account) == (50, date(2025, 3, 1))
    desk.write([entry(account, "2025-03-05", -70), entry(account, "2025-03-09", 10)])
    assert low(desk, account) == (-20, date(2025, 3, 5))


def test_entries_of_one_day_count_together(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-01", -400), entry(account, "2025-03-01", 350)])
    assert low(desk, account) == (-50, date(2025, 3, 1))


def test_the_first_of_several_lowest_days_is_named(desk: Desk, account: Record) -> None:
    desk.write([entry(account, f"2025-03-0{day}", change) for day, change in ((1, -10), (2, 5), (3, -5))])
    assert low(desk, account) == (-10, date(2025, 3, 1))


def test_entries_without_a_day_count_before_all_days(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-01", 30), entry(account, None, -20)])
    assert low(desk, account) == (-20, None)


def test_another_date_alone_moves_the_lowest(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-02", 30)])
    paid = desk.write([entry(account, "2025-03-03", -40)]).records[0]
    assert low(desk, account) == (-10, date(2025, 3, 3))
    desk.update(paid, {"date": "2025-03-01"})
    assert low(desk, account) == (-40, date(2025, 3, 1))
    desk.move(paid, "delete")
    assert low(desk, account) == (30, date(2025, 3, 2))
    desk.move(paid, "restore")
    assert low(desk, account) == (-40, date(2025, 3, 1))


def test_a_back_dated_payment_that_an_earlier_day_cannot_bear_is_refused(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-02", -90), entry(account, "2025-03-20", 500)])
    with pytest.raises(Invalid) as refusal:
        desk.write([entry(account, "2025-03-10", -11)])
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.mend, problem.code) == ("/account", "/out", "check")
    assert problem.message == "Till would stand at \u22121.00 on 2025-03-10"
    desk.write([entry(account, "2025-03-10", -10)])
    desk.write([entry(account, "2025-03-20", -500)])
    assert low(desk, account) == (-100, date(2025, 3, 10))


def test_money_may_not_be_taken_back_from_under_later_payments(desk: Desk, account: Record) -> None:
    came = desk.write([entry(account, "2025-03-01", 50)]).records[0]
    desk.write([entry(account, "2025-03-02", -150), entry(account, "2025-03-03", 1000)])
    later = {"date": "2025-03-03"}
    assert desk.refused(lambda: desk.update(came, later)) == {("/account", "check")}
    assert desk.refused(lambda: desk.move(came, "delete")) == {("/account", "check")}


def test_one_act_over_many_accounts_asks_once_for_all(desk: Desk, account: Record) -> None:
    some = [desk.create("r.account", {"name": str(n), "opening": 100}) for n in range(6)]
    desk.write([entry(each, f"2025-03-{n + 1:02}", n - 3) for n in range(9) for each in some])
    assert {low(desk, each) for each in some} == {(Decimal(-6), date(2025, 3, 3))}
    assert found_by_doctor(desk) == []


# ------------------------------------------------------------------------------------------------ against plain Python

ROWS = {
    "type": "array",
    "items": {"type": "object", "properties": {"account": ref("account"), "amount": MONEY}},
}
FORMS = {
    "bank": form(
        name={"type": "string"}, worst={"x-rollup": {"from": "r.account", "via": "bank", "fn": "min", "field": "low"}}
    ),
    "account": form(
        **ACCOUNT,
        **KEPT_OF_ACCOUNT,
        by_due=running("entry", "account", "change", "due", where="nz(into) <> 3"),
        by_slip=running("slip.lines", "account", "amount", "date"),
        slip_day=running("slip.lines", "account", "amount", "date", "lowest_running_day"),
    ),
    "entry": ENTRY,
    "deal": form(due=DAY),
    "slip": form("document", date=DAY, lines=ROWS),
    "node": form(
        up=ref("node", **{"x-ref-tree": True}),
        day=DAY,
        size=MONEY,
        below=running("node", "up", "whole", "day"),
        whole={**MONEY, "x-formula": "nz(size) + below"},
    ),
}
KEPT = {
    "bank": ("worst",),
    "account": ("lowest", "low_day", "low", "by_due", "by_slip", "slip_day"),
    "entry": ("change",),
    "deal": (),
    "slip": (),
    "node": ("below", "whole"),
}
INPUTS = {
    "bank": ("name",),
    "account": ("bank", "opening"),
    "entry": ("account", "date", "into", "out", "deal"),
    "deal": ("due",),
    "slip": ("date", "lines"),
    "node": ("up", "day", "size"),
}


def lowest(entries: Iterable[tuple[str | None, Decimal]]) -> tuple[Decimal, date | None]:
    """The naive answer: the sum up to each day there is."""
    known = [(day or "", amount) for day, amount in entries]
    sums = {day: sum((amount for at, amount in known if at <= day), Decimal(0)) for day, _ in known}
    if not sums:
        return Decimal(0), None
    first = min(day for day in sums if sums[day] == min(sums.values()))
    return sums[first], date.fromisoformat(first) if first else None


class Oracle:
    """The inputs, and what follows from them."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in FORMS}

    def live(self, form: str) -> list[tuple[str, dict[str, Any]]]:
        return [(key, row) for key, row in self.rows[form].items() if not row["deleted"]]

    def entry(self, key: str) -> dict[str, Any]:
        row = self.rows["entry"][key]
        return {"change": (row["into"] or Decimal(0)) - (row["out"] or Decimal(0))}

    def account(self, key: str) -> dict[str, Any]:
        mine = [(self.entry(each)["change"], row) for each, row in self.live("entry") if row["account"] == key]
        amount, day = lowest((row["date"], change) for change, row in mine)
        due = [(self.due(row), change) for change, row in mine if (row["into"] or 0) != 3]
        slips = [row for _, row in self.live("slip") if row["state"] == "approved"]
        lines = [(row["date"], line["amount"]) for row in slips for line in row["lines"] if line["account"] == key]
        by_slip, slip_day = lowest((at, given) for at, given in lines if given is not None)
        low = (self.rows["account"][key]["opening"] or 0) + amount
        return {
            "lowest": amount, "low_day": day, "low": low,
            "by_due": lowest(due)[0], "by_slip": by_slip, "slip_day": slip_day,
        }  # fmt: skip

    def due(self, row: dict[str, Any]) -> str | None:
        return self.rows["deal"][row["deal"]]["due"] if row["deal"] else None

    def bank(self, key: str) -> dict[str, Any]:
        some = [self.account(each)["low"] for each, row in self.live("account") if row["bank"] == key]
        return {"worst": min(some, default=None)}

    def node(self, key: str) -> dict[str, Any]:
        below = [(row["day"], self.node(each)["whole"]) for each, row in self.live("node") if row["up"] == key]
        amount, _ = lowest(below)
        return {"below": amount, "whole": (self.rows["node"][key]["size"] or 0) + amount}

    def deal(self, key: str) -> dict[str, Any]:
        return {}

    slip = deal

    def expected(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(form, key): getattr(self, form)(key) for form in FORMS for key in self.rows[form]}


class Story:
    """Plays a script on the program and on the oracle."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.oracle = desk, Oracle()
        self.empty()
        for name, count in (("bank", 2), ("account", 3), ("deal", 2), ("node", 2)):
            self.play_ops([(Create(f"r.{name}", {}), name)] * count)

    def empty(self) -> None:
        def act(tx: Any) -> None:
            for tables in self.desk.inst.catalog.live(tx).tables.values():
                for table in reversed(list(tables.all_tables())):
                    tx.conn.execute(table.delete())

        transaction(self.desk.inst, self.desk.actor.tenant, self.desk.actor, act)

    def pick(self, form: str, number: int) -> str | None:
        keys = list(self.oracle.rows[form])
        return keys[number % len(keys)] if keys else None

    def values(self, form: str, a: int, b: int, c: int) -> dict[str, Any]:
        """Inputs of a record: a few days, few amounts, so that sums meet."""
        day = None if b % 6 == 0 else f"2025-03-{b % 6:02}"
        amount = None if c % 9 == 0 else Decimal(c - 12)
        if form == "bank":
            return {"name": str(c)}
        if form == "account":
            return {"bank": self.pick("bank", a), "opening": amount}
        if form == "deal":
            return {"due": day}
        if form == "slip":
            lines = [
                {"account": self.pick("account", a + n), "amount": amount and amount + 5 * n} for n in range(1 + c % 3)
            ]
            return {"date": day, "lines": lines}
        if form == "node":
            return {"up": None if a % 4 == 0 else self.pick("node", a), "day": day, "size": amount}
        deal = None if c % 4 == 0 else self.pick("deal", c)
        into, out = (amount, None) if amount is None or amount > 0 else (None, -amount)
        return {"account": self.pick("account", a), "date": day, "into": into, "out": out, "deal": deal}

    def op(self, kind: int, a: int, b: int, c: int) -> tuple[Op, str] | None:
        name = ("entry", "entry", "slip", "node", "entry", "slip", "account", "deal", "node", "entry")[kind % 10]
        if kind < 4:
            return Create(f"r.{name}", self.values(name, a, b, c), submit=name == "slip" and a % 3 > 0), name
        key = self.pick(name, a)
        if key is None:
            return None
        if kind < 10:
            changes = self.values(name, b, c, a)
            one = list(changes)[b % len(changes)]
            return Update(f"r.{name}", key, {one: changes[one]} if c % 2 else changes), name
        name = ("entry", "slip", "node", "entry")[b % 4]
        key = self.pick(name, a)
        events = {10: "delete", 11: "restore", 12: "submit" if c % 2 else "void"}
        return (Transition(f"r.{name}", key, events[kind]), name) if key else None  # type: ignore[arg-type]

    def play(self, steps: list[tuple[int, int, int, int]]) -> None:
        self.play_ops([each for step in steps if (each := self.op(*step)) is not None])

    def play_ops(self, found: list[tuple[Op, str]]) -> None:
        before = deepcopy(self.oracle.rows)
        try:
            written = self.desk.write([op for op, _ in found])
        except (Conflict, NotFound):
            self.oracle.rows = before
            return
        except Invalid as error:
            assert {each.code for each in error.problems} <= {"cycle", "reference"}
            self.oracle.rows = before
            return
        for (op, name), record in zip(found, written.records, strict=True):
            self.apply(op, self.oracle.rows[name], name, record.id)

    def apply(self, op: Op, rows: dict[str, dict[str, Any]], name: str, key: str) -> None:
        if isinstance(op, Create):
            state = "active" if name != "slip" else "approved" if op.submit else "draft"
            rows[key] = {**dict.fromkeys(INPUTS[name]), "lines": [], "deleted": False, "state": state, **op.values}
        elif isinstance(op, Update):
            rows[key].update(op.changes)
        elif op.event in ("delete", "restore"):
            rows[key]["deleted"] = op.event == "delete"
        else:
            rows[key]["state"] = {"submit": "approved", "void": "voided"}[op.event]

    def stored(self) -> dict[tuple[str, str], dict[str, Any]]:
        def act(tx: Any) -> dict[tuple[str, str], dict[str, Any]]:
            ws = WriteSet(tx, self.desk.inst.catalog.live(tx))
            return {
                (form, key): {name: RowEnv(ws, change).get("self", (name,)) for name in KEPT[form]}
                for form in FORMS
                for key, change in ws.load(f"r.{form}", self.oracle.rows[form]).items()
            }

        return transaction(self.desk.inst, self.desk.actor.tenant, self.desk.actor, act, write=False)


@pytest.fixture
def told(publish: Callable[..., None], desk: Desk) -> Desk:
    publish(r=FORMS)
    return desk


STEP = st.tuples(st.integers(0, 12), st.integers(0, 20), st.integers(0, 20), st.integers(0, 24))
SCRIPTS = st.lists(st.lists(STEP, min_size=1, max_size=4), min_size=3, max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=SCRIPTS)
def test_running_sums_are_what_the_inputs_say(told: Desk, script: list[list[tuple[int, int, int, int]]]) -> None:
    story = Story(told)
    for steps in script:
        story.play(steps)
        assert story.stored() == story.oracle.expected()
    assert found_by_doctor(told) == []


# ------------------------------------------------------------------------------------------------ publishing


def test_writers_and_the_job_end_with_the_same_running_sums(publish: Callable[..., None], desk: Desk) -> None:
    plain = {**GUARDED, "account": form(**ACCOUNT)}
    publish(r=plain)
    accounts = [desk.create("r.account", {"name": str(n), "opening": 1000}) for n in range(5)]
    paid = [desk.write([entry(accounts[n % 5], f"2025-03-{n + 1:02}", n - 6)]).records[0] for n in range(10)]
    small = replace(desk.inst, settings=replace(desk.inst.settings, build_rows=3))
    makers.publish(small, desk.actor.tenant, {"r": GUARDED})
    assert desk.rows("select count(*) from dg_building")[0][0] > 0

    def step(tx: Any) -> bool:
        return building.work(tx, desk.inst.catalog.live(tx), 2)

    number = 0
    while transaction(desk.inst, desk.actor.tenant, desk.actor, step):
        number += 1
        desk.write([entry(accounts[number % 5], f"2025-02-{number + 1:02}", -number)])
        moved = {"date": f"2025-01-{number + 1:02}", "account": accounts[(number * 3) % 5].id}
        desk.update(paid[number % 10], moved)
    assert number > 6
    assert desk.rows("select count(*) from dg_building")[0][0] == 0
    assert found_by_doctor(desk) == []


def test_going_by_another_date_computes_all_anew(publish: Callable[..., None], desk: Desk, account: Record) -> None:
    deal = desk.create("r.deal", {"due": "2025-01-01"})
    desk.write([entry(account, "2025-03-01", 70), entry(account, "2025-03-02", -90)])
    desk.write([Create("r.entry", {"account": account.id, "date": "2025-03-03", "out": 30, "deal": deal.id})])
    assert low(desk, account) == (-50, date(2025, 3, 3))
    other = deepcopy(GUARDED)
    other["account"]["record"]["properties"]["low_day"]["x-rollup"]["by"] = "due"
    publish(r=other)
    assert low(desk, account) == (-50, date(2025, 1, 1))
    assert found_by_doctor(desk) == []


def test_the_doctor_finds_and_repairs_a_wrong_running_sum(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-03-01", -70)])

    def act(tx: Any, work: Callable[..., Any]) -> Any:
        return work(tx, desk.inst.catalog.live(tx))

    def spoil(tx: Any, model: Any) -> None:
        table = model.table("r.account")
        tx.conn.execute(table.main.update().values({table.column("lowest"): Decimal(5)}))

    def run(work: Callable[..., Any]) -> Any:
        return transaction(desk.inst, desk.actor.tenant, desk.actor, lambda tx: act(tx, work))

    run(spoil)
    found = run(doctor.check)
    assert (found[0].what, found[0].name) == ("rollup", "lowest")
    run(doctor.repair)
    assert run(doctor.check) == []
    assert low(desk, account) == (-70, date(2025, 3, 1))


# ------------------------------------------------------------------------------------------------ at once


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        gate.wait()
        try:
            results[index] = acts[index]()
        except DougongError as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert not any(each.is_alive() for each in threads)
    return results


def test_of_two_back_dated_payments_at_once_exactly_one_fits(desk: Desk, account: Record) -> None:
    desk.write([entry(account, "2025-06-30", 10_000)])
    for number in range(20):
        days = f"2025-03-{number + 1:02}", f"2025-04-{number + 1:02}"
        results = together([lambda day=day: desk.write([entry(account, day, -70)]) for day in days])
        won = [each for each in results if not isinstance(each, DougongError)]
        assert len(won) == 1
        assert [type(each) for each in results if isinstance(each, DougongError)] == [Invalid]
        desk.move(won[0].records[0], "delete")
    assert found_by_doctor(desk) == []


def test_many_writers_leave_every_day_exact(desk: Desk, account: Record) -> None:
    rng = random.Random(5)
    some = [account.id, *(desk.create("r.account", {"name": str(n), "opening": 60}).id for n in range(2))]
    deals = [desk.create("r.deal", {"due": f"2025-01-0{n}"}).id for n in (1, 2)]

    def values() -> dict[str, Any]:
        day = f"2025-03-{rng.randrange(1, 9):02}"
        return {"account": rng.choice(some), "date": day, "into": rng.randrange(40), "out": rng.randrange(50)}

    made = [desk.create("r.entry", {**values(), "out": 0}).id for _ in range(8)]

    def op() -> Op:
        kind = rng.randrange(5)
        if kind == 0:
            return Create("r.entry", {**values(), "deal": rng.choice(deals)})
        if kind == 1:
            return Transition("r.entry", rng.choice(made), rng.choice(["delete", "restore"]))
        changed = values()
        keys = ("date",) if kind == 2 else ("account",) if kind == 3 else ("date", "out", "account")
        return Update("r.entry", rng.choice(made), {key: changed[key] for key in keys})

    def writer(acts: list[list[Op]]) -> Callable[[], int]:
        def run() -> int:
            done = 0
            for each in acts:
                try:
                    desk.write(each)
                    done += 1
                except (Invalid, Conflict, NotFound):
                    pass
            return done

        return run

    results = together([writer([[op() for _ in range(rng.randrange(1, 3))] for _ in range(6)]) for _ in range(10)])
    assert not [each for each in results if isinstance(each, DougongError)]
    assert sum(results) > 15
    assert found_by_doctor(desk) == []
    assert all(low >= 0 for (low,) in desk.rows("select f_low from r__account"))
