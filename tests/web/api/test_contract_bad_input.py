"""Bad input is refused with its place and its code, never with a fault of the house, and leaves nothing."""

from __future__ import annotations

import pytest

from tests.web.api.calling import Caller

ITEMS = "/records/api.item"
DEEP = b"[" * 5000 + b"]" * 5000
NINES = b"9" * 30

UNREADABLE = [
    (b"{", "not_json"), (b'{"name": "a"', "not_json"), (b"\xff\xfe{}", "not_json"), (b'{"name": "a",}', "not_json"),
    (b'{"name": NaN}', "bad_number"), (b'{"price": Infinity}', "bad_number"), (b'{"price": -Infinity}', "bad_number"),
    (b'{"price": 1e99999999999999999999}', "bad_number"), (b'{"price": ' + b"9" * 5000 + b"}", "bad_number"),
    (b'{"name": "a", "name": "b"}', "duplicate_key"), (b'{"name": "a", "note": {"x": 1, "x": 1}}', "duplicate_key"),
    (b'{"name": "\\ud800"}', "bad_text"), (b'{"\\ud800": 1}', "bad_text"), (b'{"note": ' + DEEP + b"}", "too_deep"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code"), UNREADABLE, ids=[f"{code}-{n}" for n, (_, code) in enumerate(UNREADABLE)])
def test_what_is_no_exact_json_is_400(bob: Caller, body: bytes, code: str) -> None:
    got = bob.post(ITEMS, body)
    assert (got.status, got.data["code"]) == (400, code)


REFUSED = [
    (b"[]", "", "type"), (b"null", "", "type"), (b'"x"', "", "type"), (b"1", "", "type"),
    (b'{"nothing": 1}', "/nothing", "unknown_field"), (b'{"cost": 1}', "/cost", "unknown_field"),
    (b'{"\\u0000": 1}', "/\0", "unknown_field"), (b'{"a/b~c": 1}', "/a~1b~0c", "unknown_field"),
    (b'{"id": "x"}', "/id", "unknown_field"), (b'{"$id": "x"}', "/$id", "unknown_field"),
    (b'{"place": {"zip": 1}}', "/place/zip", "unknown_field"),
    (b'{"lines": [{"what": "a", "x": 1}]}', "/lines/0/x", "unknown_field"),
    (b'{"name": ""}', "/name", "required"), (b'{"name": "  "}', "/name", "required"), (b"{}", "/name", "required"),
    (b'{"name": 1}', "/name", "type"), (b'{"price": "1"}', "/price", "type"), (b'{"price": true}', "/price", "type"),
    (b'{"good": 1}', "/good", "type"), (b'{"words": "a"}', "/words", "type"), (b'{"place": "x"}', "/place", "type"),
    (b'{"lines": {}}', "/lines", "type"), (b'{"lines": [3]}', "/lines/0", "type"),
    ('{"name": "一二三四五六七八九十甲"}'.encode(), "/name", "length"),
    ('{"name": "😀😀😀😀😀😀😀😀😀😀😀"}'.encode(), "/name", "length"),
    (b'{"name": "a\\u0000"}', "/name", "format"), (b'{"note": {"\\u0000": 1}}', "/note", "format"),
    (b'{"note": ' + b"[" * 40 + b"]" * 40 + b"}", "/note", "length"),
    (b'{"price": 1e400}', "/price", "out_of_range"), (b'{"price": 1e999999999}', "/price", "out_of_range"),
    (b'{"price": ' + NINES + b"}", "/price", "out_of_range"), (b'{"count": ' + NINES + b"}", "/count", "out_of_range"),
    (b'{"price": 0.001}', "/price", "scale"), (b'{"count": 1.5}', "/count", "scale"),
    (b'{"count": -1}', "/count", "range"), (b'{"count": 1001}', "/count", "range"),
    (b'{"bought": "2026-02-30"}', "/bought", "format"), (b'{"bought": "28.02.2026"}', "/bought", "format"),
    (b'{"at": "2026-02-28T25:00:00Z"}', "/at", "format"), (b'{"hour": "25:00"}', "/hour", "format"),
    (b'{"kind": "x"}', "/kind", "enum"), (b'{"colours": ["green"]}', "/colours/0", "enum"),
    (b'{"colours": ["red", "red"]}', "/colours/1", "unique"), (b'{"amount": 5}', "/amount", "read_only"),
    (b'{"project": "x"}', "/project", "reference"), (b'{"project": {"$key": "x"}}', "/project", "reference"),
    (b'{"project": {"$key": {}}}', "/project", "type"), (b'{"project": {"$key": "\\u0000"}}', "/project", "format"),
    (b'{"buyer": "x"}', "/buyer", "reference"), (b'{"papers": ["x"]}', "/papers/0", "reference"),
    (b'{"lines": [{"$id": "x", "what": "a"}]}', "/lines/0/$id", "reference"), (b'{"price": 2000000}', "/price", "check"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "pointer", "code"), REFUSED, ids=[f"{code}-{at}" for _, at, code in REFUSED])
def test_what_does_not_fit_is_422_at_its_place(bob: Caller, body: bytes, pointer: str, code: str) -> None:
    if body.startswith(b"{") and b'"name"' not in body and code != "required":
        body = b'{"name": "ok", ' + body[1:]
    before = bob.get(f"{ITEMS}?count=true").data["count"]
    got = bob.post(ITEMS, body)
    assert (got.status, got.codes) == (422, [(pointer, code)])
    assert got.data["problems"][0]["message"]
    assert bob.get(f"{ITEMS}?count=true").data["count"] == before


def test_every_problem_is_told_at_once(bob: Caller) -> None:
    body = b'{"nam": 1, "price": "x", "lines": [{"what": 1}, {"x": 1}, 3]}'
    assert bob.post(ITEMS, body).codes == [
        ("/lines/0/what", "type"), ("/lines/1/what", "required"), ("/lines/1/x", "unknown_field"), ("/lines/2", "type"),
        ("/nam", "unknown_field"), ("/name", "required"), ("/price", "type"),
    ]  # fmt: skip


def test_texts_are_counted_in_characters(bob: Caller) -> None:
    for name in ("一二三四五六七八九十", "😀" * 10):
        assert bob.post(ITEMS, {"name": name}).data["values"]["name"] == name


def test_a_taken_key_is_told_at_its_field(bob: Caller) -> None:
    assert bob.post("/records/api.project", {"name": "唯一"}).status == 201
    got = bob.post("/records/api.project", {"name": "唯一"})
    assert (got.status, got.codes) == (422, [("/name", "unique")])


def test_a_tree_has_no_circle(bob: Caller) -> None:
    top = bob.post("/records/api.project", {"name": "上"}).data["id"]
    low = bob.post("/records/api.project", {"name": "下", "above": top}).data["id"]
    got = bob.patch(f"/records/api.project/{top}", {"above": low}, If_Match="*")
    assert (got.status, got.codes) == (422, [("/above", "cycle")])


def test_what_is_gone_cannot_be_referred_to(bob: Caller) -> None:
    row = bob.post("/records/api.project", {"name": "删掉的"}).data["id"]
    bob.delete(f"/records/api.project/{row}", If_Match="*")
    assert bob.post(ITEMS, {"name": "a", "project": row}).codes == [("/project", "reference")]


@pytest.mark.parametrize(
    "headers",
    [{"Content_Type": "text/plain"}, {"Content_Type": "application/x-www-form-urlencoded"}, {"Content_Type": ""},
     {"Content_Type": "application/json; charset=gbk"}, {"Content_Encoding": "gzip"},
     {"Content_Type": "multipart/form-data"}],
)  # fmt: skip
def test_other_media_types_are_415(bob: Caller, headers: dict[str, str]) -> None:
    got = bob.post(ITEMS, b'{"name": "a"}', **headers)
    assert (got.status, got.data["code"]) == (415, "unsupported")


def test_too_much_is_413(bob: Caller) -> None:
    got = bob.post(ITEMS, b'{"name": "' + b"x" * 200_000 + b'"}')
    assert (got.status, got.data["code"]) == (413, "too_large")


@pytest.mark.parametrize("query", ["submit=maybe", "confirm_warnings=2"])
def test_a_flag_is_true_or_false(bob: Caller, query: str) -> None:
    assert bob.post(f"{ITEMS}?{query}", {"name": "a"}).status == 400


@pytest.mark.parametrize("path", ["/records/%00", "/records/api.item/%00", "/records/api.item/%F0%9F%98%80", "/files/%00",
                                  "/forms/%FF", "/records/api.item/x/comments", "/records", "/forms/"])  # fmt: skip
def test_strange_addresses_are_404(bob: Caller, path: str) -> None:
    assert bob.get(path).status == 404
