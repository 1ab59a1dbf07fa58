"""How far a large act is: whoever wants to know leaves a watcher in the transaction, and the long loops of the writer count
through `watched`. One rule: watching changes nothing, and without a watcher it costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias, TypeVar

from ..storage.transaction import Transaction

T = TypeVar("T")

#: Told the share of the work that is done, from 0 to 1.
Watcher: TypeAlias = Callable[[float], None]
WATCHER: Final = "progress watcher"
#: Where each long loop begins and ends in the whole (measured with 100,000 rows of a dozen fields).
STAGES: Final[dict[str, tuple[float, float]]] = {
    "read": (0.0, 0.2),
    "apply": (0.2, 0.28),
    "judge": (0.35, 0.55),
    "trail": (0.9, 1.0),
}
#: What lies between them, when it is done.
POINTS: Final[dict[str, float]] = {"settled": 0.6, "derived": 0.7, "written": 0.85}
STEP = 500


def watched(tx: Transaction, stage: str, items: Sequence[T]) -> Iterable[T]:
    """The same items, counted."""
    watcher: Watcher | None = tx.memo.get(WATCHER)
    return items if watcher is None or len(items) < STEP else _counted(watcher, stage, items)


def reached(tx: Transaction, point: str) -> None:
    """A point between the loops."""
    watcher: Watcher | None = tx.memo.get(WATCHER)
    if watcher is not None:
        watcher(POINTS[point])


def _counted(watcher: Watcher, stage: str, items: Sequence[T]) -> Iterator[T]:
    begin, end = STAGES[stage]
    for index, item in enumerate(items):
        if index % STEP == 0:
            watcher(begin + (end - begin) * index / len(items))
        yield item
    watcher(end)
