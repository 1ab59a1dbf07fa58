"""Comments over HTTP."""

from __future__ import annotations

from typing import Any

from tests.web.api.calling import Caller


def made(caller: Caller, name: str) -> str:
    return f"/records/api.item/{caller.post('/records/api.item', {'name': name}).data['id']}/comments"


def test_what_is_said_is_listed_newest_first_in_pages(bob: Caller, admin: Caller) -> None:
    place = made(bob, "说")
    said = bob.post(place, {"text": "第一句 @admin"})
    assert said.status == 201
    assert {**said.data, "id": "…", "by": "…", "at": "…", "mentions": ["…"]} == {
        "id": "…", "text": "第一句 @admin", "by": "…", "by_name": "bob", "at": "…", "edited_at": None, "deleted": False,
        "mentions": ["…"], "mention_names": ["admin"]}  # fmt: skip
    admin.post(place, {"text": "第二句"})
    first = bob.get(f"{place}?limit=1").data
    assert [each["text"] for each in first["items"]] == ["第二句"]
    rest = bob.get(f"{place}?limit=1&after={first['next']}").data
    assert ([each["text"] for each in rest["items"]], rest["next"]) == (["第一句 @admin"], None)


def test_the_same_key_says_it_once(bob: Caller) -> None:
    place = made(bob, "键")
    one, two = (bob.post(place, {"text": "一次"}, Idempotency_Key="say-1") for _ in range(2))
    assert (one.text, two.headers["Idempotency-Replayed"]) == (two.text, "true")
    assert len(bob.get(place).data["items"]) == 1
    assert bob.post(place, {"text": "两次"}, Idempotency_Key="say-1").status == 422


def test_what_is_no_comment_is_told_at_its_place(bob: Caller) -> None:
    place = made(bob, "错")
    bad: list[tuple[Any, list[tuple[str, str]]]] = [
        ({}, [("/text", "required")]), ({"text": 1}, [("/text", "type")]), ({"text": "x" * 5001}, [("/text", "length")]),
        ({"text": "a", "colour": 1}, [("/colour", "unknown_field")]),
        ({"text": "a", "mentions": "bob"}, [("/mentions", "type")]),
        ({"text": "a", "mentions": ["x", 1]}, [("/mentions/0", "reference"), ("/mentions/1", "reference")]),
    ]  # fmt: skip
    for body, problems in bad:
        got = bob.post(place, body)
        assert (got.status, got.codes) == (422, problems)
    assert bob.get(f"{place}?after=x").status == 400
    assert bob.get(f"{place}?limit=0").status == 400


def test_a_record_one_may_not_see_has_no_comments(bob: Caller, guest: Caller, stranger: Caller) -> None:
    place = made(bob, "私")
    for got in (stranger.get(place), stranger.post(place, {"text": 1}), bob.get("/records/api.item/x/comments")):
        assert got.status == 404
    assert guest.post(place, {"text": "看的人也能说"}).status == 201


def test_history_is_cut_to_a_field(bob: Caller) -> None:
    row = bob.post("/records/api.item", {"name": "史", "count": 1}).data["id"]
    bob.patch(f"/records/api.item/{row}", {"count": 2}, If_Match="*")
    bob.patch(f"/records/api.item/{row}", {"name": "史二"}, If_Match="*")
    got = bob.get(f"/records/api.item/{row}/history?field=count").data["items"]
    assert [[change["new"] for change in each["changes"]] for each in got] == [[2], [1]]
    me = bob.get("/me").data["id"]
    assert len(bob.get(f"/records/api.item/{row}/history?by={me}").data["items"]) == 3
    assert bob.get(f"/records/api.item/{row}/history?by=x").data["items"] == []
    for hidden in ("cost", "nothing"):
        got_hidden = bob.get(f"/records/api.item/{row}/history?field={hidden}")
        assert (got_hidden.status, got_hidden.data["code"]) == (400, "unknown_field")
