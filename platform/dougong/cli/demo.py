"""`demo`: the demo firm, with its year and, if asked for, with much data. Progress goes to stderr."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from time import monotonic

from ..actions.create_demo import YEAR, create_demo, wants_demo
from ..actions.create_volume import create_volume, same_scale
from ..actions.load_seed import load_seed
from ..actions.sign_in import DEMO
from ..kernel.errors import Malformed
from .command import Command, House, Result

_SMALLEST, _LARGEST = 0.001, 10.0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--volume", action="store_true", help="add the data of a large firm, in projects of its own")
    parser.add_argument("--scale", type=_scale, metavar="F", help="with --volume: how much of it, 0.001 to 10 (1)")


def _scale(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not _SMALLEST <= found <= _LARGEST:
        raise ArgumentTypeError(f"{_SMALLEST} to {_LARGEST:g}")
    return found


def _demo(house: House, arguments: Namespace) -> Result:
    inst = house.inst
    if arguments.scale is not None and not arguments.volume:
        raise Malformed("scale_alone")
    scale = 1.0 if arguments.scale is None else arguments.scale
    if arguments.volume and DEMO in inst.database.tenants():
        same_scale(inst, DEMO, scale)
    if DEMO not in inst.database.tenants() or wants_demo(inst):
        create_demo(inst)
    line = _Line()
    records = sum(load_seed(inst, DEMO, YEAR, lambda done, of: line.show("2025", done, of)).values())
    if arguments.volume:
        records += create_volume(inst, DEMO, scale, line.show)
    line.end()
    return Result({"tenant": DEMO, "records": records})


class _Line:
    """How far it is: one line that is written over on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0

    def show(self, what: str, done: int, of: int) -> None:
        if done < of and monotonic() - self._last < (0.2 if self._terminal else 5):
            return
        self._last = monotonic()
        text = f"{done:>7,} / {of:,}  {what}"
        print(
            f"\r{text:<72}" if self._terminal else text, end="" if self._terminal else "\n", file=sys.stderr, flush=True
        )

    def end(self) -> None:
        if self._terminal and self._last:
            print(file=sys.stderr)


COMMANDS = (
    Command(
        "demo", "the demo firm with its year; --volume adds the data of a large firm", _demo, _arguments, reads=True
    ),
)
