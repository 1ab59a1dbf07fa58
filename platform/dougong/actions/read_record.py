"""Reads one record, or a page of a list, or what was ever done to a record: always cut to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..access import Levels
from ..kernel.actor import Actor
from ..records import query
from ..records.present import present
from ..records.query import Query
from ..records.record import Record
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as stored, its fields' levels for this actor, the definitions it was read with, and its API form."""

    record: Record
    levels: Levels
    model: Model
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page: the records as stored with their levels, and as the API shows them. `count` as far as asked for."""

    page: query.Page
    model: Model
    items: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The API's list."""
        answer: dict[str, Any] = {"items": self.items, "next": self.page.next}
        if self.page.count is not None:
            answer["count"] = self.page.count
            if self.page.more:
                answer["more"] = True
        return answer


def read_record(inst: Installation, actor: Actor, form: str, record: str) -> Opened:
    """Raises NotFound for what is absent, deleted or invisible."""

    def act(tx: Transaction) -> Opened:
        model = inst.catalog.live(tx)
        found, levels = query.get(tx, model, form, record)
        return Opened(found, levels, model, present(tx, model, inst.types, [found], {record: levels})[0])

    return read(inst, actor, act)


def find_records(inst: Installation, actor: Actor, form: str, asked: Query) -> Listed:
    """One page of a list. Raises NotFound, Forbidden, Malformed (`unknown_field`, `cursor`, `limit` …)."""

    def act(tx: Transaction) -> Listed:
        model = inst.catalog.live(tx)
        page = query.find(tx, model, form, asked)
        return Listed(page, model, query.show(tx, model, inst.types, page))

    return read(inst, actor, act)
