"""Records over the API: what one writes, what one reads, value by value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.web.api.calling import Caller, Reply

ITEMS = "/records/api.item"


@pytest.fixture
def make(bob: Caller) -> Callable[..., Reply]:
    """An item of these values."""

    def made(**values: Any) -> Reply:
        got = bob.post(ITEMS, {"name": "物料", **values})
        assert got.status == 201, got.text
        return got

    return made


def test_a_new_record_is_answered_with_its_place_and_tag(bob: Caller, make: Callable[..., Reply]) -> None:
    got = make(price=Decimal("12.50"), count=3)
    assert set(got.data) == {
        "id", "number", "state", "version", "values", "titles", "owner", "department", "created_at", "created_by",
        "updated_at", "updated_by",
    }  # fmt: skip
    assert (got.data["state"], got.data["version"], got.headers["ETag"]) == ("active", 1, '"1"')
    assert got.headers["Location"] == f"/api/v1{ITEMS}/{got.data['id']}"
    assert got.data["created_at"] == "2026-02-27T10:00:00.000000Z"
    again = bob.get(f"{ITEMS}/{got.data['id']}")
    assert (again.status, again.data, again.headers["ETag"]) == (200, got.data, '"1"')


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        ("count", 3, 3),
        ("price", Decimal("12.50"), Decimal("12.5")),
        ("price", Decimal("99999.99"), Decimal("99999.99")),
        ("share", Decimal("0.03"), Decimal("0.03")),
        ("bought", "2026-02-28", "2026-02-28"),
        ("at", "2026-02-28T10:00:00+08:00", "2026-02-28T02:00:00Z"),
        ("hour", "08:30:00", "08:30:00"),
        ("good", False, False),
        ("kind", "s", "s"),
        ("colours", ["blue", "red"], ["blue", "red"]),
        ("words", ["乙", "甲"], ["乙", "甲"]),
        ("place", {"city": "深圳"}, {"city": "深圳", "street": None}),
        ("note", {"a": [1, Decimal("0.10")]}, {"a": [1, Decimal("0.10")]}),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was_sent(
    make: Callable[..., Reply], field: str, sent: Any, read: Any
) -> None:
    assert make(**{field: sent}).data["values"][field] == read


def test_numbers_never_pass_through_a_float(bob: Caller) -> None:
    note = b'{"n": 0.1000000000000000055511151231257827, "m": 12345678901234567890}'
    body = b'{"name": "exact", "price": 0.07, "note": ' + note + b"}"
    got = bob.post(ITEMS, body)
    assert '"price":0.07' in got.text
    assert "0.1000000000000000055511151231257827" in got.text
    assert "12345678901234567890" in bob.get(f"{ITEMS}/{got.data['id']}").text


def test_titles_name_references_members_and_choices(bob: Caller, make: Callable[..., Reply]) -> None:
    project = bob.post("/records/api.project", {"name": "一号楼"}).data
    me = bob.get("/me").data["id"]
    got = make(project={"$key": project["number"]}, kind="w", buyer=me).data
    assert (got["values"]["project"], got["values"]["buyer"]) == (project["id"], me)
    assert {name: got["titles"][name] for name in ("project", "kind", "buyer", "$owner")} == {
        "project": "一号楼", "kind": "木材", "buyer": "bob", "$owner": "bob",
    }  # fmt: skip
    assert make(project={"$key": "一号楼"}).data["values"]["project"] == project["id"]


def test_rows_are_kept_by_their_ids(bob: Caller, make: Callable[..., Reply]) -> None:
    made = make(lines=[{"what": "挖", "hours": 8}, {"what": "填"}]).data
    first, second = made["values"]["lines"]
    assert {name: first[name] for name in ("what", "hours")} == {"what": "挖", "hours": 8}
    sent = {"lines": [{"what": "运"}, {"$id": second["$id"], "hours": 2}]}
    got = bob.patch(f"{ITEMS}/{made['id']}", sent, If_Match='"1"').data["values"]["lines"]
    assert [(each["what"], each["hours"]) for each in got] == [("运", None), ("填", 2)]
    assert got[1]["$id"] == second["$id"]
    assert first["$id"] not in [each["$id"] for each in got]


def test_a_row_of_another_record_is_no_row_of_this_one(bob: Caller, make: Callable[..., Reply]) -> None:
    other = make(lines=[{"what": "别"}]).data["values"]["lines"][0]["$id"]
    got = bob.post(ITEMS, {"name": "a", "lines": [{"$id": other, "what": "抢"}]})
    assert (got.status, got.codes) == (422, [("/lines/0/$id", "reference")])


def test_null_is_absent_on_post_and_clears_on_patch(bob: Caller, make: Callable[..., Reply]) -> None:
    assert bob.post(ITEMS, {"name": None}).codes == [("/name", "required")]
    made = make(price=1, place={"city": "深圳"}, kind=None).data
    got = bob.patch(f"{ITEMS}/{made['id']}", {"price": None, "place": None, "lines": None}, If_Match="*").data
    assert (got["version"], got["values"]["price"], got["values"]["place"], got["values"]["lines"]) == (
        2,
        None,
        None,
        [],
    )


def test_patch_merges_groups_and_leaves_what_was_not_sent(bob: Caller, make: Callable[..., Reply]) -> None:
    made = make(place={"city": "深圳", "street": "一路"}, count=2).data
    got = bob.patch(f"{ITEMS}/{made['id']}", {"place": {"street": "二路"}}, If_Match='"1"')
    assert got.data["values"]["place"] == {"city": "深圳", "street": "二路"}
    assert (got.data["values"]["count"], got.headers["ETag"]) == (2, '"2"')


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_an_empty_body_counts_as_an_empty_object(bob: Caller, make: Callable[..., Reply], body: bytes) -> None:
    row = make().data["id"]
    assert bob.patch(f"{ITEMS}/{row}", body, If_Match="*").status == 200
    assert bob.post(ITEMS, body).codes == [("/name", "required")]
    assert bob.post(f"{ITEMS}/{row}/disable", body).status == 200


def test_merge_patch_has_a_media_type_of_its_own(bob: Caller, make: Callable[..., Reply]) -> None:
    row = make().data["id"]
    sent = {"Content_Type": "application/merge-patch+json; charset=UTF-8", "If_Match": "*"}
    assert bob.patch(f"{ITEMS}/{row}", b'{"count": 5}', **sent).data["values"]["count"] == 5


def test_a_computed_value_may_be_sent_back_but_not_changed(bob: Caller, make: Callable[..., Reply]) -> None:
    made = make(price=2, count=3).data
    path = f"{ITEMS}/{made['id']}"
    assert bob.patch(path, {"amount": 6, "count": 3}, If_Match="*").status == 200
    assert bob.patch(path, {"amount": 7}, If_Match="*").codes == [("/amount", "read_only")]


def test_a_warning_is_returned_and_may_be_asked_to_stop_the_act(bob: Caller) -> None:
    got = bob.post(ITEMS, {"name": "多", "count": 600})
    assert got.status == 201
    assert got.data["warnings"] == [{"pointer": "/count", "code": "check", "message": "数量偏多", "level": "warning"}]
    refused = bob.post(f"{ITEMS}?confirm_warnings=false", {"name": "多", "count": 600})
    assert (refused.status, refused.data["code"], refused.codes) == (422, "unconfirmed", [("/count", "check")])


def test_what_one_may_not_see_is_absent_and_what_one_sees_half_is_masked(admin: Caller, guest: Caller) -> None:
    row = admin.post(ITEMS, {"name": "机密物料", "cost": 5}).data["id"]
    seen = guest.get(f"{ITEMS}/{row}").data["values"]
    assert "cost" not in seen
    assert seen["name"] == "****"
    assert seen["price"] is None


def test_delete_and_restore(bob: Caller, make: Callable[..., Reply]) -> None:
    path = f"{ITEMS}/{make().data['id']}"
    gone = bob.delete(path, If_Match='"1"')
    assert (gone.status, gone.text) == (204, "")
    assert [bob.get(path).status, bob.get(f"{path}/history").status] == [404, 404]
    assert bob.patch(path, {}, If_Match="*").status == 404
    back = bob.post(f"{path}/restore")
    assert (back.status, back.data["version"], back.headers["ETag"]) == (200, 3, '"3"')
    assert bob.post(f"{path}/restore").data["code"] == "already_done"


def test_what_others_point_at_is_not_deleted(bob: Caller, make: Callable[..., Reply]) -> None:
    project = bob.post("/records/api.project", {"name": "被引用"}).data["id"]
    make(project=project)
    got = bob.delete(f"/records/api.project/{project}", If_Match="*")
    assert (got.status, got.data["code"]) == (409, "referenced")


def test_history_tells_who_changed_what(bob: Caller, make: Callable[..., Reply]) -> None:
    row = make(price=1).data["id"]
    changed = bob.patch(f"{ITEMS}/{row}", {"price": 2}, If_Match="*")
    newest, first = bob.get(f"{ITEMS}/{row}/history").data["items"]
    assert (first["event"], newest["event"], newest["by_name"]) == ("create", "update", "bob")
    assert newest["request_id"] == changed.headers["X-Request-Id"]
    (change,) = [each for each in newest["changes"] if each["field"] == "price"]
    assert (change["old"], change["new"], change["title"]) == (1, 2, "单价")


def test_a_long_history_comes_in_pages(bob: Caller, make: Callable[..., Reply]) -> None:
    path = f"{ITEMS}/{make().data['id']}"
    for count in range(5):
        bob.patch(path, {"count": count}, If_Match="*")
    whole = bob.get(f"{path}/history").data
    assert (len(whole["items"]), whole["next"]) == (6, None)
    seen, after = [], ""
    while True:
        page = bob.get(f"{path}/history?limit=2&after={after}").data
        seen += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == whole["items"]
    assert [bob.get(f"{path}/history?{each}").status for each in ("after=x", "limit=0")] == [400, 400]
