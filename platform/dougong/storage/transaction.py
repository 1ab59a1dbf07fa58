"""One act on one tenant: the connection, who acts and when. One rule: audit and outbox rows are buffered here and
written in the same transaction as what they tell of, the last of them by `flush`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from ..kernel.actor import Actor
from ..kernel.ids import new_id
from . import own
from .database import TenantStore

#: Audit rows kept in memory; an act on 100,000 records writes what is beyond that as it goes, in the same transaction.
BUFFERED = 5_000


@dataclass
class Transaction:
    """`memo` is scratch of this transaction; `writing` False means a snapshot that refuses writes; `now` is the moment of
    the whole act."""

    store: TenantStore
    conn: Connection
    actor: Actor
    now: datetime
    zone: ZoneInfo
    request_id: str
    writing: bool
    memo: dict[Any, Any] = field(default_factory=dict)
    _audit: list[dict[str, Any]] = field(default_factory=list)
    _outbox: list[dict[str, Any]] = field(default_factory=list)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.store.dialect

    def audit(
        self,
        form: str | None,
        record_id: str | None,
        event: str,
        changes: Iterable[Mapping[str, Any]] = (),
        *,
        on_behalf: str | None = None,
    ) -> None:
        """Note what happened; `changes` are `{field, old, new}` (and `row`) with canonical or JSON values."""
        self._audit.append(
            {
                "id": new_id(),
                "at": self.now,
                "actor_kind": self.actor.kind,
                "actor": self.actor.member,
                "actor_name": self.actor.name,
                "on_behalf": on_behalf,
                "request_id": self.request_id,
                "form": form,
                "record_id": record_id,
                "event": event,
                "changes": list(changes),
            }
        )
        if len(self._audit) >= BUFFERED:
            self._write_audit()

    def outbox(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Leave a message that is handled after commit, in a transaction of its own."""
        self._outbox.append({"id": new_id(), "at": self.now, "kind": kind, "payload": dict(payload), "state": "new"})

    def flush(self) -> None:
        """Write the buffered rows; whoever opened the transaction calls it before the commit."""
        self._write_audit()
        if self._outbox:
            self.conn.execute(insert(own.outbox), self._outbox)
        self._outbox = []

    def _write_audit(self) -> None:
        if self._audit:
            self.conn.execute(insert(own.audit), self._audit)
        self._audit = []
