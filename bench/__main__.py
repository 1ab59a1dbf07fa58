"""`python -m bench`: both sides side by side, as a table or as JSON."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
from pathlib import Path

from .houses import house
from .server import Server
from .sides import Dougong, Reference
from .work import WORK, Figure, agree, measure


def main() -> int:
    """Measure, print, 0 when every target is met."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = _run(Path(folder), arguments)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for each in found:
            mark = "" if each["met"] else "  missed"
            print(
                f"{each['work']:<46}{each['reference_ms']:>10.2f} ms{each['dougong_ms']:>10.2f} ms"
                f"{each['ratio']:>8.2f}{each['target']:>8.2f}{mark}"
            )
    return 0 if all(each["met"] for each in found) else 1


def _run(folder: Path, arguments: argparse.Namespace) -> list[dict[str, object]]:
    _say(f"loading {arguments.rows:,} rows into both sides …")
    built = house(folder, arguments.rows, arguments.postgres)
    with (
        Server("reference", built.url) as theirs,
        Server("dougong", str(built.data), built.environment) as ours,
    ):
        sides = Reference(theirs), Dougong(ours, built.token)
        agree(*sides)
        _say(
            f"started in {ours.started:.2f} s, {ours.memory():.0f} MB; reference {theirs.started:.2f} s, {theirs.memory():.0f} MB"
        )
        _say(f"rows a second: reference {built.loaded['reference']:,.0f}, dougong {built.loaded['dougong']:,.0f}")
        numbers = itertools.count(10_000_000)
        figures: list[Figure] = []
        for work in WORK:
            if work.rows > arguments.rows or (arguments.only and work.act not in arguments.only):
                continue
            _say(work.title)
            figures.append(measure(work, (theirs, ours), sides, arguments.rounds, lambda: next(numbers)))
        agree(*sides)
    return [each.as_json() for each in figures]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Dougong beside the same forms written by hand."
    )
    parser.add_argument("--rows", type=int, default=10_000, help="entries in both databases before it begins (10,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (5)")
    parser.add_argument("--only", action="append", help="one act alone; may be given several times")
    parser.add_argument("--postgres", default="", metavar="URL", help="a PostgreSQL server instead of SQLite")
    parser.add_argument("--json", action="store_true")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
