"""Writers of one file take turns in the order in which they asked."""

from __future__ import annotations

import threading
import time

import pytest

from dougong.kernel.errors import Busy
from dougong.storage.database import TenantStore
from dougong.storage.fifo import FairLock, lock_of
from dougong.storage.own import counter


def test_whoever_asks_first_goes_first() -> None:
    lock, order = FairLock(), []

    def work(number: int) -> None:
        with lock.turn():
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    with lock.turn():
        for number, thread in enumerate(threads):
            thread.start()
            while len(lock._waiting) != number + 1:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(12))


def test_a_turn_that_does_not_come_is_busy_and_lets_the_next_one_in() -> None:
    lock = FairLock()
    gone: list[str] = []

    def impatient() -> None:
        try:
            with lock.turn(timeout=0.01):
                gone.append("in")
        except Busy:
            gone.append("busy")

    with lock.turn():
        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join()
    assert gone == ["busy"]
    with lock.turn(timeout=0.01):
        gone.append("next")
    assert gone == ["busy", "next"]


def test_a_second_turn_in_one_thread_is_a_mistake_not_a_deadlock() -> None:
    lock = FairLock()
    with lock.turn(), pytest.raises(RuntimeError), lock.turn():
        raise AssertionError("never inside")


def test_a_file_has_one_lock() -> None:
    assert lock_of("/a/b") is lock_of("/a/b")
    assert lock_of("/a/b") is not lock_of("/a/c")


def test_many_writers_lose_no_update(tenant_store: TenantStore) -> None:
    with tenant_store.write() as conn:
        conn.execute(counter.insert().values(key="n", value=0))

    def work() -> None:
        for _ in range(5):
            with tenant_store.write() as conn:
                row = counter.select().where(counter.c.key == "n").with_for_update()
                value = conn.execute(row).one().value
                conn.execute(counter.update().where(counter.c.key == "n").values(value=value + 1))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_store.read() as conn:
        assert conn.execute(counter.select()).one().value == 40
