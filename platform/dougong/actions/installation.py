"""One installation as a running program holds it: settings, clock, databases, field types and the cache of what is live.
One rule: it is opened once per process and handed to every action; there is no global."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..catalog import Catalog
from ..fields.registry import field_types
from ..fields.type import FieldType
from ..kernel.clock import Clock, SystemClock
from ..kernel.settings import Settings
from ..storage.database import Database
from .known import Known


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings
    clock: Clock
    database: Database
    types: Mapping[str, FieldType]
    catalog: Catalog
    known: Known = field(default_factory=Known)

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> Installation:
        """Open the databases, creating the control database when absent. Raises Refused when the house cannot run."""
        ticking = clock or SystemClock()
        database = Database.open(settings, ticking)
        types = field_types()
        return cls(settings, ticking, database, types, Catalog(database, types))

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()
