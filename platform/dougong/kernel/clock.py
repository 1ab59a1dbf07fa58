"""The injected clock: nothing else in the house asks the machine for the time of day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


class FixedClock:
    """A clock that stands still until moved; scenarios and tests live by it."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Move to an aware instant."""
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = now.astimezone(timezone.utc)

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self._now += step
