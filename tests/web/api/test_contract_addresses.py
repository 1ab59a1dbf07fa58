"""Who calls, and what there is: me, forms, explain."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.web.api.calling import Caller
from tests.web.visiting import Visitor

ADDRESSES = ("/me", "/forms", "/forms/api.item", "/openapi.json", "/explain?form=api.item&action=view",
             "/records/api.item", "/records/api.item/x", "/files/x", "/nothing/here")  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_without_a_token_nothing_is_told(nobody: Caller, path: str) -> None:
    got = nobody.get(path)
    assert (got.status, got.data["code"]) == (401, "unauthenticated")
    assert got.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("sent", ["Bearer", "Bearer x", "Basic YTpi", "Bearer " + "x" * 5000, "Token x", ""])
def test_what_is_no_token_of_ours_is_refused(nobody: Caller, sent: str) -> None:
    assert nobody.get("/me", Authorization=sent).status == 401


def test_a_cookie_opens_nothing(app: Flask) -> None:
    visitor = Visitor(app).sign_in()
    for method in ("get", "post"):
        assert getattr(visitor.client, method)("/api/v1/records/api.item").status_code == 401


def test_a_token_needs_no_page_of_ours(bob: Caller) -> None:
    got = bob.post(
        "/records/api.item", {"name": "外面来的"}, Origin="https://elsewhere.test", Sec_Fetch_Site="cross-site"
    )
    assert got.status == 201


def test_me(bob: Caller) -> None:
    got = bob.get("/me").data
    assert {**got, "id": "…"} == {
        "id": "…", "name": "bob", "account": "bob@demo.test", "admin": False, "roles": ["clerk"], "departments": [],
        "tenant": {"name": "demo", "title": "演示"},
    }  # fmt: skip


def test_forms_are_those_one_may_do_something_with(bob: Caller, admin: Caller, stranger: Caller) -> None:
    def names(caller: Caller) -> list[str]:
        return [each["name"] for each in caller.get("/forms").data["items"]]

    assert names(bob) == ["api.ask", "api.item", "api.project"]
    assert "api.secret" in names(admin)
    assert names(stranger) == []


def test_a_form_shows_its_fields_but_for_hidden_ones(bob: Caller, admin: Caller) -> None:
    def fields(caller: Caller) -> dict[str, Any]:
        return {each["name"]: each for each in caller.get("/forms/api.item").data["fields"]}

    assert "cost" in fields(admin)
    assert "cost" not in fields(bob)
    assert fields(bob)["amount"]["level"] == "read"
    assert fields(bob)["kind"]["options"] == [{"const": "s", "title": "钢材"}, {"const": "w", "title": "木材"}]
    assert [each["name"] for each in fields(bob)["lines"]["fields"]] == ["what", "hours"]


def test_a_form_one_may_not_see_is_like_one_that_is_not_there(bob: Caller) -> None:
    hidden, absent = bob.get("/forms/api.secret").data, bob.get("/forms/api.nothing").data
    same = ("status", "code", "title", "problems")
    assert [hidden[each] for each in same] == [absent[each] for each in same]


def test_explain_says_why(bob: Caller, guest: Caller, admin: Caller) -> None:
    row = bob.post("/records/api.item", {"name": "为何"}).data["id"]
    assert bob.get(f"/explain?form=api.item&action=edit&id={row}").data == {
        "form": "api.item", "id": row, "action": "edit", "allowed": True, "why": "policy",
        "policies": [{"id": "clerk_view_create_edit_delete", "roles": ["clerk"], "verdict": "grants"},
                     {"id": "guest_view", "roles": ["guest"], "verdict": "other_role"}],
    }  # fmt: skip
    assert guest.get(f"/explain?form=api.item&action=edit&id={row}").data["allowed"] is False
    assert admin.get("/explain?form=api.secret&action=view").data["why"] == "admin"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("form=api.item", 400), ("form=api.item&action=fly", 400), ("form=api.secret&action=view", 404),
     ("form=api.item&action=view&id=x", 404), ("form=%00&action=view", 404)],
)  # fmt: skip
def test_explain_refuses_what_it_cannot_answer(bob: Caller, query: str, status: int) -> None:
    assert bob.get(f"/explain?{query}").status == status


def test_a_known_address_with_the_wrong_method(bob: Caller) -> None:
    got = bob.call("PUT", "/me")
    assert (got.status, got.data["status"], got.data["code"]) == (405, 405, "method")
    assert "GET" in got.headers["Allow"]
