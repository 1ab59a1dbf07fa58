"""Members one may mention in a comment, by a few letters of the name or of its pinyin. One rule: only those are offered who
may view the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..access import require
from ..kernel.actor import Actor
from ..people import departments, members
from ..people.members import Member
from ..records.others import may_view
from ..records.spelling import spelled
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read

MOST = 8
#: Members asked for their sight of the record, at most: each is a question to the database.
_ASKED = 40


@dataclass(frozen=True, slots=True)
class Person:
    """`note` is the main department's name."""

    id: str
    name: str
    note: str


def find_people(inst: Installation, actor: Actor, form: str, record: str, words: str) -> list[Person]:
    """The first that fit, those whose name begins so before the others; never the actor. Raises NotFound, Forbidden."""

    def act(tx: Transaction) -> list[Person]:
        model = inst.catalog.live(tx)
        require(tx, model, form, "comment", record)
        found = list(_found(tx, model, form, record, words.strip().lower()))
        places = {each.id: each.name for each in departments.all_of(tx.conn)}
        return [
            Person(each.id, each.name, places.get(each.departments[0], "") if each.departments else "")
            for each in found
        ]

    return read(inst, actor, act)


def _found(tx: Transaction, model: Model, form: str, record: str, words: str) -> Iterator[Member]:
    everybody = [each for each in members.all_of(tx.conn) if each.active and each.id != tx.actor.member]
    fitting = [each for each in everybody if any(words in key for key in spelled(each.name).split("\n"))]
    fitting.sort(key=lambda each: not any(key.startswith(words) for key in spelled(each.name).split("\n")))
    left = MOST
    for each in fitting[:_ASKED]:
        if left and may_view(tx, model, form, record, each):
            left -= 1
            yield each
