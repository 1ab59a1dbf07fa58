"""What a caller may ask of the record store: create, update, or move a record along its life. One rule: an operation is
plain data with JSON-level values exactly as they were sent, so problems can point into what the sender wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Event = Literal["submit", "approve", "reject", "withdraw", "void", "close", "disable", "enable", "delete", "restore"]


@dataclass(frozen=True, slots=True)
class Create:
    """A new record. `values` maps field names to JSON values (nested objects as the schema nests them, a subtable's rows
    as a list of mappings, null = absent). `number` may be given by seeds and an admin's import only, `owner` is the member
    the record belongs to (the actor by default), `pointer` prefixes every problem, as when this is line 7 of a bulk.
    `nulls`: a null was meant, so no default takes its place (somebody emptied the input)."""

    form: str
    values: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    number: str | None = None
    submit: bool = False
    owner: str | None = None
    pointer: str = ""
    nulls: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Changes by RFC 7396: null clears, an absent key keeps; a subtable that is given is the whole list of rows, those
    with a known `$id` are updated, those without are new, those missing are removed. `version` None = whatever stands."""

    form: str
    id: str
    changes: Mapping[str, Any]
    version: int | None = None
    pointer: str = ""
    nulls: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """An event in a record's life (states.py says what each does)."""

    form: str
    id: str
    event: Event
    version: int | None = None
    pointer: str = ""


Op: TypeAlias = Create | Update | Transition
