"""What is wrong with a request itself is said with its name: the parameter, the part, the header, the form in the way."""

from __future__ import annotations

import pytest

from tests.web.api.calling import Caller, Reply

ITEMS = "/records/api.item"
EN = {"Accept_Language": "en"}


def said(got: Reply) -> str:
    """The sentence; it stands in the title and in the one problem."""
    assert got.data["problems"][0]["message"] == got.data["title"]
    return str(got.data["title"])


def test_a_parameter_nobody_knows_is_named_with_those_that_are_known(bob: Caller) -> None:
    got = bob.get(f"{ITEMS}?bogus=1", **EN)
    assert (got.status, got.data["code"]) == (400, "malformed")
    assert said(got) == "There is no parameter bogus. Known are after, count, fields, filter, limit, sort"
    assert said(bob.get(f"{ITEMS}?bogus=1", Accept_Language="zh-CN")).startswith("没有叫 bogus 的参数")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [(f"{ITEMS}?count=perhaps", "The parameter count must be true or false, not perhaps"),
     (f"{ITEMS}?limit=201", "The parameter limit must be a whole number from 1 to 200"),
     ("/explain?form=api.item", "The parameter action is missing")],
)  # fmt: skip
def test_a_parameter_that_is_wrong_or_missing_is_named(bob: Caller, address: str, sentence: str) -> None:
    assert said(bob.get(address, **EN)) == sentence


@pytest.mark.parametrize(
    ("method", "address", "known"),
    [("POST", f"{ITEMS}?sumbit=true", ["confirm_warnings", "submit"]),
     ("PATCH", f"{ITEMS}/ID?sumbit=1", ["confirm_warnings"]),
     ("DELETE", f"{ITEMS}/ID?sumbit=1", []), ("GET", f"{ITEMS}/ID?sumbit=1", []), ("GET", "/me?sumbit=1", []),
     ("GET", "/forms?sumbit=1", []), ("GET", "/forms/api.item?sumbit=1", []), ("GET", "/openapi.json?sumbit=1", []),
     ("GET", "/explain?form=api.item&action=view&sumbit=1", ["action", "form", "id"]),
     ("POST", f"{ITEMS}/bulk?sumbit=1", ["partial", "submit"]), ("POST", f"{ITEMS}/aggregate?sumbit=1", []),
     ("GET", f"{ITEMS}/ID/history?sumbit=1", ["after", "by", "field", "limit"]), ("POST", "/files?sumbit=1", []),
     ("GET", f"{ITEMS}/ID/comments?sumbit=1", ["after", "limit"]), ("POST", f"{ITEMS}/ID/comments?sumbit=1", [])],
)  # fmt: skip
def test_no_address_passes_over_a_parameter_it_does_not_know(
    bob: Caller, method: str, address: str, known: list[str]
) -> None:
    row = bob.post(ITEMS, {"name": "物料"}).data["id"] if "ID" in address else ""
    got = bob.call(method, address.replace("ID", row), {} if method in ("POST", "PATCH") else None, If_Match="*", **EN)
    assert (got.status, got.data["code"]) == (400, "malformed")
    one = f"There is no parameter sumbit. Known are {', '.join(known)}"
    assert said(got) == (one if known else "This address takes no parameters, there is sumbit")


def test_what_is_no_version_at_all_names_the_header(bob: Caller) -> None:
    row = bob.post(ITEMS, {"name": "物料"}).data["id"]
    got = bob.patch(f"{ITEMS}/{row}", {"price": 2}, If_Match="abc", **EN)
    assert (got.status, got.data["code"]) == (400, "malformed")
    assert "If-Match" in said(got) and "not abc" in said(got)


def test_an_upload_without_its_part_is_told_which(bob: Caller) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--x--\r\n'
    got = bob.post("/files", part, Content_Type="multipart/form-data; boundary=x", **EN)
    assert (got.status, got.data["code"]) == (400, "malformed")
    assert said(got) == "Send exactly one file, as the part file of a multipart form; there are 0"


def test_a_key_that_cannot_be_one_names_its_header(bob: Caller) -> None:
    got = bob.post(ITEMS, {"name": "a"}, Idempotency_Key="x" * 300, **EN)
    assert said(got) == "The header Idempotency-Key must have 1 to 255 characters"


def test_a_change_without_its_version_is_told_what_to_send(bob: Caller) -> None:
    row = bob.post(ITEMS, {"name": "物料"}).data["id"]
    got = bob.patch(f"{ITEMS}/{row}", {"price": 2}, **EN)
    assert (got.status, got.data["code"]) == (428, "precondition_required")
    assert "If-Match" in said(got)
    assert "ETag" in said(got)


def test_what_points_here_is_named_by_its_form(bob: Caller) -> None:
    project = bob.post("/records/api.project", {"name": "被指向"}).data["id"]
    assert bob.post(ITEMS, {"name": "物料", "project": project}).status == 201
    title = bob.get("/forms/api.item").data["title"]
    got = bob.delete(f"/records/api.project/{project}", If_Match="*", **EN)
    assert (got.status, got.data["code"]) == (409, "referenced")
    assert said(got) == f"Records of {title} still point at this one. Remove those references first"
