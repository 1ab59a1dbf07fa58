"""One key, one act, one answer."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from dougong.kernel.actor import Actor
from dougong.kernel.errors import KeyReused
from dougong.storage import idempotency
from dougong.storage.database import TenantStore
from dougong.storage.own import counter
from tests.storage.bench import Bench


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    return Bench(tenant_store)


def once(bench: Bench, key: str = "k", body: str = "b", member: str | None = None) -> object:
    """An act that counts how often it happened."""
    with bench.act() as tx:
        if member is not None:
            tx.actor = replace(Actor("member", "demo"), member=member)
        stored = idempotency.claim(tx, key, body)
        if stored is not None:
            return stored.body
        count = len(tx.conn.execute(counter.select()).all())
        tx.conn.execute(counter.insert().values(key=str(count), value=0))
        idempotency.store(tx, key, 201, {"count": count, "rows": [1, 2]})
        return "acted"


def test_the_second_gets_the_answer_of_the_first(bench: Bench) -> None:
    assert [once(bench), once(bench)] == ["acted", {"count": 0, "rows": [1, 2]}]


def test_another_body_is_refused(bench: Bench) -> None:
    once(bench)
    with pytest.raises(KeyReused):
        once(bench, body="other")


def test_another_member_has_keys_of_its_own(bench: Bench) -> None:
    assert [once(bench, member="a"), once(bench, member="b"), once(bench)] == ["acted"] * 3


def test_an_act_that_failed_leaves_the_key_free(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError), bench.act() as tx:
        idempotency.claim(tx, "k", "b")
        raise ZeroDivisionError
    assert once(bench) == "acted"


def test_of_many_at_once_one_acts_and_all_get_its_answer(bench: Bench) -> None:
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(once(bench))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("acted") == 1
    assert answers.count({"count": 0, "rows": [1, 2]}) == 7


def test_old_keys_are_forgotten(bench: Bench) -> None:
    once(bench)
    with bench.act() as tx:
        assert idempotency.forget(tx, tx.now) == 0
        assert idempotency.forget(tx, tx.now.replace(year=2027)) == 1
    assert once(bench) == "acted"
