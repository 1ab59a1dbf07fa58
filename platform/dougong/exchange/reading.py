"""A file of a stranger as a table: checked by its bytes, then read by a child process into lines of JSON
(`reading_child` has their form). One rule: whatever is wrong with the file is a refusal with a sentence; memory and time
are bounded whatever it says of itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ..kernel.errors import DougongError, Malformed, TooLarge
from . import container

#: Data rows a table may have; some more lines may stand above the header.
MOST_ROWS = 100_000
MOST_COLUMNS = 500
SECONDS = 90
_TOO_LARGE = frozenset({"too_many_rows", "too_wide", "table_too_heavy"})

Cell: TypeAlias = "str | list[str] | None"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank; `number` as the spreadsheet counts (1 = first)."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read: the sheets to choose from (none for a text), the one chosen, how many rows, how wide."""

    sheets: tuple[str, ...]
    sheet: str
    rows: int
    width: int
    encoding: str = ""
    delimiter: str = ""


def extract(source: Path, target: Path, name: str, *, limit: int, sheet: str = "") -> Extract:
    """Read a table (`sheet` of a workbook, else its first that holds anything) into `target`. Raises TooLarge, Malformed,
    Unsupported, each with a code that says what to do."""
    kind = container.kind_of(source, name, limit)
    told = _child(source, target, kind, name, sheet)
    if told["rows"] == 0:
        raise Malformed("no_rows", name=name)
    return Extract(
        tuple(told["sheets"]), told["sheet"], told["rows"], told["width"], told["encoding"], told["delimiter"]
    )


def rows(target: Path) -> Iterator[Row]:
    """The rows of a table that was read, one after another."""
    with target.open(encoding="utf-8") as lines:
        for line in lines:
            number, cells = json.loads(line)
            yield Row(number, cells)


def text_of(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else cell[1]


def _child(source: Path, target: Path, kind: str, name: str, sheet: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "dougong.exchange.reading_child", str(source), str(target), kind, sheet]
    try:
        done = subprocess.run(
            [*words, str(MOST_ROWS + 50), str(MOST_COLUMNS)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
        told: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"error": "table_too_heavy"}
    except (subprocess.TimeoutExpired, ValueError):
        told = {"error": "table_too_heavy"}
    if "error" in told:
        raise _refused(told.pop("error"), name, told)
    return told


def _environment() -> dict[str, str]:
    """Nothing of the settings, nothing secret; only where Python finds its packages."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}


def _refused(code: str, name: str, params: dict[str, Any]) -> DougongError:
    kind = TooLarge if code in _TOO_LARGE else Malformed
    return kind(code, name=name, **params)
