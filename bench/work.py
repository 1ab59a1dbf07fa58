"""What is measured of requests: one line each, with the most it may cost beside the reference."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .server import Server
from .sides import Dougong, Reference


@dataclass(frozen=True)
class Work:
    """`act` is the method both sides have (with `ready_<act>` where something is needed first), `times` how often a round
    does it, `most` the target: server CPU as a multiple of the reference's. `rows`: only with at least so many entries."""

    title: str
    act: str
    times: int
    most: float
    rows: int = 0
    same: bool = False


WORK = (
    Work("create, JSON API", "create", 100, 1.7),
    Work("create, HTML form", "form", 50, 1.8),
    Work("list API, 50 rows, filter + sort, page 1", "listed", 60, 1.0, same=True),
    Work("list API, page 1, a million rows", "listed", 20, 0.15, rows=1_000_000),
    Work("list API, page 500", "far", 20, 0.15, rows=1_000_000),
    Work("list page, HTML", "list_page", 50, 1.5),
    Work("new page, 15 fields", "new_page", 50, 1.2),
    Work("edit page, 15 fields", "edit_page", 50, 1.2),
    Work("sum by project and category", "sums", 10, 0.05, rows=100_000, same=True),
)


@dataclass
class Figure:
    """CPU seconds a request of both sides, and their ratio, by round; `wall` is what the client waited."""

    title: str
    most: float
    reference: list[float] = field(default_factory=list)
    dougong: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        pairs = zip(self.dougong, self.reference, strict=True)
        return statistics.median(ours / theirs if theirs else float("inf") for ours, theirs in pairs)

    def as_json(self) -> dict[str, Any]:
        return {
            "work": self.title, "reference_ms": round(statistics.median(self.reference) * 1000, 3),
            "dougong_ms": round(statistics.median(self.dougong) * 1000, 3), "ratio": round(self.ratio, 3),
            "target": self.most, "met": self.ratio <= self.most,
        }  # fmt: skip


class Different(Exception):
    """Both sides gave different rows or sums: nothing may be compared."""


def agree(reference: Reference, dougong: Dougong) -> None:
    """Raises Different unless both sides hold the same entries: the sums, the days and amounts of page 1."""
    if reference.sums(0) != dougong.sums(0):
        raise Different("sums")
    ours, theirs = dougong.listed(0), reference.listed(0)
    if sorted(ours)[1:] != sorted(theirs)[1:] and [row[0] for row in ours] != [row[0] for row in theirs]:
        raise Different("page 1")


def measure(
    work: Work, servers: Sequence[Server], sides: Sequence[Any], rounds: int, numbers: Callable[[], int]
) -> Figure:
    """Rounds in turns: every second round the other side begins."""
    figure = Figure(work.title, work.most)
    for turn in range(rounds + 1):
        order = (0, 1) if turn % 2 else (1, 0)
        first = numbers()
        spent = {each: _spent(work, servers[each], sides[each], first) for each in order}
        if turn:  # the first round warms both
            figure.reference.append(spent[0][0])
            figure.dougong.append(spent[1][0])
            figure.wall.append(spent[1][1])
        for _ in range(work.times - 1):
            numbers()
    return figure


def _spent(work: Work, server: Server, side: Any, first: int) -> tuple[float, float]:
    ready, act = getattr(side, f"ready_{work.act}", None), getattr(side, work.act)
    if ready is not None:
        for n in range(work.times):
            ready(first + n)
    cpu, begun = server.cpu(), time.perf_counter()
    for n in range(work.times):
        act(first + n)
    return (server.cpu() - cpu) / work.times, (time.perf_counter() - begun) / work.times
