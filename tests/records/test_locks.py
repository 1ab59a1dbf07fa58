"""Many writers at once: no value goes wrong, no limit is passed, nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.transaction import transaction
from dougong.kernel.errors import Conflict, DougongError, Invalid, NotFound
from dougong.records import doctor, locks
from dougong.records.ops import Create, Op, Transition, Update
from tests.records.conftest import Desk
from tests.records.test_checks import ASK, CONTRACT, TICKET, WORKER

ITEM = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "price": {"type": "number", "x-type": "money"},
            "sold": {"x-rollup": {"from": "race.sale", "via": "item", "fn": "sum", "field": "count"}},
        },
    },
}
SHOP = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "up": {"type": "string", "x-ref": "race.shop", "x-ref-tree": True},
            "turnover": {"x-rollup": {"from": "race.sale", "via": "shop", "fn": "sum", "field": "worth"}},
            "best": {"x-rollup": {"from": "race.sale", "via": "shop", "fn": "max", "field": "worth"}},
            "below": {"x-rollup": {"from": "race.shop", "via": "up", "fn": "sum", "field": "whole"}},
            "whole": {"type": "number", "x-type": "money", "x-formula": "turnover + below"},
        },
    },
}
SALE = {
    "kind": "master",
    "record": {
        "type": "object",
        "properties": {
            "shop": {"type": "string", "x-ref": "race.shop"},
            "item": {"type": "string", "x-ref": "race.item"},
            "count": {"type": "integer"},
            "price": {"x-lookup": {"via": "item", "field": "price"}},
            "worth": {"type": "number", "x-type": "money", "x-formula": "count * price"},
        },
    },
    "totals": [{"name": "by_item", "key": {"item": "item"}, "values": {"worth": "sum(worth)", "mean": "avg(count)"}}],
}


@pytest.fixture(autouse=True)
def modules(publish: Callable[..., None]) -> None:
    publish(pay={"contract": CONTRACT, "ask": ASK, "ticket": TICKET, "worker": WORKER})
    publish(race={"item": ITEM, "shop": SHOP, "sale": SALE})


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at once, each on a thread; what each gave, or the refusal it met."""
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


def clean(desk: Desk) -> bool:
    def act(tx: Any) -> list[doctor.Finding]:
        return doctor.check(tx, desk.inst.catalog.live(tx))

    found = transaction(desk.inst, desk.actor.tenant, desk.actor, act, write=False)
    assert found == []
    return True


def test_of_two_requests_at_once_exactly_one_fits(desk: Desk) -> None:
    contract = desk.create("pay.contract", {"payable": 1200000})
    for _ in range(8):
        asks = [
            Create("pay.ask", {"contract": contract.id, "amount": Decimal(n)}, submit=True) for n in (1000000, 300000)
        ]
        results = together([lambda op=op: desk.write([op]) for op in asks])
        won = [each for each in results if not isinstance(each, DougongError)]
        assert len(won) == 1
        assert [type(each) for each in results if isinstance(each, DougongError)] == [Invalid]
        desk.write([Transition("pay.ask", won[0].records[0].id, "reject")])
    assert clean(desk)


def test_hours_of_a_day_never_pass_the_limit(desk: Desk) -> None:
    workers = [desk.create("pay.worker", {"name": str(n)}).id for n in range(3)]

    def ticket(seed: int) -> Any:
        order = random.Random(seed).sample(workers, 3)
        rows = [{"worker": each, "hours": 7} for each in order]
        return desk.write([Create("pay.ticket", {"day": "2025-08-04", "lines": rows}, submit=True)])

    results = together([lambda seed=seed: ticket(seed) for seed in range(8)])
    assert sum(not isinstance(each, DougongError) for each in results) == 3
    assert clean(desk)


def test_sixteen_writers_leave_everything_exact(desk: Desk) -> None:
    rng = random.Random(7)
    shops = [desk.create("race.shop", {}).id for _ in range(6)]
    items = [desk.create("race.item", {"price": Decimal(n)}).id for n in (1, 2)]
    sales = [desk.create("race.sale", {"shop": rng.choice(shops), "item": items[0], "count": 1}).id for _ in range(12)]

    def op() -> Op:
        kind = rng.randrange(6)
        if kind == 0:
            return Update("race.item", rng.choice(items), {"price": Decimal(rng.randrange(1, 9))})
        if kind == 1:
            return Update("race.shop", rng.choice(shops), {"up": rng.choice([None, *shops])})
        if kind == 2:
            return Create(
                "race.sale", {"shop": rng.choice(shops), "item": rng.choice(items), "count": rng.randrange(9)}
            )
        if kind == 3:
            return Update("race.sale", rng.choice(sales), {"shop": rng.choice(shops)})
        if kind == 4:
            return Update("race.sale", rng.choice(sales), {"item": rng.choice(items), "count": rng.randrange(9)})
        return Transition("race.sale", rng.choice(sales), rng.choice(["delete", "restore"]))

    def writer(some: list[list[Op]]) -> Callable[[], int]:
        def run() -> int:
            done = 0
            for each in some:
                try:
                    desk.write(each)
                    done += 1
                except (Invalid, Conflict, NotFound):
                    pass
            return done

        return run

    results = together([writer([[op() for _ in range(rng.randrange(1, 3))] for _ in range(6)]) for _ in range(16)])
    assert not [each for each in results if isinstance(each, DougongError)]
    assert sum(results) > 48
    assert clean(desk)


def test_opposite_moves_in_a_tree_cannot_make_a_circle(desk: Desk) -> None:
    for _ in range(4):
        one, two = (desk.create("race.shop", {}).id for _ in range(2))
        moves = [Update("race.shop", one, {"up": two}), Update("race.shop", two, {"up": one})]
        results = together([lambda move=move: desk.write([move]) for move in moves])
        assert sum(isinstance(each, Invalid) for each in results) == 1
    assert clean(desk)


def test_one_write_set_in_a_transaction(desk: Desk) -> None:
    def act(tx: Any) -> None:
        model = desk.inst.catalog.live(tx)
        locks.settle(tx, model, lambda ws: None)
        with pytest.raises(RuntimeError):
            locks.settle(tx, model, lambda ws: None)

    transaction(desk.inst, desk.actor.tenant, desk.actor, act)
