"""The kinds a formula's values can have, and what evaluation is given from outside.

Values are canonical Python values: Decimal, str, bool, date, aware datetime in UTC, time without a zone, tuple for lists,
id strings for records, members and departments, anything JSON for json. Blank text does not exist: it is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from .worktime import Calendar


class Kind(StrEnum):
    """What a value is, whatever field it came from."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    LIST = "list"
    RECORD = "record"
    MEMBER = "member"
    DEPARTMENT = "department"
    JSON = "json"
    ROWS = "rows"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Type:
    """`scale`: places a number holds exactly (None = up to ten); `item`: what a list holds; `form`: "module.form" a
    record id points to (None = any)."""

    kind: Kind
    scale: int | None = None
    item: Type | None = None
    form: str | None = None

    def __str__(self) -> str:
        return self.kind.value


NUMBER = Type(Kind.NUMBER)
INTEGER = Type(Kind.NUMBER, scale=0)
TEXT = Type(Kind.TEXT)
BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)
DATETIME = Type(Kind.DATETIME)
TIME = Type(Kind.TIME)
MEMBER = Type(Kind.MEMBER)
DEPARTMENT = Type(Kind.DEPARTMENT)
NULL = Type(Kind.NULL)

#: None, Decimal, str, bool, date, datetime, time, a tuple of these, or JSON.
Value: TypeAlias = Any
Anchor = Literal["self", "parent", "holder"]


@dataclass(frozen=True, slots=True)
class Ref:
    """A name resolved: `anchor` is the row itself, the record owning that row, or the record that holds a lookup."""

    anchor: Anchor
    path: tuple[str, ...]
    type: Type


class People(Protocol):
    """What formulas may ask about members; answers are those of the moment of evaluation."""

    def in_role(self, role: str) -> bool:
        """Whether the actor holds the role now."""
        ...

    def departments(self) -> tuple[str, ...]:
        """The actor's departments, main one first."""
        ...

    def department_of(self, member: str) -> str | None:
        """A member's main department."""
        ...

    def superior_of(self, member: str) -> str | None:
        """A member's superior."""
        ...

    def my(self, group: str) -> bool:
        """Whether the actor is a member in force of this group record."""
        ...


@dataclass(frozen=True)
class Context:
    """The moment of evaluation: today is `now` in `zone`; `calendars` by name, "" is the tenant's own."""

    now: datetime
    zone: ZoneInfo
    me: str | None = None
    people: People | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The date in the tenant's zone."""
        return self.now.astimezone(self.zone).date()
