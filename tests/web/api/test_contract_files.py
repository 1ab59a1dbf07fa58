"""Files over the API: sent once, held by a record, had by those who may read it."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from tests.web.api.calling import Caller

ITEMS = "/records/api.item"


def _fetch(app: Flask, caller: Caller, file: str) -> tuple[int, bytes, str]:
    got = app.test_client().get(f"/api/v1/files/{file}", headers={"Authorization": f"Bearer {caller.token}"})
    with got:
        return got.status_code, got.data, got.headers.get("Content-Disposition", "")


def test_a_file_is_kept_as_it_was_sent(app: Flask, bob: Caller) -> None:
    got = bob.upload("合同.txt", "内容".encode())
    assert got.status == 201
    assert {**got.data, "id": "…"} == {
        "id": "…", "name": "合同.txt", "size": 6, "type": "text/plain",
        "sha256": hashlib.sha256("内容".encode()).hexdigest(),
    }  # fmt: skip
    assert got.headers["Location"] == f"/api/v1/files/{got.data['id']}"
    status, content, shown = _fetch(app, bob, got.data["id"])
    assert (status, content) == (200, "内容".encode())
    assert shown.startswith("attachment")


def test_a_file_nobody_holds_is_its_uploaders(app: Flask, bob: Caller, eve: Caller) -> None:
    file = bob.upload("a.txt", b"x").data["id"]
    assert _fetch(app, eve, file)[0] == 404
    assert eve.post(ITEMS, {"name": "拿别人的", "papers": [file]}).codes == [("/papers/0", "reference")]
    held = bob.post(ITEMS, {"name": "附件", "papers": [file]})
    assert held.data["values"]["papers"] == [file]
    assert _fetch(app, eve, file)[:2] == (200, b"x")


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [("a.exe", b"MZ\0", 415, "file_type"), ("a.txt", b"", 400, "empty_file"), ("a.png", b"<html>", 415, "file_content"),
     ("a", b"x", 415, "file_type"), ("...", b"x", 400, "file_name"), ("a.txt", b"x" * 100_001, 413, "file_too_large"),
     ("a.txt", b"x" * 2_000_000, 413, "too_large")],
)  # fmt: skip
def test_what_is_not_taken(bob: Caller, name: str, content: bytes, status: int, code: str) -> None:
    got = bob.upload(name, content)
    assert (got.status, got.data["code"]) == (status, code)


def test_a_name_is_only_a_name(bob: Caller) -> None:
    assert bob.upload("../../etc/a.txt", b"x").data["name"] == "a.txt"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("application/json", b"{}", 415), ("multipart/form-data", b"x", 400), ("multipart/form-data; boundary=b", b"x", 400),
     ("multipart/form-data; boundary=b", b"--b--\r\n", 400)],
)  # fmt: skip
def test_what_is_no_form_with_a_file(bob: Caller, kind: str, body: bytes, status: int) -> None:
    assert bob.post("/files", body, Content_Type=kind).status == status
