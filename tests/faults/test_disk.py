"""The disk is full, or a file may not grow: whoever asks reads so, what was acknowledged stands, and when there is room
again the same requests go through."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dougong.actions.create_tenant import create_tenant
from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.actions.transition_record import transition_record
from dougong.kernel.errors import Unstored
from dougong.kernel.settings import Settings
from tests.faults import ledger
from tests.faults.failing import failing
from tests.faults.firm import FIRM, ORDER, module, open_firm
from tests.faults.house import Call, Clients, House, house
from tests.faults.keeping import differences, kept
from tests.faults.test_processes import written

#: Bytes left free when the disk is about to be full.
LEFT = 200_000


def test_a_full_disk_is_told_as_such_and_nothing_is_half_done(installation: Installation, tenant: str) -> None:
    firm = open_firm(installation)
    before = kept(installation)
    for at in range(3, 1_000, 5):
        with failing(at, code="full") as fault:
            try:
                transition_record(installation, FIRM, ORDER, firm["order"], "submit")
            except Unstored as refused:
                assert refused.code == "disk_full"
        if not fault.hit:
            break
        assert differences(before, kept(installation)) == {}, fault.hit
    assert at > 20
    assert ledger.sound(installation)


def test_a_failing_disk_is_told_as_such(installation: Installation, tenant: str) -> None:
    firm = open_firm(installation)
    with failing(20, code="broken"), pytest.raises(Unstored) as refused:
        transition_record(installation, FIRM, ORDER, firm["order"], "submit")
    assert refused.value.code == "disk_failing"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def firm_on_disk(small_disk: Path, tmp_path: Path) -> Iterator[tuple[Installation, House, Clients]]:
    settings = Settings(data=small_disk / "data")
    settings.data.mkdir()
    inst = Installation.open(settings)
    create_tenant(inst, "demo", title="演示", admin="admin@demo.test", password="correct horse")
    ids = open_firm(inst, limit=10**9)
    with house(settings, tmp_path) as served:
        yield inst, served, Clients(create_token(inst, FIRM, "admin@demo.test"), ledger.Plan(ids["budget"]))
    inst.close()


def test_the_disk_is_full_and_then_is_not(firm_on_disk: tuple[Installation, House, Clients], small_disk: Path) -> None:
    inst, served, clients = firm_on_disk
    process = served.serve()
    filler = _filled(small_disk, LEFT)
    refused = _until_refused(clients, [process.port])
    assert {(each.status, each.answer["code"]) for each in refused} == {(507, "disk_full")}
    filler.unlink()
    _accepted_again(inst, clients, refused, process.port)


def test_a_publish_on_a_full_disk(
    firm_on_disk: tuple[Installation, House, Clients], small_disk: Path, tmp_path: Path
) -> None:
    inst, served, clients = firm_on_disk
    before = kept(inst)
    folder = written(tmp_path / "new", module(more=True))
    filler = _filled(small_disk, 20_000)
    said = _applied(served, folder)
    assert "full" in said
    assert "Traceback" not in said
    assert differences(before, kept(inst)) == {}
    filler.unlink()
    _applied(served, folder)
    assert differences(before, kept(inst)) != {}
    _accepted_again(inst, clients, [], served.serve().port)


def test_a_file_may_not_grow_any_more(system: Installation, settings: Settings) -> None:
    if settings.database_url:
        pytest.skip("the server's own files are not ours")
    ids = open_firm(system, limit=10**9)
    clients = Clients(create_token(system, FIRM, "admin@demo.test"), ledger.Plan(ids["budget"]))
    with house(settings) as served:
        largest = max(each.stat().st_size for each in settings.data.rglob("*.sqlite*")) + LEFT
        process = served.serve(largest=largest)
        refused = _until_refused(clients, [process.port])
        assert {(each.status, each.answer["code"]) for each in refused} <= {(507, "disk_failing"), (507, "disk_full")}
        process.kill()
        _accepted_again(system, clients, refused, served.serve().port)


def _filled(disk: Path, leaving: int) -> Path:
    """A file that takes all room but so many bytes."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * (shutil.disk_usage(disk).free - leaving))
    return filler


def _until_refused(clients: Clients, ports: Sequence[int]) -> list[Call]:
    """Let them write until each has been refused, or a thousand acts have gone in; what was refused."""
    for _ in range(40):
        for each in clients.run(ports, 2, threading.Event(), most=10):
            each.join(60)
        refused = [each for each in clients.calls if each.status not in (200, 201)]
        if len(refused) >= 4:
            return refused
    raise AssertionError("the disk is never full")


def _accepted_again(inst: Installation, clients: Clients, refused: Sequence[Call], port: int) -> None:
    """What was acknowledged stands, what was refused left nothing; asked again, with the same keys, it goes in."""
    assert ledger.compare(inst, clients.calls) == []
    for each in refused:
        clients.send(port, each)
    assert {each.status for each in clients.calls} <= {200, 201}
    assert ledger.compare(inst, clients.calls) == []
    assert ledger.sound(inst)


def _applied(served: House, folder: Path) -> str:
    process = served.start("module", "apply", str(folder), "--tenant", "demo", "--allow-loss")
    process.wait(60)
    return process.log.read_text()
