"""Notices: decisions are told to whom they concern, in the transaction of the act, and are each reader's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.transaction import read, transaction
from dougong.actions.transition_record import transition_record
from dougong.kernel.actor import Actor
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict
from dougong.notify import forget, mark, mine, tell, unread

ASK: dict[str, Any] = {
    "kind": "document",
    "record": {"type": "object", "properties": {"why": {"type": "string"}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "own"}],
    "flow": {"nodes": [{"type": "approve", "id": "boss", "title": "老板", "who": [{"role": "admin"}]}]},
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"ask": ASK})


def kinds(inst: Installation, actor: Actor) -> list[tuple[str, str | None]]:
    return [(each.kind, each.record) for each in read(inst, actor, lambda tx: mine(tx, limit=50))]


def test_a_decision_is_told_to_the_applicant(installation: Installation, member: Callable[..., Actor]) -> None:
    clerk, admin = member("clerk", "clerk"), member("admin")
    one, two = (create_record(installation, clerk, "shop.ask", {"why": why}, submit=True)["id"] for why in ("甲", "乙"))
    transition_record(installation, admin, "shop.ask", one, "approve")
    transition_record(installation, admin, "shop.ask", two, "reject")
    assert kinds(installation, clerk) == [("rejected", two), ("approved", one)]
    assert kinds(installation, admin) == []
    with pytest.raises(Conflict):
        transition_record(installation, admin, "shop.ask", two, "approve")
    assert len(kinds(installation, clerk)) == 2


def test_nobody_hears_of_what_he_did_himself(installation: Installation, member: Callable[..., Actor]) -> None:
    admin = member("admin")
    made = create_record(installation, admin, "shop.ask", {"why": "自己"}, submit=True)["id"]
    transition_record(installation, admin, "shop.ask", made, "approve")
    assert kinds(installation, admin) == []


def test_one_act_tells_everybody_once_and_those_who_left_not_at_all(
    installation: Installation, member: Callable[..., Actor]
) -> None:
    clerk, other, admin = member("clerk", "clerk"), member("other", "clerk"), member("admin")

    def act(tx: Any) -> list[str]:
        first = tell(tx, [clerk.member, None, clerk.member, "nobody"], "mentioned", None, None, {"n": 1})
        return first + tell(tx, [clerk.member, other.member, admin.member], "commented", None, None)

    assert transaction(installation, "demo", admin, act) == [clerk.member, other.member]
    assert kinds(installation, clerk) == [("mentioned", None)]


def test_reading_is_each_ones_own(installation: Installation, member: Callable[..., Actor]) -> None:
    clerk, other, admin = member("clerk", "clerk"), member("other", "clerk"), member("admin")
    for n in range(3):
        transaction(
            installation, "demo", admin,
            lambda tx, n=n: tell(tx, [clerk.member, other.member], "mentioned", None, None, {"n": n}),
        )  # fmt: skip
    first = read(installation, clerk, lambda tx: mine(tx, limit=1))[0]
    assert transaction(installation, "demo", other, lambda tx: mark(tx, first.id)) == 0
    assert transaction(installation, "demo", clerk, lambda tx: mark(tx, first.id)) == 1
    assert [read(installation, each, unread) for each in (clerk, other, admin)] == [2, 3, 0]
    left = read(installation, clerk, lambda tx: mine(tx, only_unread=True, limit=50))
    assert [each.params["n"] for each in left] == [1, 0]
    older = read(installation, clerk, lambda tx: mine(tx, limit=50, before=left[0].id))
    assert [each.params["n"] for each in older] == [0]
    assert transaction(installation, "demo", clerk, mark) == 2
    assert [read(installation, each, unread) for each in (clerk, other)] == [0, 3]


def test_old_notices_are_forgotten(installation: Installation, member: Callable[..., Actor], clock: FixedClock) -> None:
    clerk, admin = member("clerk", "clerk"), member("admin")
    for _ in range(2):
        transaction(installation, "demo", admin, lambda tx: tell(tx, [clerk.member], "mentioned", None, None))
        clock.advance(timedelta(days=100))
    assert transaction(installation, "demo", admin, lambda tx: forget(tx, tx.now - timedelta(days=150))) == 1
    assert len(kinds(installation, clerk)) == 1
