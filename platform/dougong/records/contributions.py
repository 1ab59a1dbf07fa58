"""What one row gives to a roll-up or a total, before and after an act, and the netting of both
(docs/derived-values.md, One write).

One rule: every event is the same case. Insert, edit, move, change of state, deletion and restore all are a contribution
that was and one that is; where they are equal nothing above is even read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from ..formula.types import Value
from .env import RowEnv
from .fitting import fit
from .plan import Feed, Plan
from .states import COUNTED
from .write_set import RowChange, WriteSet


class Entry(NamedTuple):
    """What a row gives to a running sum: an amount on a day (None: before all days)."""

    day: date | None
    amount: Decimal


class Contribution(NamedTuple):
    """`parent` receives `value` (1 for a count of rows, an Entry for a running sum)."""

    parent: str
    value: Any


Pair: TypeAlias = tuple[Contribution | None, Contribution | None]
"""What a row gave before and gives now."""


@dataclass(slots=True)
class Net:
    """What leaves and what comes to one parent."""

    removed: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)

    def total(self) -> Decimal:
        """Difference of the sums."""
        return sum(self.added, Decimal(0)) - sum(self.removed, Decimal(0))

    def count(self) -> int:
        """Difference of the numbers of values."""
        return len(self.added) - len(self.removed)


def alive(ws: WriteSet, change: RowChange, by_state: bool, old: bool) -> bool:
    """Whether the row and its record are there, not deleted, and in a state that counts when nothing else is said."""
    row, owner = change.side(old), ws.owner_of(change).side(old)
    if row is None or owner is None or owner.get("$deleted") is not None:
        return False
    return not by_state or owner.get("$state") in COUNTED


def contribution(ws: WriteSet, plan: Plan, feed: Feed, change: RowChange, old: bool) -> Contribution | None:
    """What the row gives to the roll-up, rounded before it is added; None when it does not count or has no value."""
    if not alive(ws, change, feed.by_state, old):
        return None
    holder = ws.owner_of(change) if feed.via_owner else change
    parent = (holder.side(old) or {}).get(feed.via)
    if parent is None:
        return None
    env = RowEnv(ws, change, old=old)
    if feed.where is not None and feed.where.run(env) is not True:
        return None
    value = value_of(env, plan, feed)
    if value is None:
        return None
    if feed.amount is not None:
        value = fit(value, feed.amount)
    return Contribution(parent, value if feed.by is None else Entry(_at(env, plan, feed, feed.by), value))


def value_of(env: RowEnv, plan: Plan, feed: Feed) -> Value:
    """The value the roll-up looks at; 1 where it counts rows."""
    if feed.value is None:
        return Decimal(1)
    value = _at(env, plan, feed, feed.value)
    return Decimal(1) if feed.rollup.fn == "count" and value is not None else value


def _at(env: RowEnv, plan: Plan, feed: Feed, path: tuple[str, ...]) -> Any:
    """A value of the row, or of its record where the row has none of that name."""
    form, sub = feed.source
    anchor = "self" if sub is None or plan.first(form, sub, path) is not None else "parent"
    return env.get(anchor, path)


def net(pairs: Iterable[Pair]) -> dict[str, Net]:
    """The differences of (before, after) by parent."""
    found: dict[str, Net] = {}
    for before, after in pairs:
        if before == after:
            continue
        if before is not None:
            found.setdefault(before.parent, Net()).removed.append(before.value)
        if after is not None:
            found.setdefault(after.parent, Net()).added.append(after.value)
    return found


def best(fn: str, values: Iterable[Any]) -> Any:
    """The smallest or largest value (text by code point); None of nothing."""
    known = [each for each in values if each is not None]
    if not known:
        return None
    return min(known) if fn == "min" else max(known)
