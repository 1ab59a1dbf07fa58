"""The power goes, or the disk refuses a call: what was acknowledged is there when the firm opens again, whole, and what was
not is whole or absent. SQLite only: of a PostgreSQL's files its server takes care."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.actions.run_jobs import run_jobs
from dougong.kernel.errors import DougongError
from dougong.kernel.settings import Settings
from tests.faults import ledger
from tests.faults.firm import ENTRY, ORDER, open_firm
from tests.faults.traced import Call, after_power_cut, recorded, strace


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def budget(data: Path) -> str:
    """The budget of a firm that has been set up and closed."""
    inst = Installation.open(Settings(data=data))
    create_tenant(inst, "demo", title="演示", admin="admin@demo.test", password="correct horse")
    budget = open_firm(inst, limit=10**9)["budget"]
    inst.close()
    return budget


def test_the_power_goes_at_any_moment(request: pytest.FixtureRequest, data: Path, budget: str, tmp_path: Path) -> None:
    nightly = request.config.getoption("--nightly")
    cuts = int(os.environ.get("POWER_CUTS", "2000" if nightly else "25"))
    before = tmp_path / "before"
    shutil.copytree(data, before)
    orders = 60 if nightly else 20
    calls = recorded(data, tmp_path / "trace", ["tests.faults.writing", str(data), budget, str(orders)])
    assert sum(each.kind == "said" for each in calls) == orders
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    for cut in range(cuts):
        assert _lost_by_cut(calls, before, tmp_path / f"disk-{cut}", rng) == set(), f"seed {seed}, cut {cut}"
    deaf = [each for each in calls if each.kind != "sync"]
    assert any(_harmed_by_cut(deaf, before, tmp_path / f"deaf-{cut}", rng) for cut in range(20)), (
        "a disk that never synchronises must lose something, or the cuts are badly made"
    )


def _lost_by_cut(calls: Sequence[Call], before: Path, disk: Path, rng: random.Random) -> set[str]:
    """The power goes after one of these calls, often just after something was said: what is lost of what was told."""
    said = [number for number, each in enumerate(calls) if each.kind == "said"]
    end = rng.choice((rng.randrange(len(calls)), rng.choice(said) + 1))
    after_power_cut(calls[:end], before, disk, rng)
    told = {each.data.decode().split()[1] for each in calls[:end] if each.kind == "said"}
    lost = _lost(disk, told)
    shutil.rmtree(disk)
    return lost


def _harmed_by_cut(calls: Sequence[Call], before: Path, disk: Path, rng: random.Random) -> bool:
    try:
        return bool(_lost_by_cut(calls, before, disk, rng))
    except (AssertionError, DBAPIError, DougongError):
        return True


def _lost(disk: Path, told: set[str]) -> set[str]:
    """Which of the orders that were told are not there; the file is sound and the doctor finds nothing."""
    with _opened(disk) as inst:
        with inst.database.tenant("demo").read() as conn:
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        run_jobs(inst, "demo")  # seals what the program left unsealed
        assert ledger.sound(inst)
        orders = ledger.every(inst, ORDER)
        handed = [each for each in orders if each["state"] == "in_approval"]
        assert len(ledger.every(inst, ENTRY)) == 2 * len(handed)
        return told - {each["values"]["name"] for each in handed}


@contextmanager
def _opened(disk: Path) -> Iterator[Installation]:
    inst = Installation.open(Settings(data=disk))
    try:
        yield inst
    finally:
        inst.close()


FAULTS = [("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("ftruncate", "EIO")]


@pytest.mark.parametrize(("call", "error"), FAULTS)
def test_the_disk_refuses_one_call(
    request: pytest.FixtureRequest, data: Path, budget: str, tmp_path: Path, call: str, error: str
) -> None:
    numbers = range(1, 121, 3) if request.config.getoption("--nightly") else [random.randrange(2, 40)]
    for number in numbers:
        disk = tmp_path / f"disk-{number}"
        shutil.copytree(data, disk)
        inject = ["-qq", "-o", "/dev/null", "-P", str(disk / "tenants" / "demo.sqlite-wal")]
        inject += ["-P", str(disk / "tenants" / "demo.sqlite"), "-e", f"trace={call}"]
        inject += ["-e", f"inject={call}:error={error}:when={number}"]
        said = strace(inject, ["tests.faults.writing", str(disk), budget, "6"]).splitlines()
        told = {line.split()[1] for line in said if line.startswith("ack")}
        refused = {line.split()[1]: line.split()[2] for line in said if line.startswith("refused")}
        assert len(told) + len(refused) == 6, said
        assert len(refused) <= 1, (number, said)
        assert set(refused.values()) <= {"disk_full", "disk_failing"}, said
        assert _lost(disk, told) == set(), (number, said)
        shutil.rmtree(disk)
