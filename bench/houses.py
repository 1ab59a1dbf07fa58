"""Both sides made ready: the same projects and the same entries in a database each. One rule: Dougong's rows come in by its
own import, never past it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from dougong.actions.add_user import add_user
from dougong.actions.installation import Installation
from dougong.kernel.actor import operator
from dougong.kernel.settings import Settings

from . import reference
from .rows import PROJECTS, project, table
from .sides import CLERK, PASSWORD

ROOT = Path(__file__).parents[1]
MODULE = ROOT / "bench" / "modules" / "bench"
#: Rows of one file that is imported.
PART = 100_000


@dataclass(frozen=True)
class House:
    """Where both sides keep their data: `url` of the reference, `data` and `environment` of Dougong, a clerk's `token`."""

    url: str
    data: Path
    environment: dict[str, str]
    token: str
    loaded: dict[str, float]


def house(folder: Path, rows: int, postgres: str = "") -> House:
    """Both sides with `rows` entries; `loaded` is how many rows a second each took in. `postgres`: URL of a server."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "dougong"
    url = f"sqlite:///{folder / 'reference.db'}"
    environment = {"DOUGONG_DATA": str(data), "DOUGONG_LOG_LEVEL": "ERROR"}
    if postgres:
        url = _database(postgres, "bench_reference")
        environment["DOUGONG_DATABASE_URL"] = _database(postgres, "bench_dougong")
    reference.make(url, [project(n) for n in range(PROJECTS)])
    _dougong(environment, "tenant", "create", "bench", "--title", "基准", "--admin", "admin@bench.test")
    _dougong(environment, "module", "apply", str(MODULE), "--tenant", "bench")
    _clerk(environment)
    names = folder / "projects.csv"
    names.write_text("name\n" + "".join(f"{project(n)}\n" for n in range(PROJECTS)), encoding="utf-8")
    _dougong(environment, "records", "import", "bench.project", str(names), "--tenant", "bench")
    token = _dougong(environment, "token", "create", "--tenant", "bench", "--user", CLERK).strip()
    return House(url, data, environment, token, _load(folder, rows, url, environment))


def _load(folder: Path, rows: int, url: str, environment: dict[str, str]) -> dict[str, float]:
    spent = {"reference": 0.0, "dougong": 0.0}
    for start in range(0, rows, PART):
        text_ = table(start, min(PART, rows - start))
        file = folder / "entries.csv"
        file.write_text(text_, encoding="utf-8")
        begun = time.perf_counter()
        reference.load(url, text_)
        spent["reference"] += time.perf_counter() - begun
        begun = time.perf_counter()
        _dougong(environment, "records", "import", "bench.entry", str(file), "--tenant", "bench")
        spent["dougong"] += time.perf_counter() - begun
    return {side: rows / seconds if seconds else 0.0 for side, seconds in spent.items()}


def _clerk(environment: dict[str, str]) -> None:
    inst = Installation.open(Settings.from_environment(environment))
    add_user(inst, operator("bench"), CLERK, name="成本员", give=["clerk"], password=PASSWORD)
    inst.close()


def _dougong(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dougong", *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def _database(server: str, name: str) -> str:
    """A fresh database of a server that is there."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        conn.execute(text(f'CREATE DATABASE "{name}"'))
    url = engine.url.set(database=name).render_as_string(hide_password=False)
    engine.dispose()
    return url
