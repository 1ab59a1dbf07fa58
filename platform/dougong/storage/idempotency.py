"""Idempotency keys: one key of one member, one act, one answer. One rule: the key's row is written in the transaction of
the act, so whoever comes second waits for the first on that row and then reads its answer, or acts itself if the first
failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, text, update

from ..kernel.errors import KeyReused
from . import own
from .transaction import Transaction
from .types import Instant

_CLAIM = text(
    "INSERT INTO dg_idempotency (member, key, body_hash, created_at) VALUES (:member, :key, :body_hash, :created_at) "
    "ON CONFLICT (member, key) DO NOTHING"
).bindparams(bindparam("created_at", type_=Instant()))


@dataclass(frozen=True, slots=True)
class Stored:
    """The first act's answer: an HTTP-like status and a JSON body."""

    status: int
    body: Any


def claim(tx: Transaction, key: str, body_hash: str) -> Stored | None:
    """Take the key for this act (None), or get the answer of the act that had it. Raises KeyReused when that act had
    another body."""
    row = {"member": _holder(tx), "key": key, "body_hash": body_hash, "created_at": tx.now}
    if tx.conn.execute(_CLAIM, row).rowcount == 1:
        return None
    found = tx.conn.execute(select(own.idempotency).where(*_of(tx, key))).one()
    if found.body_hash != body_hash:
        raise KeyReused(key=key)
    answer = found.answer
    return Stored(found.status, list(answer) if isinstance(answer, tuple) else answer)


def store(tx: Transaction, key: str, status: int, body: Any) -> None:
    """Keep the act's answer beside its key."""
    tx.conn.execute(update(own.idempotency).where(*_of(tx, key)).values(status=status, answer=body))


def forget(tx: Transaction, before: datetime) -> int:
    """Remove keys older than `before`; how many they were."""
    return tx.conn.execute(delete(own.idempotency).where(own.idempotency.c.created_at < before)).rowcount


def _of(tx: Transaction, key: str) -> tuple[Any, ...]:
    return own.idempotency.c.member == _holder(tx), own.idempotency.c.key == key


def _holder(tx: Transaction) -> str:
    return tx.actor.member or tx.actor.kind
