"""The life of a document over the API."""

from __future__ import annotations

from tests.web.api.calling import Caller

ASKS = "/records/api.ask"


def test_a_draft_may_be_incomplete_and_has_no_number(bob: Caller) -> None:
    got = bob.post(ASKS, {}).data
    assert (got["state"], got["number"]) == ("draft", None)
    refused = bob.post(f"{ASKS}/{got['id']}/submit")
    assert (refused.status, refused.codes) == (422, [("/why", "required")])
    assert bob.get(f"{ASKS}/{got['id']}").data["state"] == "draft"


def test_create_and_submit_are_one_act(bob: Caller) -> None:
    def count() -> int:
        return int(bob.get(f"{ASKS}?count=true&limit=1").data["count"])

    before = count()
    refused = bob.post(f"{ASKS}?submit=true", {"why": "太多", "amount": 1001})
    assert (refused.status, refused.codes) == (422, [("/amount", "check")])
    assert refused.data["problems"][0]["message"] == "超过额度"
    assert count() == before
    made = bob.post(f"{ASKS}?submit=true", {"why": "正好", "amount": 1000}).data
    assert (made["state"], made["number"][:4]) == ("approved", "ASK-")


def test_an_act_that_was_done_says_who_did_it_and_when(bob: Caller, admin: Caller) -> None:
    row = bob.post(ASKS, {"why": "两次"}).data["id"]
    done = bob.post(f"{ASKS}/{row}/submit")
    assert (done.status, done.data["state"], done.headers["ETag"]) == (200, "approved", '"2"')
    for caller in (bob, admin):
        again = caller.post(f"{ASKS}/{row}/submit")
        assert (again.status, again.data["code"], again.data["by_name"]) == (409, "already_done", "bob")
        assert again.data["at"] == done.data["updated_at"]


def test_an_act_may_name_the_version_it_was_made_on(bob: Caller) -> None:
    row = bob.post(ASKS, {"why": "版本"}).data["id"]
    assert bob.post(f"{ASKS}/{row}/submit", If_Match='"7"').status == 412
    assert bob.post(f"{ASKS}/{row}/submit", If_Match='"1"').status == 200


def test_acts_need_their_right(bob: Caller, guest: Caller) -> None:
    row = bob.post(f"{ASKS}?submit=true", {"why": "权限"}).data["id"]
    for act in ("void", "close", "submit"):
        assert guest.post(f"{ASKS}/{row}/{act}").status == 403
    assert bob.post(f"{ASKS}/{row}/void").data["state"] == "voided"


def test_approved_documents_are_not_edited_or_deleted(bob: Caller) -> None:
    row = bob.post(f"{ASKS}?submit=true", {"why": "定了"}).data["id"]
    changed, deleted = (
        bob.patch(f"{ASKS}/{row}", {"why": "改"}, If_Match="*"),
        bob.delete(f"{ASKS}/{row}", If_Match="*"),
    )
    assert [(each.status, each.data["code"]) for each in (changed, deleted)] == [(409, "state")] * 2
    assert changed.data["state"] == "approved"


def test_masters_are_disabled_and_enabled(bob: Caller) -> None:
    row = bob.post("/records/api.item", {"name": "停用"}).data["id"]
    assert bob.post(f"/records/api.item/{row}/disable").data["state"] == "disabled"
    assert bob.post(f"/records/api.item/{row}/disable").data["code"] == "already_done"
    assert bob.post(f"/records/api.item/{row}/enable").data["state"] == "active"
    assert bob.post(f"/records/api.item/{row}/submit").data["code"] == "state"


def test_an_act_nobody_knows_is_404(bob: Caller) -> None:
    row = bob.post(ASKS, {"why": "未知"}).data["id"]
    for act in ("approve", "reject", "fly"):
        assert bob.post(f"{ASKS}/{row}/{act}").status == 404


def test_an_act_takes_no_values(bob: Caller) -> None:
    row = bob.post(ASKS, {"why": "带值"}).data["id"]
    got = bob.post(f"{ASKS}/{row}/submit", {"why": "夹带"})
    assert (got.status, got.data["code"]) == (400, "unknown_field")
