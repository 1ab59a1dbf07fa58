"""What a program asks of the system, recorded and made to fail by strace; and what a disk may hold after a power cut.

One rule: of what was written since a file was last synchronised, any part may be on the disk and any part may not."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from dougong.assets import ROOT

_CALLS = "pwrite64,write,ftruncate,fsync,fdatasync,unlink"
_LINE = re.compile(r"(\w+)\((?:(\d+)<([^>]*)>|\"([^\"]*)\")(.*)\) += (-?\d+)")
_DATA = re.compile(r', "((?:\\x[0-9a-f]{2})*)"(\.\.\.)?, (\d+)(?:, (\d+))?$')
#: A disk writes sectors of this size whole or not at all.
SECTOR = 512


@dataclass(frozen=True)
class Call:
    """One call that touched a file below the data folder (`file` is relative to it), or a line that was said."""

    kind: Literal["write", "truncate", "sync", "unlink", "said"]
    file: str = ""
    at: int = 0
    data: bytes = b""


def strace(arguments: Sequence[str], program: Sequence[str]) -> str:
    """Run a module of ours under strace; what it said. Skips where there is no strace, or it is not allowed."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace on this machine")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT)))}
    command = [found, *arguments, sys.executable, "-m", *program]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300)
    if "PTRACE" in done.stderr or "ptrace" in done.stderr:
        pytest.skip("strace is not allowed here")
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def recorded(data: Path, trace: Path, program: Sequence[str]) -> list[Call]:
    """Every call of the program that touched a file below `data`, in order, and what it said."""
    strace(["-y", "-xx", "-s", "1000000", "-e", f"trace={_CALLS}", "-o", str(trace)], program)
    calls = [_read(line, str(data)) for line in trace.read_text().splitlines()]
    return [each for each in calls if each is not None]


def _read(line: str, data: str) -> Call | None:
    found = _LINE.match(line)
    if found is None:
        return None
    name, number, path, plain, rest, result = found.groups()
    file = _text(plain) if number is None else _text(path)
    if name == "write" and number == "1":
        return Call("said", data=_bytes(rest))
    if int(result) < 0 or not file.startswith(data + "/"):
        return None
    file = file[len(data) + 1 :]
    if name == "unlink":
        return Call("unlink", file)
    if name in ("fsync", "fdatasync"):
        return Call("sync", file)
    if name == "ftruncate":
        return Call("truncate", file, int(rest.rpartition(",")[2]))
    assert name == "pwrite64", f"a file of data is written without a place: {line[:200]}"
    place = _DATA.search(rest)
    assert place is not None, line[:200]
    return Call("write", file, int(place[4]), _bytes(rest))


def _bytes(rest: str) -> bytes:
    found = _DATA.search(rest)
    assert found is not None and found[2] is None, rest[:200]
    return bytes.fromhex(found[1].replace("\\x", ""))


def _text(said: str) -> str:
    return bytes.fromhex(said.replace("\\x", "")).decode() if "\\x" in said else said


def after_power_cut(calls: Sequence[Call], before: Path, to: Path, rng: random.Random) -> None:
    """Make `to` what a disk that held `before` may hold when the power goes after these calls."""
    shutil.copytree(before, to)
    for each in to.rglob("*-shm"):
        each.unlink()
    pending: dict[str, list[Call]] = {}
    for each in calls:
        if each.kind == "sync":
            _apply(pending.pop(each.file, []), to / each.file, None)
        elif each.kind != "said" and not each.file.endswith("-shm"):
            pending.setdefault(each.file, []).append(each)
    for file, some in pending.items():
        _apply(some, to / file, rng)


def _apply(calls: Sequence[Call], path: Path, rng: random.Random | None) -> None:
    """All of these calls, or with `rng` a part of them; of a write perhaps only some sectors."""
    for each in calls:
        if rng is not None and rng.random() < 0.4:
            continue
        if each.kind == "unlink":
            path.unlink(missing_ok=True)
            continue
        with path.open("r+b" if path.exists() else "w+b") as file:
            if each.kind == "truncate":
                file.truncate(each.at)
                continue
            torn = rng is not None and rng.random() < 0.3
            for start in range(0, len(each.data), SECTOR):
                if not torn or (rng is not None and rng.random() < 0.5):
                    file.seek(each.at + start)
                    file.write(each.data[start : start + SECTOR])
