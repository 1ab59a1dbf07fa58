"""Jobs are done once, whoever wakes up and however often."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from dougong.kernel.errors import Conflict
from dougong.storage import jobs, own
from dougong.storage.database import TenantStore
from dougong.storage.jobs import Job
from dougong.storage.transaction import Transaction
from tests.storage.bench import Bench


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    return Bench(tenant_store)


def later(tx: Transaction, minutes: float) -> Transaction:
    tx.now += timedelta(minutes=minutes)
    return tx


def claimed(bench: Bench, minutes: float = 0) -> Job | None:
    with bench.act() as tx:
        return jobs.claim(later(tx, minutes))


def test_a_job_is_taken_once_and_finished(bench: Bench) -> None:
    with bench.act() as tx:
        jobs.enqueue(tx, "mail", {"to": "a"})
    job = claimed(bench)
    assert job is not None
    assert (job.kind, job.payload, job.fence) == ("mail", {"to": "a"}, 1)
    assert claimed(bench) is None
    with bench.act() as tx:
        jobs.finish(tx, job)
    assert claimed(bench, 60) is None


def test_a_job_waits_until_it_is_due(bench: Bench) -> None:
    with bench.act() as tx:
        jobs.enqueue(tx, "mail", {}, due_at=tx.now + timedelta(minutes=5))
    assert claimed(bench, 4) is None
    assert claimed(bench, 5) is not None


def test_whoever_lost_the_lease_can_finish_nothing(bench: Bench) -> None:
    with bench.act() as tx:
        jobs.enqueue(tx, "mail", {})
    slow = claimed(bench)
    quick = claimed(bench, 3)
    assert slow is not None
    assert quick is not None
    assert quick.fence == slow.fence + 1
    with pytest.raises(Conflict), bench.act() as tx:
        jobs.finish(tx, slow)
    with bench.act() as tx:
        jobs.finish(tx, quick)


def test_a_job_that_keeps_failing_is_parked_with_its_reason_and_can_be_retried(bench: Bench) -> None:
    with bench.act() as tx:
        jobs.enqueue(tx, "mail", {})
    for minutes in (0, 10, 20):
        job = claimed(bench, minutes)
        assert job is not None
        with bench.act() as tx:
            jobs.fail(later(tx, minutes), job, "no server")
    assert claimed(bench, 60) is None
    with bench.act() as tx:
        row = tx.conn.execute(select(own.job)).one()
        assert (row.state, row.error) == ("dead", "no server")
        assert jobs.retry(tx, row.id)
    assert claimed(bench) is not None


def test_a_job_that_kills_its_worker_is_parked_after_three_tries(bench: Bench) -> None:
    with bench.act() as tx:
        jobs.enqueue(tx, "import", {})
    assert all(claimed(bench, 3 * number) for number in range(3))
    assert claimed(bench, 30) is None
    with bench.act() as tx:
        assert tx.conn.execute(select(own.job.c.state)).scalar_one() == "dead"


def test_one_key_is_one_job(bench: Bench) -> None:
    with bench.act() as tx:
        assert jobs.enqueue(tx, "mail", {}, unique_key="a") is not None
        assert jobs.enqueue(tx, "mail", {}, unique_key="a") is None


def test_messages_of_the_outbox_become_jobs_once(bench: Bench) -> None:
    with bench.act() as tx:
        tx.outbox("alert", {"form": "m.ask"})
    for expected in (1, 0):
        with bench.act() as tx:
            assert jobs.dispatch(tx) == expected
    job = claimed(bench)
    assert job is not None
    assert job.payload == {"form": "m.ask"}


def test_an_act_that_fails_leaves_no_message(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError), bench.act() as tx:
        tx.outbox("alert", {})
        tx.flush()
        raise ZeroDivisionError
    with bench.act() as tx:
        assert jobs.dispatch(tx) == 0


def test_workers_at_once_share_the_jobs_without_overlap(bench: Bench) -> None:
    with bench.act() as tx:
        for number in range(20):
            jobs.enqueue(tx, "mail", {"number": number})
    taken: list[int] = []

    def work() -> None:
        while (job := claimed(bench)) is not None:
            taken.append(job.payload["number"])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(20))
