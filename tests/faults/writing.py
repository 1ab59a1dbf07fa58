"""A program that writes orders one after another and says of each what became of it, for those who watch its calls to the
system: `python -m tests.faults.writing DATA BUDGET COUNT`. Each line is `ack NAME` or `refused NAME CODE`.

One rule: one thread, and a line only when the program has returned."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.kernel.errors import DougongError
from dougong.kernel.settings import Settings
from tests.faults.firm import FIRM, ORDER

LINES = [{"what": "a", "count": 2, "price": Decimal(5)}, {"what": "b", "count": 1, "price": Decimal(20)}]


def write(data: str, budget: str, count: int) -> None:
    """So many orders, all handed in."""
    inst = Installation.open(Settings(data=Path(data)))
    for number in range(count):
        name = f"n{number}"
        try:
            create_record(inst, FIRM, ORDER, {"name": name, "budget": budget, "lines": LINES}, submit=True)
            _say(f"ack {name}")
        except DougongError as error:
            _say(f"refused {name} {error.code}")
    inst.close()


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
