"""Comments: who may write and see them, whom they mention, what is left of a deleted one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.comment_record import change_comment, comment_record, delete_comment, read_comments
from dougong.actions.read_history import read_history
from dougong.actions.transaction import Once, read, transaction
from dougong.kernel.actor import Actor
from dougong.kernel.errors import Forbidden, Invalid, KeyReused, NotFound
from dougong.notify import mine, unread
from dougong.records.purge import purge
from tests.records.conftest import Desk

ITEM: dict[str, Any] = {
    "record": {"type": "object", "properties": {"name": {"type": "string"}}},
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"], "rows": "own"},
        {"roles": ["boss"], "actions": ["view"]},
    ],
}
STRICT: dict[str, Any] = {
    **ITEM,
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "create"]},
        {"roles": ["boss"], "actions": ["view", "comment"]},
    ],
}


@pytest.fixture(autouse=True)
def shop(publish: Callable[..., None]) -> None:
    publish(shop={"item": ITEM, "strict": STRICT})


@pytest.fixture
def clerk(member: Callable[..., Actor]) -> Actor:
    return member("clerk", "clerk")


@pytest.fixture
def boss(member: Callable[..., Actor]) -> Actor:
    return member("boss", "boss")


def told(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    return [(each.kind, each.by_name) for each in read(desk.inst, actor, lambda tx: mine(tx, limit=50))]


def problems(act: Callable[[], Any]) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        act()
    return {(each.pointer, each.code) for each in refusal.value.problems}


def test_who_is_mentioned_and_whose_record_it_is_are_told_once(
    desk_of: Callable[..., Desk], clerk: Actor, boss: Actor, member: Callable[..., Actor]
) -> None:
    mine_ = desk_of("clerk", "clerk")
    made = mine_.create("shop.item", {"name": "钢筋"})
    said = comment_record(mine_.inst, clerk, "shop.item", made.id, "价格不对\r\n@boss 看一下，@nobody 也看")
    assert (said["text"], said["mention_names"]) == ("价格不对\n@boss 看一下，@nobody 也看", ["boss"])
    comment_record(mine_.inst, boss, "shop.item", made.id, "@clerk 对的 @boss")
    assert told(mine_, boss) == [("mentioned", "clerk")]
    assert told(mine_, clerk) == [("mentioned", "boss")]
    comment_record(mine_.inst, boss, "shop.item", made.id, "再说一句")
    assert told(mine_, clerk) == [("commented", "boss"), ("mentioned", "boss")]
    assert read(mine_.inst, clerk, unread) == 2
    texts = [each["text"] for each in read_comments(mine_.inst, clerk, "shop.item", made.id, limit=2)]
    assert texts == ["再说一句", "@clerk 对的 @boss"]


def test_nobody_is_mentioned_who_may_not_see_the_record(
    desk_of: Callable[..., Desk], clerk: Actor, member: Callable[..., Actor]
) -> None:
    desk, eve = desk_of("clerk", "clerk"), member("eve", "clerk")
    made = desk.create("shop.item", {"name": "钢筋"})
    said = comment_record(desk.inst, clerk, "shop.item", made.id, "@eve 看")
    assert said["mentions"] == []
    assert told(desk, eve) == []
    assert eve.member is not None
    refused = problems(lambda: comment_record(desk.inst, clerk, "shop.item", made.id, "看", mentions=[eve.member, "x"]))
    assert refused == {("/mentions/0", "reference"), ("/mentions/1", "reference")}
    with pytest.raises(NotFound):
        comment_record(desk.inst, eve, "shop.item", made.id, "我也说")
    with pytest.raises(NotFound):
        read_comments(desk.inst, eve, "shop.item", made.id, limit=5)


def test_a_policy_that_names_the_right_takes_it_from_the_others(
    desk_of: Callable[..., Desk], clerk: Actor, boss: Actor
) -> None:
    desk = desk_of("clerk", "clerk")
    made = desk.create("shop.strict", {"name": "a"})
    comment_record(desk.inst, boss, "shop.strict", made.id, "好")
    with pytest.raises(Forbidden):
        comment_record(desk.inst, clerk, "shop.strict", made.id, "我也说")
    assert len(read_comments(desk.inst, clerk, "shop.strict", made.id, limit=5)) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [(None, ("/text", "required")), ("  \n ", ("/text", "required")), (5, ("/text", "type")),
     ("x" * 5001, ("/text", "length")), ("a\x00b", ("/text", "format")), ("\ud800", ("/text", "format"))])  # fmt: skip
def test_what_is_no_comment_is_refused(
    desk: Desk, clerk: Actor, desk_of: Callable[..., Desk], text: Any, problem: tuple[str, str]
) -> None:
    made = desk_of("clerk", "clerk").create("shop.item", {"name": "a"})
    assert problems(lambda: comment_record(desk.inst, clerk, "shop.item", made.id, text)) == {problem}
    assert read_comments(desk.inst, clerk, "shop.item", made.id, limit=5) == []


def test_only_the_author_changes_a_comment_and_only_admins_delete_anothers(
    desk_of: Callable[..., Desk], clerk: Actor, boss: Actor, member: Callable[..., Actor]
) -> None:
    desk = desk_of("clerk", "clerk")
    made = desk.create("shop.item", {"name": "a"})
    said = comment_record(desk.inst, clerk, "shop.item", made.id, "错话")
    where = ("shop.item", made.id, said["id"])
    with pytest.raises(Forbidden):
        change_comment(desk.inst, boss, *where, "改掉")
    with pytest.raises(Forbidden):
        delete_comment(desk.inst, boss, *where)
    changed = change_comment(desk.inst, clerk, *where, "好话 @boss")
    assert (changed["text"], changed["edited_at"] is not None) == ("好话 @boss", True)
    assert told(desk, boss) == [("mentioned", "clerk")]
    delete_comment(desk.inst, member("admin"), *where)
    (left,) = read_comments(desk.inst, clerk, "shop.item", made.id, limit=5)
    assert (left["deleted"], left["text"], left["mentions"]) == (True, None, [])
    with pytest.raises(NotFound):
        change_comment(desk.inst, clerk, *where, "再来")
    assert [row[0] for row in desk.rows("SELECT event FROM dg_audit WHERE substr(event, 1, 7) = 'comment' ORDER BY id")] == [
        "comment_added", "comment_changed", "comment_deleted"]  # fmt: skip
    history = read_history(desk.inst, clerk, "shop.item", made.id)
    assert [each["event"] for each in history] == ["create"]


def test_a_comment_sent_twice_is_written_once(desk_of: Callable[..., Desk], clerk: Actor, boss: Actor) -> None:
    desk = desk_of("clerk", "clerk")
    made = desk.create("shop.item", {"name": "a"})
    first = comment_record(desk.inst, clerk, "shop.item", made.id, "@boss", once=Once("k", "b"))
    again = comment_record(desk.inst, clerk, "shop.item", made.id, "@boss", once=Once("k", "b"))
    assert first["id"] == again["id"]
    assert len(told(desk, boss)) == 1
    with pytest.raises(KeyReused):
        comment_record(desk.inst, clerk, "shop.item", made.id, "x", once=Once("k", "c"))


def test_comments_of_another_record_or_of_none_do_not_exist(desk_of: Callable[..., Desk], clerk: Actor) -> None:
    desk = desk_of("clerk", "clerk")
    one, two = (desk.create("shop.item", {"name": name}) for name in "ab")
    said = comment_record(desk.inst, clerk, "shop.item", one.id, "一")
    for record, comment in ((two.id, said["id"]), (one.id, "x"), (one.id, one.id)):
        with pytest.raises(NotFound):
            delete_comment(desk.inst, clerk, "shop.item", record, comment)
    desk.move(one, "delete")
    with pytest.raises(NotFound):
        comment_record(desk.inst, clerk, "shop.item", one.id, "二")


def test_comments_go_with_a_record_that_is_purged(desk: Desk) -> None:
    made = desk.create("shop.item", {"name": "a"})
    comment_record(desk.inst, desk.actor, "shop.item", made.id, "留下的话")
    desk.move(made, "delete")

    def act(tx: Any) -> int:
        return purge(tx, desk.inst.catalog.live(tx), "shop.item", [made.id])

    assert transaction(desk.inst, "demo", desk.actor, act) == 1
    assert desk.rows("SELECT count(*) FROM dg_comment") == [(0,)]
